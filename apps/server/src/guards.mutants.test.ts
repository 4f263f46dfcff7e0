import type { IncomingMessage } from 'node:http';
import type { Role } from '@clerestory/protocol';
import * as access from './features/access/policy.ts';
import type { PolicyRow, Who } from './features/access/policy.ts';
import * as deadlines from './platform/deadline.ts';
import * as counting from './platform/tries.ts';
import type { Connection } from './media/admission.ts';
import * as media from './media/grants.ts';
import * as coming from './media/http-admission.ts';
import { silentLog } from './media/clock.ts';
import type { Actor } from './platform/actor.ts';
import * as doors from './platform/origins.ts';
import { TurnedClock } from './testing/clock.ts';
import { checks, describeGuards, type Check, type Guard } from './testing/guard-mutants.ts';
import { conditionDefects } from './testing/mutants.ts';

/*
 * A7: the guards besides the rules of rights (which have their own test): each condition of each of them is negated or taken
 * out in turn, and has to give a wrong answer to the questions asked here. The right answers are written apart from the code.
 */
/* Who may use a door: the policy table. */
const roles: Role[] = ['operator', 'supervisor', 'investigator', 'auditor', 'administrator'];
const actors: Actor[] = [
  { kind: 'anonymous' },
  { kind: 'screen', id: 'left', wall: 'room', device: 'd' },
  { kind: 'owner', id: 'rosa', name: 'Rosa', session: 's' },
  { kind: 'feed', id: 'desk', name: 'Call desk' },
  ...[[], ...roles.map((role) => [role]), ['operator', 'supervisor']].flatMap((held): Actor[] =>
    [false, true].map((locked) => ({
      ...{ kind: 'person', id: 'olga', name: 'Olga', session: 's' },
      ...{ roles: held as Role[], groups: [], locked },
    })),
  ),
] as Actor[];
const rows: PolicyRow[] = (
  ['anyone', 'person', 'screen', 'owner', 'feed', 'local', ...roles] as Who[]
).flatMap((one): PolicyRow[] => [
  { who: [one] },
  { who: [one], unlocked: true },
  { who: [one, 'screen'] },
  { who: [one, 'auditor'], unlocked: true },
  { who: [] },
]);
const admitsRightly: Check<Pick<typeof access, 'admits'>> = ({ admits }) => {
  const wrong: string[] = [];
  for (const row of rows)
    for (const actor of actors)
      for (const local of [false, true]) {
        const open = row.who.includes('anyone') || (row.who.includes('local') && local);
        let should = 'yes';
        if (!open && actor.kind === 'anonymous') should = 'unauthenticated';
        if (!open && actor.kind === 'screen') should = row.who.includes('screen') ? 'yes' : 'forbidden';
        if (!open && actor.kind === 'owner') should = row.who.includes('owner') ? 'yes' : 'forbidden';
        if (!open && actor.kind === 'feed') should = row.who.includes('feed') ? 'yes' : 'forbidden';
        if (!open && actor.kind === 'person') {
          const mine: Who[] = ['person', ...actor.roles];
          if (!mine.some((one) => row.who.includes(one))) should = 'forbidden';
          else if (actor.locked && row.unlocked === true) should = 'locked';
        }
        const answer = admits(row, actor, local);
        const is = answer.ok ? 'yes' : answer.problem.code;
        if (is !== should) wrong.push(`${JSON.stringify([row, actor, local])}: ${is}, not ${should}`);
      }
  return wrong;
};

