import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../platform/logging.ts';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { newPassword } from './new-password.ts';
import { PeopleService } from './people-service.ts';
import type { PeopleEntry } from './ports.ts';
import { idleMs, sessionMs } from './session-rules.ts';
import { SessionJournal } from './session-journal.ts';
import { SessionService } from './session-service.ts';
import { Workstations } from './workstations.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

const hourMs = 60 * 60_000;
let folder: ReturnType<typeof temporaryFolder>;
let store: OpenDatabase;
let clock: TurnedClock;
let sessions: SessionService;
let people: PeopleService;
let person: string;
let entries: PeopleEntry[];
let told: string[];

const record = { append: async (_write: unknown, entry: PeopleEntry) => void entries.push(entry) };

async function open(): Promise<void> {
  store = openDatabase(folder.dir);
  sessions = new SessionService(new SessionJournal(store.db, record, createLogger('silent')), clock);
  sessions.onEnded((_session, reason) => told.push(`ended ${reason}`));
  sessions.onLocked((_session, reason) => told.push(`locked ${reason}`));
  sessions.onChanged(() => told.push('changed'));
  await sessions.load();
}
async function close(): Promise<void> {
  await sessions.stop();
  await store.close();
}

beforeEach(async () => {
  folder = temporaryFolder();
  clock = new TurnedClock();
  entries = [];
  told = [];
  await open();
  people = new PeopleService(store.db, clock, record);
  const created = await people.create(
    { login: 'olga', name: 'Olga', email: null, roles: ['operator'], groups: [] },
    'server',
    'key-of-olga',
  );
  if (!created.ok) throw new Error(created.problem.detail);
  person = created.value.id;
});
afterEach(async () => {
  await close();
  folder.remove();
});

async function begin(): Promise<{ token: string; id: string }> {
  const begun = await sessions.begin(
    { person, method: 'password', workstation: null, address: '127.0.0.1', agent: 'test', until: null },
    { kind: 'sign-in', actor: `person:${person}`, subject: `person:${person}`, detail: {} },
  );
  if (!begun.ok) throw new Error(begun.problem.detail);
  return { token: begun.value.token, id: begun.value.session.id };
}
/** A person at it all the time, so that only the end is left to come. */
function passAwake(id: string, ms: number): void {
  for (let left = ms; left > 0; left -= idleMs / 2) {
    clock.pass(Math.min(left, idleMs / 2));
    sessions.touch(id);
    sessions.sweep();
  }
}

describe('a session', () => {
  test('lives twelve hours, whoever is at it', async () => {
    const { token, id } = await begin();
    passAwake(id, sessionMs - 1_000);
    expect(sessions.find(token)?.locked).toBe(false);
    clock.pass(1_000);
    expect(sessions.find(token)).toBeUndefined();
    sessions.sweep();
    expect(told).toContain('ended expired');
  });

  test('locks after half an hour without a person, and sees on', async () => {
    const { token, id } = await begin();
    clock.pass(idleMs - 1);
    sessions.sweep();
    expect(sessions.find(token)?.locked).toBe(false);
    clock.pass(1);
    expect(sessions.find(token)?.locked).toBe(true);
    expect(told).toEqual(['locked idle']);
    sessions.touch(id);
    expect(sessions.find(token)?.locked).toBe(true);
    await sessions.unlock(id, false, 'test');
    expect(sessions.find(token)?.locked).toBe(false);
    expect(told).toEqual(['locked idle', 'changed']);
  });

  test('that ended while it was being unlocked stays ended', async () => {
    const { token, id } = await begin();
    await sessions.lock(id, 'asked', 'test');
    const unlocking = sessions.unlock(id, true, 'test');
    await Promise.all([sessions.end(id, 'ended', 'test'), unlocking]);
    expect(sessions.find(token)).toBeUndefined();
    await close();
    await open();
    expect(sessions.find(token)).toBeUndefined();
  });

  test('is dead and told before the store is asked', async () => {
    const { token, id } = await begin();
    const ending = sessions.end(id, 'signed-out', 'test');
    expect(sessions.find(token)).toBeUndefined();
    expect(told).toEqual(['ended signed-out']);
    await ending;
  });

  test('of several that end together all are dead at once, and in the store all of them or none', async () => {
    const [one, two, other] = [await begin(), await begin(), await begin()];
    store.raw.exec(
      `create trigger keeps_two before delete on people_sessions when old.id = '${two.id}'
       begin select raise(abort, 'no'); end`,
    );
    const ending = sessions.endSeveral([one.id, two.id, 'nothing'], 'authenticators-reset', 'test');
    expect([sessions.find(one.token), sessions.find(two.token)]).toEqual([undefined, undefined]);
    await expect(ending).rejects.toThrow('no');
    const left = () => store.raw.prepare('select count(*) from people_sessions').pluck().get();
    expect(left()).toBe(3);
    store.raw.exec('drop trigger keeps_two');
    for (let sweep = 0; sweep < 20; sweep++) sessions.sweep();
    await sessions.stop();
    expect(left()).toBe(1);
    expect(sessions.find(other.token)).toBeDefined();
  });

  test('that the store could not forget is forgotten later', async () => {
    const { token, id } = await begin();
    store.raw.exec(
      `create trigger no_delete before delete on people_sessions begin select raise(abort, 'no'); end`,
    );
    await expect(sessions.end(id, 'ended', 'test')).rejects.toThrow('no');
    expect(sessions.find(token)).toBeUndefined();
    store.raw.exec('drop trigger no_delete');
    for (let sweep = 0; sweep < 20; sweep++) sessions.sweep();
    await close();
    await open();
    expect(sessions.find(token)).toBeUndefined();
  });

  test('is one of twenty of a person; the oldest goes', async () => {
    const first = await begin();
    for (let index = 0; index < 20; index++) {
      clock.pass(1);
      await begin();
    }
    expect(sessions.find(first.token)).toBeUndefined();
    expect(sessions.listOf(person)).toHaveLength(20);
  });

  test('and its token: the store has only a hash', async () => {
    const { token } = await begin();
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const rows = JSON.stringify(store.raw.prepare('select * from people_sessions').all());
    expect(rows).not.toContain(token);
    expect(JSON.stringify(entries)).not.toContain(token);
  });
});

