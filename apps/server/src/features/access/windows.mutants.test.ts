import type { Camera, Problem, Right, Role } from '@clerestory/protocol';
import type { Actor } from '../../platform/actor.ts';
import type { WindowData } from '../../platform/sockets.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects } from '../../testing/mutants.ts';
import * as windows from './windows.ts';

/* A7: who is behind a window, what it may send, what it is told, and when it loses its socket. */
const person = (id: string, role: Role): Actor => ({
  ...{ kind: 'person', id, name: id, session: id, roles: [role], groups: [], locked: false },
});
const screen = (id: string): Actor => ({
  kind: 'screen',
  id,
  name: id,
  wall: 'room',
  device: `device-${id}`,
});

/** A room of windows, each with what it was sent. */
function room() {
  const sessions = new Map<string, Actor>();
  const devices = new Map<string, Actor>();
  /** Which cameras exist for whom, by the id of the person or the screen. */
  const exist = new Map<string, string[]>();
  const noted: string[] = [];
  const seenOf: string[] = [];
  /** What went out in one encoding for several. */
  const whole: string[] = [];
  const sockets = new Map<string, ReturnType<typeof socketOf>>();
  const list = ['gate', 'lot', 'yard'].map((id) => ({ id }) as Camera);
  const existFor = (actor: Actor) => ('id' in actor && exist.get(actor.id)) || [];
  let handshake = (_socket: never, _next: (error?: Error & { data?: Problem }) => void): void => undefined;
  let connected = (_socket: never): void => undefined;
  const socketOf = (id: string, data: WindowData, cookie = '') => {
    const told: string[] = [];
    const state = { cut: '' };
    return {
      ...{ id, data, told, state, request: { cookie } },
      emit: (event: string, payload: unknown) => void told.push(`${event} ${JSON.stringify(payload)}`),
      disconnect: () => void (state.cut = 'disconnected'),
      conn: { close: () => void (state.cut = 'to come back') },
    };
  };
  const io = {
    use: (listener: typeof handshake) => void (handshake = listener),
    on: (_event: string, listener: typeof connected) => void (connected = listener),
    of: () => ({ sockets, adapter: { rooms: new Map([['room', new Set([...sockets.keys(), 'gone'])]]) } }),
    to: (ids: string[]) => ({
      emit(event: string, payload: unknown) {
        whole.push(`${event} to ${ids.join('+')}`);
        for (const id of ids) sockets.get(id)?.emit(event, payload);
      },
    }),
  };
  const touched: string[] = [];
  const parts = {
    sessions: {
      authenticate: ({ cookie }: { cookie: string }) => sessions.get(cookie),
      actorOf: (session: string) => sessions.get(session),
      touch: (session: string) => void touched.push(session),
    },
    devices: {
      authenticate: ({ cookie }: { cookie: string }) => devices.get(cookie),
      actorOf: (device: string) => devices.get(device),
      seen: (device: string) => void seenOf.push(device),
    },
    rights: {
      sees: (actor: Actor) => (camera: string) => existFor(actor).includes(camera),
      may: (actor: Actor, right: Right, camera: string) =>
        !existFor(actor).includes(camera)
          ? { ok: false, because: 'hidden' }
          : right === 'ptz'
            ? { ok: false, because: 'denied' }
            : { ok: true },
      somewhere: () => ['see', 'live', 'arrange'],
      maySwap: () => true,
      showing: () => ['gate', 'lot', 'no camera'],
    },
    refusals: {
      note: ({ actor, asked, subject, code }: Record<string, string>) =>
        void noted.push(`${actor} ${asked} ${subject} ${code}`),
    },
    cameras: { get: (id: string) => list.find((one) => one.id === id), list: () => list },
    health: { of: (camera: string) => ({ camera }) },
  };
  const open = (id: string, hello: WindowData['hello'], cookie: string) => {
    const socket = socketOf(id, { hello }, cookie);
    let answer = 'yes';
    handshake(socket as never, (error) => (answer = error ? (error.data?.code ?? 'fault') : 'yes'));
    if (answer === 'yes') sockets.set(id, socket);
    return { socket, answer };
  };
  return {
    io,
    parts,
    sessions,
    devices,
    exist,
    noted,
    seenOf,
    touched,
    whole,
    sockets,
    open,
    connected: () => connected,
  };
}
const hello = (surface: string, of = 'left') =>
  (surface === 'console' ? { surface } : { surface, screen: of }) as never;