/* The table of grants, which each chunk, playlist, part and still is asked of. */
const key = (letter: string) => letter.repeat(43);
const grantsRightly: Check<Pick<typeof media, 'GrantTable'>> = ({ GrantTable }) => {
  let nowMs = 0;
  let sweep: () => void = () => undefined;
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: (_ms: number, callback: () => void) => {
      sweep = callback;
      return () => undefined;
    },
  };
  const table = new GrantTable(clock, silentLog);
  let wanted = 0;
  table.connect({
    ask: () => Promise.resolve(null),
    knows: () => Promise.resolve(null),
    usage: () => true,
    wantTable: () => (wanted += 1),
  });
  const told: string[] = [];
  const enter = (viewer: string, keys: string[]) =>
    table.enter(viewer, keys, {
      gone: () => told.push(`${viewer} gone`),
      ended: (camera) => told.push(`${viewer} ${camera} ended`),
    });
  const may = (viewer: string, camera: string) =>
    table.mayView({ viewer, camera, stream: 'main', grant: '', door: 'push' }).ok;
  const mayReplay = (viewer: string, camera: string) =>
    table.mayView({ viewer, camera, stream: 'main', grant: '', door: 'replay' }).ok;
  const mayListen = (viewer: string, camera: string) =>
    table.mayView({ viewer, camera, stream: 'audio', grant: '', door: 'listen' }).ok;
  const grant = (
    id: string,
    of: string,
    camera: string,
    leftMs: number | null,
    scope: 'live' | 'replay' | 'sound' = 'live',
  ) => ({ id, key: key(of), camera, scope, leftMs, private: false });
  table.setAll({
    sequence: 1,
    keys: ['a', 'b', 'c'].map(key),
    grants: [
      grant('g1', 'a', 'gate', null),
      grant('g2', 'a', 'lot', 1_000),
      grant('g3', 'b', 'gate', null),
      grant('g4', 'c', 'gate', null),
      grant('g0', 'a', 'alley', null, 'replay'),
    ],
  });
  enter('olga', [key('a')]);
  enter('omar', [key('b')]);
  enter('both', [key('b'), key('a')]);
  const leave = enter('left', [key('c')]);
  const found: Record<string, [unknown, unknown]> = {
    granted: [
      [may('olga', 'gate'), may('olga', 'lot'), may('omar', 'gate')],
      [true, true, true],
    ],
    'not granted': [
      [may('omar', 'lot'), may('nobody', 'gate'), may('olga', 'mall')],
      [false, false, false],
    ],
    'of now, and of the last minute': [
      [may('olga', 'alley'), mayReplay('olga', 'alley'), mayReplay('olga', 'gate')],
      [false, true, false],
    ],
    'either key': [
      [may('both', 'lot'), may('both', 'gate')],
      [true, true],
    ],
    left: [
      [may('left', 'gate'), (leave(), may('left', 'gate'))],
      [true, false],
    ],
    known: [
      [table.isKnown([key('a')]), table.isKnown([key('z')]), table.isKnown([key('z'), key('b')])],
      [true, false, true],
    ],
    'cookies of others': [
      [
        table.keysOf(undefined).length,
        table.keysOf('other=1; clerestory=short').length,
        table.keysOf(`theirs=${key('x')}`).length,
        table.keysOf(`clerestory=${key('x')}`).length,
        table.keysOf(`__Host-clerestory=${key('x')}; a=b`).length,
        table.keysOf(`clerestory=${key('x')}; pad=${'x'.repeat(9_000)}`).length,
      ],
      [0, 0, 0, 1, 1, 0],
    ],
  };
  nowMs = 999;
  found['in time'] = [may('olga', 'lot'), true];
  nowMs = 1_000;
  found['its time is over'] = [may('olga', 'lot'), false];
  sweep();
  found['told that it is over'] = [told.splice(0).toSorted(), ['both lot ended', 'olga lot ended']];
  table.change({ sequence: 2, grants: [], ended: [{ grant: 'g1', reason: '' }], gone: [] });
  found['taken back'] = [
    [may('olga', 'gate'), may('both', 'gate'), may('omar', 'gate')],
    [false, true, true],
  ];
  // One who still may by another key hears nothing.
  found['told whose it was'] = [told.splice(0), ['olga gate ended']];
  // A change was missed before this one: what it takes holds all the same, what it gives does not.
  table.change({
    ...{ sequence: 9, grants: [grant('g5', 'a', 'mall', null)], ended: [] },
    gone: [{ key: key('b'), reason: '' }],
  });
  found['gone'] = [
    [may('omar', 'gate'), may('both', 'gate'), table.isKnown([key('b')])],
    [false, false, false],
  ];
  found['told that they are gone'] = [told.splice(0).toSorted(), ['both gone', 'omar gone']];
  found['nothing given over a gap'] = [
    [may('olga', 'mall'), wanted],
    [false, 1],
  ];
  table.setAll({ sequence: 10, keys: [key('a')], grants: [grant('g6', 'a', 'gate', null)] });
  found['what the whole table lacks'] = [
    [may('olga', 'gate'), table.isKnown([key('c')]), table.isKnown([key('a')])],
    [true, false, true],
  ];
  table.change({ sequence: 11, grants: [grant('g7', 'a', 'lot', 500)], ended: [], gone: [] });
  found['given'] = [
    [may('olga', 'lot'), wanted],
    [true, 1],
  ];
  found['a grant for now is none for what was'] = [mayReplay('olga', 'gate'), false];
  table.setAll({ sequence: 12, keys: [key('a')], grants: [grant('g8', 'a', 'gate', null, 'replay')] });
  found['nor the other way round'] = [
    [mayReplay('olga', 'gate'), may('olga', 'gate')],
    [true, false],
  ];
  table.setAll({ sequence: 12, keys: [key('a')], grants: [grant('g6', 'a', 'gate', null)] });
  found['a grant that the whole table lacks'] = [
    [may('olga', 'lot'), may('olga', 'gate')],
    [false, true],
  ];
  table.change({ sequence: 13, grants: [], ended: [{ grant: 'long gone', reason: '' }], gone: [] });
  table.setAll({ sequence: 14, keys: [], grants: [] });
  found['an empty table'] = [
    [may('olga', 'gate'), table.isKnown([key('a')])],
    [false, false],
  ];
  // A private camera outlives control by a quarter of a minute, however often it is said that control is away.
  const lent = { ...grant('g8', 'a', 'shop', null), private: true };
  const both = { sequence: 15, keys: [key('a')], grants: [lent, grant('g9', 'a', 'gate', null)] };
  table.setAll(both);
  nowMs += 60_000;
  found['control is there'] = [
    [may('olga', 'shop'), may('olga', 'gate')],
    [true, true],
  ];
  table.linked(false);
  nowMs += 14_999;
  table.linked(false);
  const before = may('olga', 'shop');
  nowMs += 1;
  found['control is away'] = [
    [before, may('olga', 'shop'), may('olga', 'gate')],
    [true, false, true],
  ];
  told.length = 0;
  sweep();
  found['told that control is away'] = [told.splice(0).toSorted(), ['both shop ended', 'olga shop ended']];
  table.linked(true);
  found['ended stays ended'] = [may('olga', 'shop'), false];
  table.setAll({ ...both, sequence: 16 });
  found['given anew'] = [may('olga', 'shop'), true];
  // Control hung before its link broke: the quarter of a minute began then.
  table.linked(false, 14_999);
  const silent = may('olga', 'shop');
  nowMs += 1;
  found['control was silent before'] = [
    [silent, may('olga', 'shop')],
    [true, false],
  ];
  table.linked(true);
  const heard = [
    grant('h1', 'a', 'gate', null, 'sound'),
    { ...grant('h2', 'a', 'shop', null, 'sound'), private: true },
    { ...grant('h3', 'a', 'shop', null), private: true },
  ];
  table.setAll({ sequence: 17, keys: [key('a')], grants: heard });
  found['a grant to listen is for sound alone, and there is none for a private camera'] = [
    [mayListen('olga', 'gate'), may('olga', 'gate'), mayListen('olga', 'shop'), may('olga', 'shop')],
    [true, false, false, true],
  ];
  table.linked(true);
  const stills = { viewer: 'olga', camera: 'shop', stream: 'main', door: 'poster' } as const;
  table.sent(stills, 1, 24_000);
  table.sent({ ...stills, door: 'llhls' }, 1);
  const kept = [20_000, 5_000].map((ms) => ((nowMs += ms), sweep(), may('olga', 'shop')));
  found['watched until the next still, and no longer'] = [kept, [true, false]];
  table.stop();
  return checks(found);
};