describe('a new password', () => {
  const change = (keep: string) =>
    newPassword(
      { people, sessions, workstations: new Workstations(store.db, clock) },
      { person, hash: 'the new one', by: `person:${person}`, keep, pins: 'closed' },
    );
  test('and the end of the sessions before it are durable in one moment', async () => {
    const [old, mine] = [await begin(), await begin()];
    const rows = () =>
      (store.raw.prepare('select id from people_sessions').all() as { id: string }[]).map(({ id }) => id);
    // As a kill at the first moment at which the password is there would leave the store.
    let found: string[] = [];
    people.onChange(() => (found = rows()));
    expect((await change(mine.id)).ok).toBe(true);
    expect(found).toEqual([mine.id]);
    expect(await people.passwordOf(person)).toBe('the new one');
    expect([sessions.find(old.token), sessions.find(mine.token)?.id]).toEqual([undefined, mine.id]);
    expect(told).toEqual(['ended password-changed']);
    const ended = entries.filter(({ kind }) => kind === 'session-ended');
    expect(ended.map(({ subject, detail }) => [subject, detail['reason']])).toEqual([
      [`session:${old.id}`, 'password-changed'],
    ]);
  });

  test('is none while the store cannot forget them', async () => {
    const [old, mine] = [await begin(), await begin()];
    store.raw.exec(
      `create trigger no_delete before delete on people_sessions begin select raise(abort, 'no'); end`,
    );
    await expect(change(mine.id)).rejects.toThrow('no');
    expect(await people.passwordOf(person)).toBeNull();
    expect([sessions.find(old.token)?.id, told]).toEqual([old.id, []]);
    store.raw.exec('drop trigger no_delete');
    expect((await change(mine.id)).ok).toBe(true);
    expect(sessions.find(old.token)).toBeUndefined();
  });
});