const guardsRightly: Check<Pick<typeof windows, 'Windows'>> = ({ Windows }) => {
  const found: Record<string, [unknown, unknown]> = {};
  const { io, parts, sessions, devices, exist, noted, seenOf, touched, whole, sockets, open, connected } =
    room();
  const guard = new Windows(io as never, parts as never).install();
  sessions.set('olga', person('olga', 'operator'));
  sessions.set('una', person('una', 'auditor'));
  sessions.set('odd', { kind: 'owner', id: 'ada', name: 'Ada', session: 'odd' });
  devices.set('device-left', screen('left'));
  exist.set('olga', ['gate', 'lot']);
  exist.set('una', ['gate']);
  exist.set('left', ['gate']);

  const come = (id: string, surface: string, cookie: string, of?: string) => {
    const { socket, answer } = open(id, hello(surface, of), cookie);
    const { by = '-', visible } = socket.data;
    return `${answer} ${by} ${[...(visible ?? [])].join('+')}`;
  };
  found['who comes'] = [
    [
      come('console', 'console', 'olga'),
      come('audit', 'console', 'una'),
      come('wall', 'screen', 'device-left'),
      come('theirs', 'screen', 'olga'),
      come('other', 'screen', 'device-left', 'right'),
      come('no-screen', 'console', 'device-left'),
      come('nobody', 'console', ''),
      come('owner', 'console', 'odd'),
    ],
    [
      'yes person:olga gate+lot',
      'yes person:una gate',
      'yes screen:left gate',
      'yes person:olga gate+lot',
      'unauthenticated - ',
      'unauthenticated - ',
      'unauthenticated - ',
      'unauthenticated - ',
    ],
  ];
  found['what is written down of it'] = [
    [noted.splice(0), seenOf],
    [Array.from({ length: 4 }, () => 'anonymous http:socket  unauthenticated'), ['device-left']],
  ];
  const socket = (id: string) => sockets.get(id) as never;
  const told = () =>
    ['console', 'audit', 'wall'].map((id) => sockets.get(id)?.told.splice(0).join('; ') ?? 'none');
  found['behind each'] = [
    ['console', 'audit', 'wall'].map((id) => guard.actorOf(socket(id)).kind),
    ['person', 'person', 'screen'],
  ];
  found['a window of nobody'] = [guard.actorOf({ data: {} } as never).kind, 'anonymous'];

  const command = (what: object) => ({ wall: 'room', command: { screen: 'left', tile: 0, ...what } });
  const put = (camera: string) => command({ type: 'tile:assign', camera });
  const ask = (id: string, event: string, payload: unknown) => {
    const answer = guard.allows(event as never, payload, socket(id));
    return [answer.ok ? 'yes' : answer.problem.code, ...noted.splice(0), ...touched.splice(0)];
  };
  found['what they may send'] = [
    [
      ask('console', 'wall:command', put('gate')),
      ask('console', 'wall:command', put('vault')),
      ask('audit', 'wall:command', put('gate')),
      ask('wall', 'wall:command', put('gate')),
      ask('console', 'wall:join', {}),
      ask('wall', 'wall:recent', {}),
      ask('console', 'ptz:move', { camera: 'gate' }),
      ask('console', 'ptz:move', { camera: 'vault' }),
    ],
    [
      ['yes', 'olga'],
      ['not-found', 'person:olga command:tile:assign camera:vault not-found', 'olga'],
      ['forbidden', 'person:una event:wall:command  forbidden'],
      ['forbidden', 'screen:left event:wall:command  forbidden'],
      ['yes'],
      ['forbidden', 'screen:left event:wall:recent  forbidden'],
      ['forbidden', 'person:olga event:ptz:move camera:gate forbidden'],
      ['not-found', 'person:olga event:ptz:move camera:vault not-found'],
    ],
  ];

  const assigned = (camera: string) => ({
    events: [{ type: 'tile:assigned', screen: 'left', tile: 0, assignment: { camera } }],
  });
  const snapshot = () => ({
    ...{ wall: { screens: [] }, health: [], screens: [], incidents: ['one'] },
    cameras: [{ id: 'gate' }, { id: 'lot' }],
  });
  const present = (id: string, event: string, value: unknown) =>
    JSON.stringify(guard.present(event as never, value, socket(id)));
  const shown = (id: string, event: string, wrapped: boolean) => {
    const given = wrapped ? { snapshot: snapshot() } : snapshot();
    const answer = guard.present(event as never, given, socket(id)) as ReturnType<typeof snapshot>;
    const { cameras, incidents } = wrapped
      ? (answer as unknown as { snapshot: typeof answer }).snapshot
      : answer;
    return [cameras.map((one) => one.id).join('+'), incidents.length];
  };
  for (const [event, wrapped] of [
    ['wall:join', false],
    ['wall:resync', true],
  ] as const)
    found[`a snapshot by ${event}`] = [
      ['console', 'audit', 'wall'].map((id) => shown(id, event, wrapped)),
      [
        ['gate+lot', 1],
        ['gate', 1],
        ['gate', 0],
      ],
    ];
  const cleared = JSON.stringify({
    commits: [{ events: [{ type: 'tile:cleared', screen: 'left', tile: 0 }] }],
  });
  const lot = { commits: [assigned('lot')] };
  for (const event of ['wall:recent', 'wall:resync'])
    found[`commits by ${event}`] = [
      [present('console', event, lot), present('audit', event, lot)],
      [JSON.stringify(lot), cleared],
    ];
  found['an answer with no camera in it'] = [present('audit', 'wall:command', lot), JSON.stringify(lot)];

  const tell = (event: string, payload: unknown) => {
    guard.tell('room', event as never, payload as never);
    return told();
  };
  const json = JSON.stringify;
  found['cameras'] = [
    [
      tell('camera:changed', { id: 'gate' }),
      tell('camera:changed', { id: 'lot' }),
      tell('camera:changed', { id: 'vault' }),
    ],
    [
      Array.from({ length: 3 }, () => `camera:changed ${json({ id: 'gate' })}`),
      [`camera:changed ${json({ id: 'lot' })}`, '', ''],
      ['', '', ''],
    ],
  ];
  found['a new camera'] = [
    [
      (exist.set('una', ['gate', 'yard']), tell('camera:changed', { id: 'yard' })),
      [...(sockets.get('audit')?.data.visible ?? [])],
      [...(sockets.get('wall')?.data.visible ?? [])],
    ],
    [['', `camera:changed ${json({ id: 'yard' })}`, ''], ['gate', 'yard'], ['gate']],
  ];
  const gone = `camera:removed ${json({ camera: 'yard' })}`;
  found['a camera is removed'] = [
    [tell('camera:removed', { camera: 'yard' }), tell('camera:removed', { camera: 'yard' })],
    [
      ['', gone, ''],
      ['', '', ''],
    ],
  ];
  exist.set('una', ['gate']);
  const status = (...cameras: (string | null)[]) => ({
    report: { tiles: cameras.map((camera) => ({ camera, state: 'live' })) },
  });
  const hears = (event: string, payload: unknown) =>
    tell(event, payload).map((one) => (one === '' ? '-' : one.replace(/^\S+ /, '')));
  const health = [{ camera: 'gate' }, { camera: 'lot' }];
  found['health'] = [
    [hears('health:changed', health), hears('health:changed', health.slice(1))],
    [
      [json(health), json(health.slice(0, 1)), json(health.slice(0, 1))],
      [json(health.slice(1)), '-', '-'],
    ],
  ];
  const both = json(status('gate', null, 'lot'));
  whole.length = 0;
  found['a screen'] = [
    [
      hears('screen:status', status('gate', null, 'lot')).map((one) => one === both || one.includes('"lot"')),
      hears('screen:status', status(null, 'gate')).map((one) => one === json(status(null, 'gate'))),
      hears('screen:status', { report: null }),
      [...whole],
    ],
    [
      [true, false, false],
      [true, true, true],
      Array.from({ length: 3 }, () => json({ report: null })),
      ['console+theirs', 'console+audit+wall+theirs', 'console+audit+wall+theirs'].map(
        (ids) => `screen:status to ${ids}`,
      ),
    ],
  ];
  for (const event of ['camera:viewers', 'ptz:holder', 'ptz:taken', 'grant:changed'])
    found[event] = [
      [hears(event, { camera: 'lot' }), hears(event, { camera: 'gate' })],
      [[json({ camera: 'lot' }), '-', '-'], Array.from({ length: 3 }, () => json({ camera: 'gate' }))],
    ];
  found['restricted'] = [
    hears('cameras:restricted', { cameras: ['gate', 'lot'] }),
    [['gate', 'lot'], ['gate'], ['gate']].map((cameras) => json({ cameras })),
  ];
  found['incidents'] = [hears('incident:changed', { id: 1 }), ['{"id":1}', '{"id":1}', '-']];

  // Onto a screen's own tile comes a camera that did not exist for it.
  exist.set('left', ['gate', 'lot']);
  const commit = assigned('lot');
  const introduced = [
    `camera:changed ${json({ id: 'lot' })}`,
    `health:changed ${json([{ camera: 'lot' }])}`,
    `wall:committed ${json(commit)}`,
  ].join('; ');
  found['a commit'] = [
    [
      tell('wall:committed', commit),
      (sockets.get('console')?.data.visible?.delete('lot'), tell('wall:committed', commit)),
    ],
    [
      [introduced.split('; ')[2], `wall:committed ${cleared.slice(12, -2)}`, introduced],
      Array.from({ length: 3 }, (_, at) =>
        at === 1 ? `wall:committed ${cleared.slice(12, -2)}` : introduced.split('; ')[2],
      ),
    ],
  ];

  sockets.get('console')?.data.visible?.add('lot');
  const cuts = () =>
    ['console', 'audit', 'wall'].map((id) => {
      const state = sockets.get(id)?.state ?? { cut: '' };
      const is = state.cut;
      state.cut = '';
      return is;
    });
  guard.recheck();
  found['nothing is new'] = [cuts(), ['', '', '']];
  exist.set('olga', ['gate', 'yard']);
  exist.set('una', []);
  guard.recheck();
  found['other cameras exist'] = [cuts(), ['to come back', 'to come back', '']];
  guard.cut(({ session }) => session === 'una');
  found['cut'] = [cuts(), ['', 'disconnected', '']];
  sessions.delete('olga');
  devices.delete('device-left');
  guard.recheck();
  found['over'] = [cuts(), ['disconnected', 'to come back', 'disconnected']];
  found['told no more'] = [tell('media:address', 'here'), ['', 'media:address "here"', '']];
  connected()(socket('console'));
  connected()(socket('audit'));
  found['ended between handshake and connection'] = [cuts(), ['disconnected', '', '']];
  return checks(found);
};

describeGuards([
  {
    ...{ name: 'windows', file: 'features/access/windows.ts', itself: windows },
    parts: [
      ['      const actor = this.#identify(socket);', '    return this;\n'],
      ['    const found =', '  tell<'],
      ['    const whole: string[] = [];', '\n}\n'],
      ['function sameSet', '/** What of a push'],
      ["  'wall:committed': (commit", '} as {'],
    ],
    defects: [
      ...conditionDefects,
      ['everything is told', /sees\([\w.]+\) \?/g, 'true ?'],
      ['nothing is told', /sees\([\w.]+\) \?/g, 'false ?'],
    ],
    wrong: guardsRightly,
  },
]);