/* Who comes in at the media port over HTTP, and what cuts them off. */
const comesRightly: Check<Pick<typeof coming, 'admitHttp'>> = async ({ admitHttp }) => {
  const come = async (path: string, { isKnown = false, waitS = 0, belongs = 'yes', cookie = 'a' } = {}) => {
    let cuts = 0;
    let connection: Connection | undefined;
    const admission = {
      keysOf: (header: string) => (header === '' ? [] : [`cookie-${header}`]),
      keyOf: (token: string) => `link-${token.length}`,
      isKnown: () => isKnown,
      known: async (keys: string[]) => (belongs === 'not asked' ? null : belongs === 'yes' ? keys : []),
      enter(_viewer: string, _keys: string[], given: Connection) {
        connection = given;
        return () => undefined;
      },
    };
    const exchange = {
      request: { headers: { cookie }, socket: { resetAndDestroy: () => (cuts += 1) } },
      ...{ url: new URL(path, 'http://127.0.0.1'), viewer: '' },
    };
    try {
      await admitHttp(admission as never, exchange as never, () => waitS);
    } catch (error) {
      return (error as { code: string }).code;
    }
    // What ends is of another camera, or of the last minute; then it is what is watched; then whoever watches.
    connection?.ended('lot', '', 'live');
    connection?.ended('gate', '', 'replay');
    const before = cuts;
    connection?.ended('gate', '', 'live');
    connection?.gone('');
    return `${exchange.viewer} at ${exchange.url.pathname}, cut ${before} and ${cuts}`;
  };
  const [live, player] = ['/live/gate/index.m3u8', `/player/${'t'.repeat(43)}/gate/index.m3u8`];
  const comes = `http-cookie-a at ${live}, cut 0 and 2`;
  return checks({
    known: [await come(live, { isKnown: true, waitS: 5 }), comes],
    'not known yet': [await come(live), comes],
    'one too many that is not known': [await come(live, { waitS: 5 }), 'too-many'],
    'nobody can be asked': [await come(live, { belongs: 'not asked' }), 'unavailable'],
    nobody: [await come(live, { belongs: 'no' }), 'unauthenticated'],
    'no cookie': [await come(live, { cookie: '' }), 'unauthenticated'],
    'a link': [await come(player, { cookie: '' }), `http-link-43 at ${live}, cut 0 and 2`],
  });
};

