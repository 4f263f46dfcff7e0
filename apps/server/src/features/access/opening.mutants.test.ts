import type { ClientCommand, Right, Role, RouteName, ViewQuestion } from '@clerestory/protocol';
import { anonymous, type Actor } from '../../platform/actor.ts';
import type { RequestContext } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects, type Defect } from '../../testing/mutants.ts';
import * as enforcement from './enforce.ts';
import type { PolicyRow, Refusal } from './policy.ts';
import * as opening from './views-service.ts';

/*
 * A7 between the table and the rules: where a request, a command and a view are asked about. Rules and consent answer here what
 * each question needs, also what the real ones never say together (a right to watch for an auditor), so that each of two guards
 * that stand behind one another is looked at by itself.
 */
const person = (id: string, role: Role, locked = false): Actor => ({
  ...{ kind: 'person', id, name: id, session: 's', roles: [role], groups: [], locked },
});
const olga = person('olga', 'operator');
const away = person('away', 'operator', true);
const auditor = person('anna', 'auditor');
const screen: Actor = { kind: 'screen', id: 'left', name: 'Left', wall: 'room', device: 'd' };

/** By the name of the camera; `omar` may arrange nothing, `pia` not swap two tiles, `away` is locked. */
const rights = {
  may(actor: Actor, right: Right, camera: string) {
    const no = (because: 'hidden' | 'denied' | 'locked') => ({ ok: false, because }) as const;
    if (camera === 'hidden') return no('hidden');
    if (!['live', 'replay', 'arrange', 'export'].includes(right) || camera === 'denied') return no('denied');
    if (camera === 'kept' && right === 'export') return no('denied');
    const isLocked = camera === 'locked' || (actor.kind === 'person' && actor.locked && right !== 'live');
    return isLocked ? no('locked') : ({ ok: true } as const);
  },
  somewhere: (actor: Actor) => (actor.kind === 'person' && actor.id !== 'omar' ? ['live', 'arrange'] : []),
  maySwap: (actor: Actor, _wall: string, tiles: unknown[]) =>
    actor.kind === 'person' &&
    !['omar', 'pia'].includes(actor.id) &&
    tiles.every((tile) => tile !== undefined),
} as never;

const tile = (n: number) => ({ screen: 'left', tile: n });
const commands: Record<string, ClientCommand> = {
  one: { type: 'tile:assign', ...tile(0), camera: 'open' },
  'one unseen': { type: 'tile:assign', ...tile(0), camera: 'hidden' },
  several: { type: 'tile:tour', ...tile(0), cameras: ['open', 'open'], dwellS: 5 },
  'one of several': { type: 'tile:tour', ...tile(0), cameras: ['open', 'denied'], dwellS: 5 },
  swap: { type: 'tile:swap', a: tile(0), b: tile(1) },
  clear: { type: 'tile:clear', ...tile(0) },
  build: { type: 'screen:create', screen: 'new', name: 'New', layout: '4' },
};
const toArrange = 'forbidden command:tile:';
const refusedOf: Record<string, readonly [Actor, Record<string, string>]> = {
  'who may': [
    olga,
    {
      ...{ one: 'yes', several: 'yes', swap: 'yes', clear: 'yes' },
      'one unseen': 'not-found command:tile:assign hidden',
      'one of several': `${toArrange}tour denied`,
      build: 'forbidden command:screen:create null',
    },
  ],
  'who may arrange nothing': [
    person('omar', 'operator'),
    {
      ...{ one: 'yes', several: 'yes' },
      'one unseen': 'not-found command:tile:assign hidden',
      'one of several': `${toArrange}tour denied`,
      swap: `${toArrange}swap null`,
      clear: `${toArrange}clear null`,
      build: 'forbidden command:screen:create null',
    },
  ],
  'who may arrange, and not these two': [
    person('pia', 'operator'),
    {
      ...{ one: 'yes', several: 'yes', clear: 'yes' },
      'one unseen': 'not-found command:tile:assign hidden',
      'one of several': `${toArrange}tour denied`,
      swap: `${toArrange}swap null`,
      build: 'forbidden command:screen:create null',
    },
  ],
  'whose role does not': [
    auditor,
    {
      one: `${toArrange}assign open`,
      'one unseen': `${toArrange}assign hidden`,
      several: `${toArrange}tour open`,
      'one of several': `${toArrange}tour open`,
      swap: `${toArrange}swap null`,
      clear: `${toArrange}clear null`,
      build: 'forbidden command:screen:create null',
    },
  ],
};

