import { afterEach, beforeEach, expect, test } from 'vitest';
import { IdentityProviderInput } from '@clerestory/protocol';
import { createLogger } from '../../platform/logging.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService } from '../record/index.ts';
import { Authenticators } from './authenticators.ts';
import { PeopleService } from './people-service.ts';
import { ProviderService } from './provider-service.ts';
import { resetAuthenticators, unlinkProvider } from './rescue.ts';
import { SessionJournal } from './session-journal.ts';
import { SessionService } from './session-service.ts';
import { Workstations } from './workstations.ts';

const by = 'person:ada';
const issuer = 'https://login.example.org';
let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let person: string;
let parts: {
  sessions: SessionService;
  authenticators: Authenticators;
  providers: ProviderService;
  workstations: Workstations;
};

/** Olga has everything: two sessions, an app with its codes, a passkey, an account at a provider, a PIN. */
beforeEach(async () => {
  folder = temporaryFolder();
  store = openDatabase(folder.dir);
  const [{ db, raw }, clock] = [store, new TurnedClock()];
  const record = new RecordService(db, clock);
  await record.load();
  const people = new PeopleService(db, clock, record);
  const workstations = new Workstations(db, clock);
  const sessions = new SessionService(
    new SessionJournal(db, record, createLogger('silent')),
    clock,
    (session) => workstations.closing(session.person, session.workstation),
  );
  const providers = new ProviderService(db, record);
  const authenticators = new Authenticators(db, clock, record);
  parts = { sessions, authenticators, providers, workstations };

  const olga = { login: 'olga', name: 'Olga', email: null, roles: ['operator' as const], groups: [] };
  const created = await people.create(olga, by, 'key-of-olga');
  if (!created.ok) throw new Error(created.problem.detail);
  person = created.value.id;
  const place = await workstations.open(undefined);
  await db.transaction().execute(async (write) => {
    await workstations.signedIn(write, place.id, person);
    await workstations.setPin(write, place.id, person, 'a hash');
  });
  const given = { person, method: 'password' as const, workstation: place.id, address: '::1', agent: 'test' };
  const entry = { kind: 'sign-in', actor: by, subject: `person:${person}`, detail: {} } as const;
  for (let count = 0; count < 2; count++) await sessions.begin({ ...given, until: null }, entry);
  raw.prepare(`insert into people_totp values (?, 's', 1, 0)`).run(person);
  raw.prepare(`insert into people_recovery_codes (code_hash, person) values ('c', ?)`).run(person);
  raw.prepare(`insert into people_passkeys values ('k', 'c', ?, 'n', x'00', 0, '[]', 0, null)`).run(person);
  const made = await providers.create(
    IdentityProviderInput.parse({ id: 'corp', name: 'Corp', issuer, clientId: 'wall' }),
    by,
  );
  if (!made.ok) throw new Error(made.problem.detail);
  raw
    .prepare(`insert into people_identities (issuer, subject, person) values (?, 'o', ?)`)
    .run(issuer, person);
  await authenticators.load();
});
afterEach(async () => {
  await parts.sessions.stop();
  await store.close();
  folder.remove();
});

const taken = ['sessions', 'pins', 'totp', 'recovery_codes', 'passkeys', 'identities'];
/** What lies in the store, as a start after a kill would find it. */
const inStore = () =>
  JSON.stringify([
    ...taken.map((name) => store.raw.prepare(`select * from people_${name}`).all()),
    store.raw.prepare('select kind, subject from record_entries').all(),
  ]);
/** What is so for whoever asks the running server. */
const inMemory = () => [
  parts.sessions.listOf(person).length,
  parts.workstations.carriesAnywhere(person),
  parts.authenticators.isEnrolled(person),
];
const rows = (name: string): number =>
  (store.raw.prepare(`select count(*) as n from people_${name}`).get() as { n: number }).n;

/** One moment at which the store refuses: a table that takes no change, or the record after so many entries more. */
const table = (name: string, what = 'delete') => `${what} on people_${name} begin`;
const entry = (more: number) =>
  `insert on record_entries when new.sequence > ${more} + (select n from begun) begin`;

/** Breaks `act` off at each of the moments: it says so, and the store is as it was. */
async function brokenOff(moments: string[], act: () => Promise<unknown>, then: () => void): Promise<void> {
  store.raw.exec('create table begun as select sequence as n from record_head');
  const before = inStore();
  for (const moment of moments) {
    store.raw.exec(`create trigger breaks before ${moment} select raise(abort, 'broken off'); end`);
    await expect(act(), moment).rejects.toThrow('broken off');
    store.raw.exec('drop trigger breaks');
    expect(inStore(), moment).toBe(before);
    then();
  }
}
const recorded = () =>
  (store.raw.prepare('select kind from record_entries').all() as { kind: string }[])
    .map(({ kind }) => kind)
    .slice(4);

test('a reset of authenticators that breaks off anywhere is none at all', async () => {
  const act = () => resetAuthenticators(parts, person, by);
  const had = inMemory();
  await brokenOff([...taken.map((name) => table(name)), entry(0), entry(1), entry(2)], act, () =>
    expect(inMemory()).toEqual(had),
  );
  expect(had).toEqual([2, true, true]);
  await act();
  expect(inMemory()).toEqual([0, false, false]);
  expect(taken.map(rows)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(recorded().sort()).toEqual(['authenticator-removed', 'session-ended', 'session-ended']);
});

test('an unlinking that breaks off anywhere is none at all', async () => {
  const act = () => unlinkProvider(parts, 'corp', person, by);
  const had = inMemory();
  const moments = [table('identities'), table('sessions'), table('pins', 'update')];
  await brokenOff([...moments, entry(0), entry(1), entry(2)], act, () => expect(inMemory()).toEqual(had));
  expect(had).toEqual([2, true, true]);
  expect((await act()).ok).toBe(true);
  expect(inMemory()).toEqual([0, false, true]);
  expect([rows('sessions'), rows('identities'), rows('passkeys')]).toEqual([0, 0, 1]);
  expect(recorded().sort()).toEqual(['authenticator-removed', 'session-ended', 'session-ended']);
  // Once it is gone there is nothing to end.
  expect(await act()).toMatchObject({ ok: false, problem: { code: 'not-found' } });
});

test('the end of all sessions is whole in memory at once, and in the store all or nothing', async () => {
  const { sessions, workstations } = parts;
  const act = () => sessions.endAllOf(person, 'ended', by, workstations.closing(person, null));
  const moments = [table('sessions'), table('pins', 'update'), entry(0), entry(1)];
  await brokenOff(moments, act, () => expect(inMemory()).toEqual([0, false, true]));
  // It is still owed, and written by itself, with an entry for each session.
  for (let look = 0; look < 20; look++) sessions.sweep();
  await sessions.stop();
  expect(rows('sessions')).toBe(0);
  expect(recorded()).toEqual(['session-ended', 'session-ended']);
  const pins = store.raw.prepare('select full_until from people_pins').all();
  expect(pins).toEqual([{ full_until: 0 }]);
  for (let look = 0; look < 20; look++) sessions.sweep();
  await sessions.stop();
  expect(recorded()).toHaveLength(2);
});
