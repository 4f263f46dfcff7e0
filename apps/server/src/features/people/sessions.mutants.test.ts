import { problem, type Answer } from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { hashOf } from '../../platform/tokens.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { choiceDefects, conditionDefects } from '../../testing/mutants.ts';
import type { PeopleEntry } from './ports.ts';
import { SessionJournal } from './session-journal.ts';
import { confirmedMs, idleMs, sessionMs } from './session-rules.ts';
import * as lasting from './session-service.ts';

/* A7: how long a session lives, when it locks, and what ends it; in memory and over a restart. The journal is the real one. */
const store = storeOfThisFile(['olga', 'piet']);

type Sessions = Check<Pick<typeof lasting, 'SessionService'>>;

async function site(SessionService: typeof lasting.SessionService) {
  await store.db.deleteFrom('people_sessions').execute();
  const clock = new TurnedClock();
  const said: string[] = [];
  const noted: string[] = [];
  const record = {
    append: async (_write: unknown, { kind, detail }: PeopleEntry) =>
      void noted.push(`${kind}${detail['reason'] ? ` ${String(detail['reason'])}` : ''}`),
  };
  const journal = () => new SessionJournal(store.db, record, createLogger('silent'));
  const sessions = new SessionService(journal(), clock);
  await sessions.load();
  const names = new Map<string, string>();
  const nameOf = ({ id }: { id: string }) => names.get(id) ?? 'unknown';
  sessions.onEnded((session, reason) => said.push(`${nameOf(session)} ended: ${reason}`));
  sessions.onLocked((session, reason) => said.push(`${nameOf(session)} locked: ${reason}`));
  sessions.onChanged((session) => said.push(`${nameOf(session)} changed`));
  sessions.onSetBack(() => said.push('set back'));
  const begin = async (
    name: string,
    person = 'olga',
    until: lasting.NewSession['until'] = null,
    more: () => Promise<Answer<void>> = async () => ok(undefined),
  ) => {
    const begun = await sessions.begin(
      { person, method: 'password', workstation: null, address: '192.0.2.1', agent: '', until },
      { kind: 'sign-in', actor: `person:${person}`, subject: `person:${person}`, detail: {} },
      more,
    );
    if (!begun.ok) return { id: begun.problem.code, token: '', session: null };
    names.set(begun.value.session.id, name);
    return { id: begun.value.session.id, ...begun.value };
  };
  const live = (of = sessions) => of.list().map(nameOf).toSorted().join(' ');
  /** As the server finds them after a restart. */
  const again = async () => {
    await sessions.stop();
    const other = new SessionService(journal(), clock);
    await other.load();
    await other.stop();
    return other;
  };
  const heard = () => said.splice(0).toSorted();
  return { clock, sessions, begin, live, again, heard, noted };
}

/* Which session it is, and how long it is one. */
const lastsRightly: Sessions = async ({ SessionService }) => {
  const { clock, sessions, begin, live, again, heard } = await site(SessionService);
  const [one, two] = [await begin('one'), await begin('two', 'piet')];
  const refused = await begin('none', 'olga', null, async () => refuse(problem('gone', 'Gone.')));
  const found: Record<string, [unknown, unknown]> = {
    'known by its cookie': [
      [one.token, two.token, 'made up', '', undefined].map((token) => sessions.find(token)?.person),
      ['olga', 'piet', undefined, undefined, undefined],
    ],
    'known by the hash, and by its id': [
      [
        sessions.byHash(hashOf(one.token)),
        sessions.byHash('x') ?? 'none',
        sessions.get(two.id)?.person,
        sessions.get('x') ?? 'none',
        sessions.endOf('x') ?? 'none',
        sessions.isConfirmed('x'),
      ],
      [{ id: one.id, leftMs: sessionMs }, 'none', 'piet', 'none', 'none', false],
    ],
    'what was refused is none': [
      [refused.id, live(), sessions.hashes().length],
      ['gone', 'one two', 2],
    ],
    'of whom': [
      [sessions.listOf('olga').length, sessions.listOf('nobody').length],
      [1, 0],
    ],
  };
  const end = { wallMs: clock.nowMs() + 60_000, monotonicMs: clock.monotonicMs() + 60_000 };
  const short = await begin('short', 'piet', end);
  const confirmed = (of: typeof sessions) => [one.id, short.id].map((id) => of.isConfirmed(id));
  found['confirmed by a full sign-in alone'] = [
    [confirmed(sessions), confirmed(await again())],
    [
      [true, false],
      [true, false],
    ],
  ];
  clock.pass(59_999);
  found['as long as what it rests on'] = [
    [live(), live(await again())],
    ['one short two', 'one short two'],
  ];
  clock.pass(1);
  found['and no longer'] = [
    [live(), sessions.get(short.id)?.id ?? 'none', sessions.find(short.token)?.id ?? 'none', heard()],
    ['one two', 'none', 'none', []],
  ];
  sessions.sweep();
  found['which is told'] = [
    [heard(), live(await again())],
    [['short ended: expired'], 'one two'],
  ];
  clock.pass(confirmedMs - 60_001);
  const before = sessions.isConfirmed(one.id);
  clock.pass(1);
  found['confirmed for a while'] = [
    [before, sessions.isConfirmed(one.id)],
    [true, false],
  ];

  // Whoever is at it keeps it awake, up to the end.
  sessions.touch(one.id);
  for (let passed = confirmedMs; passed < sessionMs - idleMs / 2; passed += idleMs / 2) {
    clock.pass(idleMs / 2);
    sessions.touch(one.id);
    sessions.touch('none');
    sessions.sweep();
  }
  found['awake and asleep'] = [
    [heard(), sessions.get(one.id)?.locked, sessions.get(two.id)?.locked, live(await again())],
    [['two locked: idle'], false, true, 'one two'],
  ];
  clock.pass(idleMs / 2);
  const over = one.session?.activeAt;
  sessions.touch(one.id);
  found['and over'] = [
    [one.session?.activeAt === over, live(), (sessions.sweep(), heard()), live(await again())],
    [true, '', ['one ended: expired', 'two ended: expired'], ''],
  ];
  const many = [];
  for (let n = 0; n < 21; n++) {
    clock.pass(1);
    many.push(await begin(`${n}`));
  }
  await begin('other', 'piet');
  found['twenty each'] = [
    [heard(), many.filter(({ id }) => sessions.get(id)).length],
    [['0 ended: replaced'], 20],
  ];
  return checks(found);
};