/* Which right a row asks for, on which camera; and what of a command is refused. */
const rowsRightly: Check<Pick<typeof enforcement, 'checkRight' | 'cameraOf' | 'refusedCommand'>> = ({
  checkRight,
  cameraOf,
  refusedCommand,
}) => {
  const found: Record<string, [unknown, unknown]> = {};
  const row = (given: Partial<PolicyRow>): PolicyRow => ({ who: ['person'], ...given });
  const codeOf = (given: Partial<PolicyRow>, actor: Actor, camera: string | null) => {
    const answer = checkRight(rights, row(given), actor, camera);
    return answer.ok ? 'yes' : answer.problem.code;
  };
  const cameras = [null, 'open', 'hidden', 'denied', 'locked'] as const;
  for (const [actor, somewhere] of [
    [olga, 'yes'],
    [person('omar', 'operator'), 'forbidden'],
  ] as const) {
    const asked = (given: Partial<PolicyRow>) => cameras.map((camera) => codeOf(given, actor, camera));
    const all = cameras.map(() => 'yes');
    const name = actor.kind === 'person' ? actor.id : '';
    found[`${name}: no right is asked for`] = [asked({}), all];
    found[`${name}: each is cut out of the answer`] = [asked({ right: 'live', camera: 'each' }), all];
    const named = ['yes', 'not-found', 'forbidden', 'locked'];
    found[`${name}: on this camera`] = [asked({ right: 'live', camera: 'body' }), [somewhere, ...named]];
    const none = ['forbidden', 'forbidden', 'not-found', 'forbidden', 'forbidden'];
    found[`${name}: another right`] = [asked({ right: 'ptz', camera: 'body' }), none];
  }
  const input = { params: { camera: 'p' }, body: { camera: 'b' } };
  const where = [undefined, 'params', 'body', 'each', 'several'] as const;
  const rows = where.map((camera) => row(camera === undefined ? {} : { camera }));
  found['the camera that is named'] = [rows.map((one) => cameraOf(one, input)), [null, 'p', 'b', null, null]];
  found['no camera is named'] = [
    rows.flatMap((one) =>
      [null, undefined, {}, { camera: 7 }].map((odd) => cameraOf(one, { params: odd, body: odd })),
    ),
    rows.flatMap(() => [null, null, null, null]),
  ];
  for (const [who, [actor, expected]] of Object.entries(refusedOf))
    for (const [what, command] of Object.entries(commands)) {
      const refused = refusedCommand(rights, actor, 'room', command);
      const is = refused && `${refused.answer.problem.code} ${refused.door} ${refused.camera}`;
      found[`${who}: ${what}`] = [is ?? 'yes', expected[what]];
    }
  return checks(found);
};