describe('F1: no turned clock lets a session live longer', () => {
  const steps = [1, 60, 3_600, 10 * 3_600, 12 * 3_600, 24 * 3_600, 24 * 365 * 3_600].flatMap((s) =>
    [0, 1, 2, 6, 11].map((afterHours): [number, number] => [-s * 1000, afterHours]),
  );
  test.each(steps)('the wall clock set by %i ms after %i hours', async (stepMs, afterHours) => {
    const { token, id } = await begin();
    passAwake(id, afterHours * hourMs);
    clock.step(stepMs);
    sessions.sweep();
    passAwake(id, (12 - afterHours) * hourMs - 1);
    expect(sessions.find(token)).toBeDefined();
    clock.pass(1);
    expect(sessions.find(token)).toBeUndefined();
    assured({
      ...{ row: 'F1', trials: 1 },
      claim: 'a clock set back lets no session live longer',
      control: 'by the wall clock alone it would live on',
    });
  });

  test('control: by the wall clock alone it would live on', async () => {
    const { id } = await begin();
    const { expiresAt } = sessions.get(id) ?? { expiresAt: 0 };
    clock.pass(2 * hourMs);
    clock.step(-10 * hourMs);
    clock.pass(10 * hourMs);
    expect(clock.nowMs()).toBeLessThan(expiresAt);
    expect(sessions.get(id)).toBeUndefined();
  });

  test('set forward, it ends sessions, and setting it back revives none', async () => {
    const { token } = await begin();
    clock.step(13 * hourMs);
    sessions.sweep();
    expect(sessions.find(token)).toBeUndefined();
    clock.step(-13 * hourMs);
    expect(sessions.find(token)).toBeUndefined();
    expect(told).toEqual(['ended expired']);
  });

  test('the idle lock holds too', async () => {
    const { token } = await begin();
    clock.pass(idleMs - 1);
    clock.step(-hourMs);
    clock.pass(1);
    expect(sessions.find(token)?.locked).toBe(true);
  });

  test('set back and then restarted', async () => {
    const { token, id } = await begin();
    passAwake(id, 2 * hourMs);
    clock.step(-hourMs);
    sessions.sweep();
    await close();
    clock.restart(0);
    await open();
    passAwake(id, 10 * hourMs - 1);
    expect(sessions.find(token)).toBeDefined();
    clock.pass(2);
    expect(sessions.find(token)).toBeUndefined();
  });

  test('set back while the server was off: the session ends', async () => {
    const { token } = await begin();
    await close();
    clock.restart(-hourMs);
    await open();
    expect(sessions.find(token)).toBeUndefined();
  });
});

describe('a full sign-in carries the quick switch at its workstation', () => {
  async function atDesk(): Promise<{ workstations: Workstations; desk: string }> {
    const workstations = new Workstations(store.db, clock);
    const { id: desk } = await workstations.open(undefined);
    await store.db.transaction().execute(async (write) => {
      await workstations.signedIn(write, desk, person);
      await workstations.setPin(write, desk, person, 'hash of a PIN');
    });
    return { workstations, desk };
  }

  test('for twelve hours, and no longer', async () => {
    const { workstations, desk } = await atDesk();
    clock.pass(sessionMs - 1);
    expect(workstations.carrying(desk, person)).not.toBeNull();
    clock.pass(1);
    expect(workstations.carrying(desk, person)).toBeNull();
  });

  test('F1: no longer by a wall clock that is set back, over a restart either', async () => {
    const { workstations, desk } = await atDesk();
    const stored: Promise<void>[] = [];
    sessions.onSetBack(() => void stored.push(workstations.tighten()));
    clock.pass(2 * hourMs);
    sessions.sweep();
    expect(stored).toHaveLength(0);
    clock.step(-hourMs);
    sessions.sweep();
    expect(stored).toHaveLength(1);
    await Promise.all(stored);
    await close();
    clock.restart(0);
    await open();
    const again = new Workstations(store.db, clock);
    await again.load();
    clock.pass(10 * hourMs - 1_000);
    expect(again.carrying(desk, person)).not.toBeNull();
    clock.pass(1_000);
    expect(again.carrying(desk, person)).toBeNull();
    assured({
      ...{ row: 'F1', trials: 1 },
      claim: 'a clock set back lets no quick switch live longer than its full sign-in',
      control: 'without its being stored anew it would carry on for an hour after the restart',
    });
  });
});

describe('a restart', () => {
  test('keeps sessions, with the time that was left', async () => {
    const { token, id } = await begin();
    await close();
    clock.restart(60_000);
    await open();
    expect(sessions.find(token)?.id).toBe(id);
    passAwake(id, sessionMs - 60_000);
    expect(sessions.find(token)).toBeUndefined();
  });

  test('keeps a lock, and locks what was left for too long', async () => {
    const { token, id } = await begin();
    await sessions.lock(id, 'asked', 'test');
    const other = await begin();
    await close();
    clock.restart(idleMs);
    await open();
    expect(sessions.find(token)?.locked).toBe(true);
    expect(sessions.find(other.token)?.locked).toBe(true);
  });

  test('ends what ran out meanwhile', async () => {
    const { token } = await begin();
    await close();
    clock.restart(sessionMs);
    await open();
    expect(sessions.find(token)).toBeUndefined();
  });
});