/* What locks it, and what opens it again. */
const locksRightly: Sessions = async ({ SessionService }) => {
  const { clock, sessions, begin, again, heard, noted } = await site(SessionService);
  const [one, two] = [await begin('one'), await begin('two', 'piet')];
  const locked = (of = sessions) => [one.id, two.id].map((id) => of.get(id)?.locked);
  const found: Record<string, [unknown, unknown]> = {};
  await sessions.lock(one.id, 'asked', 'person:olga');
  await sessions.lock(one.id, 'asked', 'person:olga');
  await sessions.lock('none', 'asked', 'person:olga');
  found['locked'] = [
    [locked(), locked(await again()), heard(), noted.splice(0)],
    [[true, false], [true, false], ['one locked: asked'], ['sign-in', 'sign-in', 'session-locked asked']],
  ];
  clock.pass(60_000);
  const active = one.session?.activeAt;
  sessions.touch(one.id);
  sessions.touch(two.id);
  found['nobody is at one that is locked'] = [
    [one.session?.activeAt === active, two.session?.activeAt === clock.nowMs()],
    [true, true],
  ];
  clock.pass(confirmedMs);
  await sessions.unlock(one.id, false, 'person:olga');
  await sessions.unlock('none', true, 'person:olga');
  found['by PIN'] = [
    [locked(), sessions.isConfirmed(one.id), heard(), one.session?.activeAt === clock.nowMs()],
    [[false, false], false, ['one changed'], true],
  ];
  await sessions.unlock(one.id, true, 'person:olga');
  const stored = (await again()).isConfirmed(one.id);
  found['by password'] = [
    [locked(), sessions.isConfirmed(one.id), stored, sessions.isConfirmed(two.id), heard(), noted.splice(0)],
    [[false, false], true, true, false, [], ['session-unlocked', 'session-unlocked']],
  ];
  // Two was touched a minute after it began, one unlocked now.
  clock.pass(idleMs - confirmedMs);
  sessions.sweep();
  found['half an hour without a person'] = [
    [heard(), locked()],
    [['two locked: idle'], [false, true]],
  ];
  clock.pass(confirmedMs - 1);
  const late = sessions.find(one.token)?.locked;
  clock.pass(1);
  found['or when somebody looks'] = [
    [late, sessions.find(one.token)?.locked, heard(), locked(await again())],
    [false, true, ['one locked: idle'], [true, true]],
  ];
  // It ends while it is being unlocked.
  await sessions.unlock(one.id, true, 'person:olga');
  await sessions.lock(one.id, 'asked', 'person:olga');
  heard();
  const unlocking = sessions.unlock(one.id, true, 'person:olga');
  await sessions.end(one.id, 'ended', 'person:ada');
  await unlocking;
  found['ended on the way'] = [
    [heard(), one.session?.locked, sessions.get(one.id)?.id ?? 'none'],
    [['one ended: ended'], true, 'none'],
  ];
  return checks(found);
};