/* The same at the doors over HTTP, and what is written down of it. */
const doorsRightly: Check<Pick<typeof enforcement, 'Enforcement'>> = ({ Enforcement }) => {
  const noted: Refusal[] = [];
  let peer = { address: '192.0.2.9', local: false, proxied: false };
  let actor: Actor | undefined;
  const doors = new Enforcement({
    rights,
    refusals: { note: (refusal) => void noted.push(refusal) },
    peerOf: () => peer as never,
    authenticate: () => actor,
  });
  const context = (who: Actor) => ({ actor: who, web: { address: '192.0.2.9' } }) as RequestContext;
  const wordsOf = () => noted.splice(0).map((one) => Object.values(one).join(' '));
  const allows = (route: RouteName, who: Actor, body: unknown) => {
    const params = { wall: 'room', screen: 'left', tile: 0 };
    const answer = doors.allows(route, { params, body }, context(who));
    return [answer.ok ? 'yes' : answer.problem.code, ...wordsOf()];
  };
  const admits = (route: RouteName, who: Actor) => {
    const answer = doors.admits(route, context(who));
    return [answer.ok ? 'yes' : answer.problem.code, ...wordsOf()];
  };
  const walk = (who: Actor | undefined, given: Partial<typeof peer>) => {
    actor = who;
    peer = { ...peer, ...{ local: false, proxied: false }, ...given };
    let status = 0;
    const response: Record<string, (given: never) => unknown> = {
      status(code: number) {
        status = code;
        return response;
      },
      type: () => response,
      send: () => response,
    };
    doors.door('http:metrics')({} as never, response as never, () => (status = 200));
    return [status, ...wordsOf()];
  };
  const tiles = { a: tile(0), b: tile(1) };
  const omar = person('omar', 'operator');
  const chief = person('chief', 'administrator');
  return checks({
    'one tile': [allows('assignTile', olga, { camera: 'open' }), ['yes']],
    'one tile, unseen': [
      allows('assignTile', olga, { camera: 'hidden' }),
      ['not-found', 'person:olga rest:assignTile camera:hidden not-found'],
    ],
    'somewhere at all': [
      allows('clearTile', omar, {}),
      ['forbidden', 'person:omar rest:clearTile  forbidden'],
    ],
    'two tiles': [allows('swapTiles', olga, tiles), ['yes']],
    'two tiles, of which one is not theirs': [
      allows('swapTiles', omar, tiles),
      ['forbidden', 'person:omar rest:swapTiles  forbidden'],
    ],
    'a command': [allows('commandWall', olga, commands['one']), ['yes']],
    'a command that is refused': [
      allows('commandWall', olga, commands['one of several']),
      ['forbidden', 'person:olga command:tile:tour camera:denied forbidden'],
    ],
    'a swap that is refused': [
      allows('commandWall', omar, commands['swap']),
      ['forbidden', 'person:omar command:tile:swap  forbidden'],
    ],
    'who may use the route': [
      [admits('listPeople', chief), admits('listPeople', olga), admits('listPeople', anonymous)],
      [
        ['yes'],
        ['forbidden', 'person:olga rest:listPeople  forbidden'],
        ['unauthenticated', 'anonymous rest:listPeople  unauthenticated 192.0.2.9'],
      ],
    ],
    figures: [
      [
        walk(undefined, { local: true }),
        walk(undefined, { local: true, proxied: true }),
        walk(undefined, {}),
        walk(chief, {}),
        walk(olga, {}),
      ],
      [
        [200],
        [401, 'anonymous http:metrics  unauthenticated 192.0.2.9'],
        [401, 'anonymous http:metrics  unauthenticated 192.0.2.9'],
        [200],
        [403, 'person:olga http:metrics  forbidden'],
      ],
    ],
  });
};

const store = storeOfThisFile();

type Door = ViewQuestion['door'];
const link = (only: string): opening.Viewer => ({
  ...{ kind: 'player', name: 'olga', actor: olga, leftMs: 900_000 },
  only,
});
const viewerOf = (actor: Actor): opening.Viewer => ({
  ...{ kind: actor.kind === 'screen' ? 'screen' : 'person', name: 'somebody', actor },
  ...{ only: null, leftMs: null },
});
const askers: Record<string, opening.Viewer | undefined> = {
  nobody: undefined,
  olga: viewerOf(olga),
  away: viewerOf(away),
  auditor: viewerOf(auditor),
  screen: viewerOf(screen),
  'a link to open': link('open'),
  'a link to kept': link('kept'),
  'a link to lent': link('lent'),
  'a link to muted': link('muted'),
};
const cameras = ['open', 'hidden', 'denied', 'kept', 'blank', 'muted', 'lent', 'shut'] as const;
const viaDoors: Door[] = ['push', 'llhls', 'poster', 'replay', 'listen'];

/** In words, read from SPEC.md and decisions 10, 11 and 18. */
function should(asker: string, camera: (typeof cameras)[number], door: Door): string {
  const no = (reason: string) => `forbidden: ${reason}`;
  const isLink = asker.startsWith('a link to');
  if (asker === 'nobody') return 'unauthenticated: Sign in first';
  if (camera === 'hidden' || (isLink && asker !== `a link to ${camera}`))
    return 'not-found: There is no such camera';
  const mayAtAll = asker !== 'auditor' && camera !== 'denied';
  if (door === 'listen') {
    if (asker === 'away') return no('This session is locked. Unlock it to listen');
    if (!mayAtAll || asker === 'screen' || isLink) return no('You have no right to listen to this camera');
    if (camera === 'muted') return no('It is switched off');
    if (camera === 'shut') return no('Its owner has not said yes');
    return camera === 'lent' ? no(opening.privateIsMute) : 'yes';
  }
  if (door === 'replay') {
    if (asker === 'away' && camera !== 'denied') return no('This session is locked. Unlock it to replay');
    if (!mayAtAll || asker === 'screen' || asker === 'away')
      return no('You have no right to replay this camera. An administrator can give it to you');
  }
  if (!mayAtAll) return no('You have no right to watch this camera');
  if (camera === 'blank') return no('The screen is blank');
  if (isLink) {
    if (camera === 'kept') return no('The right behind this link is gone');
    if (door === 'replay') return no('A link for another player is for what is live, not for what was');
    if (camera === 'lent') return no('A private camera cannot be opened in another player');
  }
  if (camera === 'shut') return no('Its owner has not said yes');
  if (camera === 'lent' && door === 'replay')
    return no('A private camera has no replay: its grant is for what is live');
  return 'yes';
}