/* By which name and from which page a request may come. */
const originsRightly: Check<Pick<typeof doors, 'originsFrom' | 'originsOf'>> = ({
  originsFrom,
  originsOf,
}) => {
  const request = (headers: Record<string, string>, address = '127.0.0.1') =>
    ({ headers, socket: { remoteAddress: address } }) as unknown as IncomingMessage;
  const ours = ['https://wall.example', 'http://127.0.0.1:8080'];
  const open = originsFrom(() => ours, { trustProxy: [], onlyProxied: false });
  const proxied = originsFrom(() => ours, { trustProxy: ['192.0.2.7'], onlyProxied: true });
  const anyPort = originsFrom(() => ours, { trustProxy: [], onlyProxied: false }, true);
  const byOrigin = (origin?: string) => open.allowsOrigin(request(origin === undefined ? {} : { origin }));
  const byHost = (host?: string, where = open) =>
    where.allowsHost(request(host === undefined ? {} : { host }));
  const oddly = originsFrom(() => ['http://undefined'], { trustProxy: [], onlyProxied: false }, true);
  const own = originsOf({ scheme: 'http', host: '0.0.0.0', port: () => 8080 }, []);
  return checks({
    origins: [
      [undefined, ...ours, 'http://wall.example', 'null', 'https://wall.example.evil', ''].map(byOrigin),
      [true, true, true, false, false, false, false],
    ],
    hosts: [
      ['wall.example', '127.0.0.1:8080', 'WALL.example', '127.0.0.1', 'evil.example', undefined, ''].map(
        (one) => byHost(one),
      ),
      [true, true, true, false, false, false, false],
    ],
    'at any port': [
      ['127.0.0.1:9', 'wall.example', 'evil.example:8080', undefined, 'wall.example@evil', '127.0.0.1:x'].map(
        (one) => byHost(one, anyPort),
      ),
      [true, true, false, false, false, false],
    ],
    'past the proxy': [
      [
        proxied.allowsHost(request({ host: 'wall.example' }, '192.0.2.7')),
        proxied.allowsHost(request({ host: 'wall.example' }, '198.51.100.1')),
        proxied.allowsHost(request({ host: 'evil.example' }, '192.0.2.7')),
        proxied.allowsHost(request({ host: '127.0.0.1:8080' }, '127.0.0.1')),
        open.allowsHost(request({ host: 'wall.example' }, '198.51.100.1')),
      ],
      [true, false, false, true, true],
    ],
    'no name': [byHost(undefined, oddly), false],
    'names of its own': [own.list(), ['http://127.0.0.1:8080', 'http://localhost:8080']],
  });
};