/* What ends it. */
const endsRightly: Sessions = async ({ SessionService }) => {
  const { clock, sessions, begin, live, again, heard } = await site(SessionService);
  const all = [];
  for (const [name, person] of [
    ['a', 'olga'],
    ['b', 'olga'],
    ['c', 'piet'],
    ['d', 'piet'],
    ['e', 'olga'],
    ['f', 'piet'],
  ] as const)
    all.push(await begin(name, person));
  const [a, b, c, d, e] = all.map(({ id }) => id);
  const found: Record<string, [unknown, unknown]> = {};
  const now = async () => [heard(), live(), live(await again())];
  found['one'] = [
    [
      await sessions.end(a ?? '', 'signed-out', 'x'),
      await sessions.end(a ?? '', 'signed-out', 'x'),
      ...(await now()),
    ],
    [true, false, ['a ended: signed-out'], 'b c d e f', 'b c d e f'],
  ];
  await sessions.endSeveral([], 'ended', 'x');
  await sessions.endSeveral([b ?? '', 'none', c ?? ''], 'ended', 'x');
  found['several'] = [await now(), [['b ended: ended', 'c ended: ended'], 'd e f', 'd e f']];
  sessions.changed('olga');
  found['another person now'] = [heard(), ['e changed']];
  const also: string[] = [];
  const taken = { inMemory: () => void also.push('memory'), inStore: async () => void also.push('store') };
  const ending = (person: string, except?: string) =>
    store.db.transaction().execute((write) =>
      sessions.endingAllOf(write as never, {
        person,
        reason: 'password-changed',
        by: 'x',
        also: taken,
        except,
      }),
    );
  const finish = await ending('piet', d);
  const meanwhile = live();
  finish();
  found['all but one, with something else'] = [
    [meanwhile, ...(await now()), also.splice(0), sessions.endings('piet'), sessions.endings('olga')],
    ['d e f', ['f ended: password-changed'], 'd e', 'd e', ['store', 'memory'], 1, 0],
  ];
  await begin('g');
  await sessions.endAllOf('olga', 'disabled', 'x', taken);
  found['all'] = [
    [...(await now()), also.splice(0), sessions.endings('olga'), sessions.get(e ?? '')?.id ?? 'none'],
    [['e ended: disabled', 'g ended: disabled'], 'd', 'd', ['memory', 'store'], 1, 'none'],
  ];
  // One that begins while all end is not there any more when it is done.
  const gone = await begin('h');
  const done = await ending('olga');
  await sessions.end(gone.id, 'signed-out', 'x');
  done();
  found['one that ended meanwhile is told once'] = [heard(), ['h ended: signed-out']];

  // A clock that is set back lengthens nothing.
  clock.pass(1_000);
  sessions.sweep();
  found['the clock goes as it should'] = [heard(), []];
  clock.step(-60 * 60_000);
  sessions.sweep();
  await sessions.stop();
  const [row] = await store.db.selectFrom('people_sessions').selectAll().execute();
  const nowMs = clock.nowMs();
  found['set back'] = [
    [heard(), sessions.get(d ?? '')?.locked, row?.id === d],
    [['set back'], false, true],
  ];
  // What is stored by the wall clock follows it, so that a restart lengthens nothing.
  found['and stored so'] = [
    [(row?.expires_at ?? 0) - nowMs <= sessionMs - 1_000, (row?.active_at ?? 0) <= nowMs],
    [true, true],
  ];
  sessions.sweep();
  found['which is told once'] = [heard(), []];
  return checks(found);
};

const file = 'features/people/session-service.ts';
const defects = [...conditionDefects, ...choiceDefects];
describeGuards([
  {
    ...{ name: 'which session it is, and how long', file, itself: lasting },
    parts: [
      ['  find(', '    if (this.#byId.size >= maxSessions)'],
      ['    const token = newToken()', '    if (Math.abs('],
      ['      if (isPast(this.#clock, session.ends)) {', '      if (!session.locked && isPast'],
      ['  #live(', '    // Between two sweeps'],
    ],
    ...{ defects, wrong: lastsRightly },
  },
  {
    ...{ name: 'what locks a session and opens it', file, itself: lasting },
    parts: [
      ['  lock(', '  /** The person of the session may'],
      ['    // Between two sweeps', '  #keep('],
    ],
    ...{ defects, wrong: locksRightly },
  },
  {
    ...{ name: 'what ends a session', file, itself: lasting },
    parts: [['  /** The person of the session may', '      if (isPast(this.#clock, session.ends)) {']],
    ...{ defects, wrong: endsRightly },
  },
  {
    ...{ name: 'what a look at the sessions locks', file, itself: lasting },
    parts: [['      if (!session.locked && isPast', '      if (setBack) {']],
    ...{ defects, wrong: locksRightly },
  },
  {
    ...{ name: 'a session after the clock was set back', file, itself: lasting },
    parts: [['      if (setBack) {', '  #live(']],
    ...{ defects, wrong: endsRightly },
  },
]);