/* Whether a view opens, and what is written down where it does not. */
let count = 0;
const opensRightly: Check<Pick<typeof opening, 'ViewsService'>> = async ({ ViewsService }) => {
  const noted: string[] = [];
  const keys = new Map<string, opening.Viewer>();
  const views = new ViewsService({
    ...{ db: store.db, clock: new TurnedClock(), rights, log: createLogger('silent') },
    record: { append: async () => undefined },
    refusals: { note: ({ code, subject }) => void noted.push(`${subject} ${code}`) },
    permits: {
      permit: (_actor, camera) =>
        camera === 'shut'
          ? { ok: false, reason: 'Its owner has not said yes' }
          : { ok: true, grant: camera === 'lent' ? 'g1' : null, leftMs: null, about: {} },
      used: async () => undefined,
    },
    viewers: { find: (key) => keys.get(key), keys: () => [...keys.keys()] },
    hides: (_actor, camera) => (camera === 'blank' ? 'The screen is blank' : null),
    mutes: (camera) => (camera === 'muted' ? 'It is switched off' : null),
  });
  const cells = Object.keys(askers).flatMap((asker) =>
    cameras.flatMap((camera) => viaDoors.map((door) => ({ asker, camera, door }))),
  );
  const answers = await Promise.allSettled(
    cells.map(({ asker, camera, door }) => {
      const key = `key-${(count += 1)}`;
      const viewer = askers[asker];
      if (viewer) keys.set(key, viewer);
      return views.ask({ key, camera, stream: door === 'listen' ? 'audio' : 'main', door });
    }),
  );
  const found: Record<string, [unknown, unknown]> = {};
  const expected: string[] = [];
  for (const [at, { asker, camera, door }] of cells.entries()) {
    const answer = answers[at];
    const verdict = answer?.status === 'fulfilled' ? answer.value : null;
    const is = verdict && (verdict.ok ? 'yes' : `${verdict.code}: ${verdict.reason}`);
    const right = should(asker, camera, door);
    found[`${asker}, ${camera}, ${door}`] = [is, right];
    if (right !== 'yes') expected.push(`camera:${camera} ${right.split(':')[0]}`);
  }
  found['what is written down'] = [noted, expected];
  found['what is open'] = [views.running().length, cells.length - expected.length];
  return checks(found);
};

const decided: Defect[] = [
  ['taken as a yes', /\b\w+\.ok \?/g, 'true ?'],
  ['taken as a no', /\b\w+\.ok \?/g, 'false ?'],
];
describeGuards([
  {
    ...{ name: 'what a row asks for', file: 'features/access/enforce.ts', itself: enforcement },
    parts: [
      ['export function checkRight', '\n}\n'],
      ['export const cameraOf', '\n};\n'],
      ['export function refusedCommand', '\n}\n'],
    ],
    defects: [
      ...conditionDefects,
      ...decided,
      ['always yes', /\? allowed/g, '|| true ? allowed'],
      ['never yes', /\? allowed/g, '&& false ? allowed'],
    ],
    wrong: rowsRightly,
  },
  {
    ...{ name: 'the doors over HTTP', file: 'features/access/enforce.ts', itself: enforcement },
    parts: [
      ['function commandOf', '\n}\n'],
      ['  allows(\n', '  sees(actor'],
      ['  door(id', '\n}\n'],
    ],
    defects: [...conditionDefects, ...decided],
    wrong: doorsRightly,
  },
  {
    ...{ name: 'whether a view opens', file: 'features/access/views-service.ts', itself: opening },
    parts: [['  #mayView(', '  #open(']],
    defects: [...conditionDefects, ...decided],
    wrong: opensRightly,
  },
  {
    ...{ name: 'what becomes of the answer', file: 'features/access/views-service.ts', itself: opening },
    parts: [['    const verdict = this.#mayView(viewer, question.door', '    const known']],
    defects: conditionDefects,
    wrong: opensRightly,
  },
]);