/* When a session is over. */
const deadlinesRightly: Check<typeof deadlines> = ({
  deadlineFromStore,
  deadlineIn,
  isPast,
  leftOf,
  tightened,
}) => {
  const clock = new TurnedClock();
  const due = deadlineIn(clock, 1_000);
  const found: Record<string, [unknown, unknown]> = { begun: [leftOf(clock, due), 1_000] };
  clock.pass(999);
  found['in time'] = [isPast(clock, due), false];
  clock.pass(1);
  found['past'] = [isPast(clock, due), true];
  clock.step(-60_000);
  found['set back'] = [isPast(clock, due), true];
  const other = deadlineIn(clock, 1_000);
  clock.step(60_000);
  found['set forward'] = [isPast(clock, other), true];
  const third = deadlineIn(clock, 1_000);
  clock.step(-500);
  found['tightened'] = [tightened(clock, third).wallMs - clock.nowMs(), 1_000];
  const now = clock.nowMs();
  found['from the store'] = [
    [
      leftOf(clock, deadlineFromStore(clock, now + 400, now - 1, 1_000)),
      leftOf(clock, deadlineFromStore(clock, now + 4_000, now - 1, 1_000)),
      leftOf(clock, deadlineFromStore(clock, now - 400, now - 1, 1_000)),
      leftOf(clock, deadlineFromStore(clock, now + 400, now + 1, 1_000)),
      leftOf(clock, deadlineFromStore(clock, now + 400, now, 1_000)),
    ],
    [400, 1_000, 0, 0, 400],
  ];
  return checks(found);
};

/* How often somebody may guess. */
const countsRightly: Check<Pick<typeof counting, 'Tries'>> = ({ Tries }) => {
  let nowMs = 5;
  const tries = new Tries(() => nowMs);
  const go = (word: 'right' | 'wrong' | 'open', ...subjects: [string, ...string[]]) => {
    const attempt = tries.begin(...subjects);
    if (attempt.ok && word !== 'open') attempt[word]();
    return attempt.ok;
  };
  const times = (count: number, run: () => unknown) => Array.from({ length: count }, run);
  const found: Record<string, [unknown, unknown]> = {
    'five wrong': [times(6, () => go('wrong', 'a', 'here')), [true, true, true, true, true, false]],
    'their place too': [go('wrong', 'b', 'here'), false],
    'and nobody else': [
      [go('wrong', 'b', 'there'), tries.isBlocked('b'), tries.isBlocked('a')],
      [true, false, true],
    ],
    'five at once': [times(7, () => go('open', 'c')), [true, true, true, true, true, false, false]],
  };
  times(4, () => go('wrong', 'd'));
  const twice = tries.begin('d');
  if (twice.ok) {
    twice.right();
    twice.right();
  }
  found['a right one clears, once'] = [
    times(6, () => go('wrong', 'd')),
    [true, true, true, true, true, false],
  ];
  times(3, () => go('wrong', 'mine', 'desk'));
  go('right', 'mine', 'desk');
  found['the place keeps its wrong ones'] = [times(3, () => go('wrong', 'e', 'desk')), [true, true, false]];
  const refused = tries.begin('a');
  found['the time is told'] = [refused.ok ? null : refused.problem.retryAfterS, 600];
  nowMs += counting.blockMs - 1;
  found['ten minutes'] = [go('wrong', 'a'), false];
  nowMs += 1;
  found['and then again'] = [go('wrong', 'a'), true];
  return checks(found);
};

const guards: Guard[] = [
  {
    ...{ name: 'who may use a door', file: 'features/access/policy.ts', itself: access },
    parts: [['export function admits', '\n}\n']],
    defects: [
      ...conditionDefects,
      ['no → yes', /return refused\(/g, 'return allowed; refused('],
      ['always yes', /\? allowed/g, '|| true ? allowed'],
      ['never yes', /\? allowed/g, '&& false ? allowed'],
    ],
    wrong: admitsRightly,
  },
  {
    ...{ name: 'the gate before each byte', file: 'media/grants.ts', itself: media },
    parts: [
      ['  /** The whole table', '  keyOf('],
      ['  isKnown(', '  async known('],
      ['  #find(', '  /** One question'],
      ['    // Owners lend pictures', '    const now'],
      ['  #gone(', '  /** Out of the table'],
    ],
    defects: [...conditionDefects, ['no → yes', /yes : noGrant/g, 'yes : yes']],
    wrong: grantsRightly,
  },
  {
    ...{ name: 'who comes to the media port', file: 'media/http-admission.ts', itself: coming },
    parts: [['export async function admitHttp', '\n}\n']],
    defects: [
      ...conditionDefects,
      ['everybody is known', /admission\.isKnown\(keys\) \?/g, 'true ?'],
      ['nobody is known', /admission\.isKnown\(keys\) \?/g, 'false ?'],
      ['no link is one', /= link \?/g, '= false ?'],
    ],
    wrong: comesRightly,
  },
  {
    ...{ name: 'by which name, from which page', file: 'platform/origins.ts', itself: doors },
    parts: [['export const originAllowed', '/** A host as it stands']],
    defects: conditionDefects,
    wrong: originsRightly,
  },
  {
    ...{ name: 'when a session is over', file: 'platform/deadline.ts', itself: deadlines },
    parts: [['export const deadlineIn', 'export function tightened']],
    defects: [
      ...conditionDefects,
      ['less → more', /Math\.min/g, 'Math.max'],
      ['more → less', /Math\.max/g, 'Math.min'],
      ['earlier → later', / < /g, ' > '],
      ['past → to come', / <= /g, ' > '],
      ['on the last moment', / <= /g, ' < '],
    ],
    wrong: deadlinesRightly,
  },
  {
    ...{ name: 'how often one may guess', file: 'platform/tries.ts', itself: counting },
    parts: [['  begin(', '    this.#counters.set(']],
    defects: [
      ...conditionDefects,
      ['one more', / >= maxTries/g, ' > maxTries'],
      ['later', / >= blockMs/g, ' > blockMs'],
      ['not counted', / \+= 1/g, ' += 0'],
    ],
    wrong: countsRightly,
  },
];

describeGuards(guards);
