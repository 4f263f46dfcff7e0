import type { IncomingMessage } from 'node:http';
import { maxPlayerLinkMs, problem, type Answer } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { refuse } from '../../platform/http.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects, type Defect } from '../../testing/mutants.ts';
import * as devices from './devices.ts';
import * as pairing from './pairing.ts';
import * as linking from './player-links.ts';

/* A7: how a screen is paired and known again, and whom a link for another player lets in. */
const store = storeOfThisFile();

const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'yes' : answer.problem.code);
const left = { wall: 'room', screen: 'left', name: 'Left' };

/* What a waiting browser is told, and what becomes of a code that is entered. */
const pairsRightly: Check<Pick<typeof pairing, 'PairingDesk'>> = async ({ PairingDesk }) => {
  const clock = new TurnedClock();
  let refuses = false;
  let duringAdd = (): void => undefined;
  const added = {
    async add(screen: typeof left) {
      duringAdd();
      return refuses
        ? refuse(problem('unprocessable', 'Too many.'))
        : { ok: true, value: { device: screen, token: `token of ${screen.screen}` } };
    },
  };
  const desk = new PairingDesk(clock, added as never);
  const begin = (address = '10.0.0.7') => {
    const begun = desk.begin(address);
    if (!begun.ok || begun.value.pairing.state !== 'waiting') throw new Error('no code');
    return { secret: begun.value.secret, code: begun.value.pairing.code.replace(' ', '') };
  };
  const look = (secret: string) => {
    const seen = desk.look(secret);
    return seen && `${seen.pairing.state} ${seen.token}`;
  };
  const enter = async (code: string, by = 'person:sam') => codeOf(await desk.approve(code, left, by));
  const found: Record<string, [unknown, unknown]> = {};

  const [one, other] = [begin(), begin()];
  found['waits'] = [
    [look(one.secret), look('made up')],
    ['waiting null', null],
  ];
  duringAdd = () => (found['not durable yet'] = [look(one.secret), 'waiting null']);
  const both = await Promise.all([enter(one.code), enter(one.code, 'person:eve')]);
  duringAdd = () => undefined;
  found['of two with one code'] = [both, ['yes', 'not-found']];
  found['the other screen waits on'] = [look(other.secret), 'waiting null'];
  found['the token comes once'] = [
    [look(one.secret), look(one.secret)],
    ['paired token of left', null],
  ];
  found['a used code'] = [await enter(one.code), 'not-found'];
  refuses = true;
  found['what is refused'] = [await enter(other.code), 'unprocessable'];
  refuses = false;
  found['is free again'] = [await enter(other.code), 'yes'];

  const kept = begin();
  const wrong = [];
  for (let n = 0; n < 11; n++) wrong.push(await enter('22222222', 'person:una'));
  found['ten wrong'] = [wrong, [...Array.from({ length: 10 }, () => 'not-found'), 'too-many']];
  found['not even the right one'] = [await enter(kept.code, 'person:una'), 'too-many'];
  clock.pass(pairing.pairingMs - 1);
  found['nearly ten minutes'] = [
    [look(kept.secret), await enter(kept.code, 'person:una')],
    ['waiting null', 'too-many'],
  ];
  clock.pass(1);
  found['ten minutes'] = [
    [look(kept.secret), await enter(begin().code, 'person:una')],
    [null, 'yes'],
  ];
  for (let n = 0; n < 99; n++) begin('192.0.2.1');
  found['a hundred of one place'] = [
    ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map((address) => codeOf(desk.begin(address))),
    ['yes', 'too-many', 'yes'],
  ];
  return checks(found);
};

/* Who is behind the cookie of a screen. */
const knowsRightly: Check<Pick<typeof devices, 'Devices'>> = async ({ Devices }) => {
  const cut: string[] = [];
  const known = new Devices(store.db, new TurnedClock(), { append: async () => undefined }, () => false);
  known.onRevoked(({ screen }) => void cut.push(screen));
  const add = async (screen: string) => {
    const answer = await known.add({ ...left, screen }, 'person:sam');
    if (!answer.ok) throw new Error('not added');
    return { id: answer.value.device.id, token: answer.value.token };
  };
  const [one, two] = [await add('left'), await add('right')];
  const who = (cookie: string) =>
    known.authenticate({ headers: { cookie } } as IncomingMessage)?.id ?? 'nobody';
  const cookie = ({ token }: { token: string }) => `${devices.deviceCookie}=${token}`;
  const found: Record<string, [unknown, unknown]> = {
    paired: [
      [who(cookie(one)), who(cookie(two))],
      ['left', 'right'],
    ],
    'nobody is': [
      [who(''), who(`${devices.deviceCookie}=made-up`), known.actorOf('x')],
      ['nobody', 'nobody', undefined],
    ],
    'none such': [codeOf(await known.revoke('x', 'person:sam')), 'not-found'],
  };
  await known.revokeScreen('left', 'person:sam');
  found['taken away'] = [
    [who(cookie(one)), known.actorOf(one.id), who(cookie(two)), [...cut]],
    ['nobody', undefined, 'right', ['left']],
  ];
  found['once more'] = [codeOf(await known.revoke(one.id, 'person:sam')), 'not-found'];
  await known.revoke(two.id, 'person:sam');
  return checks(found);
};

/* How long, for whom and how often. */
const linksRightly: Check<Pick<typeof linking, 'PlayerLinks'>> = async ({ PlayerLinks }) => {
  const clock = new TurnedClock();
  let written = (): void => undefined;
  const db = { transaction: () => ({ execute: (work: (write: unknown) => unknown) => work({}) }) };
  const links = new PlayerLinks(db as never, clock, { append: async () => written() });
  const ended: string[] = [];
  links.onEnded(({ camera }, reason) => void ended.push(`${camera}: ${reason}`));
  const person = (id: string, session = `s-${id}`): PersonActor => ({
    ...{ kind: 'person', id, name: id, roles: ['operator'], groups: [], session, locked: false },
  });
  const [olga, piet] = [person('olga'), person('piet')];
  const found: Record<string, [unknown, unknown]> = {
    'no media server': [codeOf(await links.make('gate', olga)), 'unavailable'],
  };
  links.setMediaUrl(() => 'http://media');
  const make = async (camera: string, actor: PersonActor) => {
    const answer = await links.make(camera, actor);
    if (!answer.ok) throw new Error(answer.problem.detail);
    const key = links.keys().at(-1) ?? '';
    return { id: answer.value.id, is: () => links.find(key)?.camera ?? 'none' };
  };
  const [gate, lot] = [await make('gate', olga), await make('lot', piet)];
  found['made'] = [
    [gate.is(), lot.is(), links.find('made up')],
    ['gate', 'lot', undefined],
  ];
  found['of somebody else'] = [
    [codeOf(await links.renew(gate.id, piet)), codeOf(await links.end(gate.id, piet)), gate.is()],
    ['not-found', 'not-found', 'gate'],
  ];
  found['made up'] = [
    [codeOf(await links.renew('x', olga)), codeOf(await links.end('x', olga))],
    ['not-found', 'not-found'],
  ];
  clock.pass(maxPlayerLinkMs - 1);
  found['renewed'] = [
    [gate.is(), codeOf(await links.renew(gate.id, olga))],
    ['gate', 'yes'],
  ];
  links.sweep();
  found['in time'] = [
    [lot.is(), [...ended]],
    ['lot', []],
  ];
  clock.pass(1);
  found['past'] = [
    [lot.is(), gate.is(), codeOf(await links.renew(lot.id, piet))],
    ['none', 'gate', 'not-found'],
  ];
  links.sweep();
  found['told'] = [ended.splice(0), ['lot: The link has expired']];
  written = () => links.sessionEnded('s-olga');
  found['ended while it is renewed'] = [
    [codeOf(await links.renew(gate.id, olga)), gate.is()],
    ['not-found', 'none'],
  ];
  written = () => undefined;
  found['ended with its session'] = [ended.splice(0), ['gate: The session of this link is over']];
  const yard = await make('yard', olga);
  links.sessionEnded('s-piet');
  found['not with that of others'] = [yard.is(), 'yard'];
  found['ended'] = [
    [codeOf(await links.end(yard.id, olga)), yard.is(), ended],
    ['yes', 'none', ['yard: The link was ended']],
  ];
  const many = Array.from({ length: 25 }, (_, at) => person(`many-${at}`));
  for (const one of many)
    for (let n = 0; n < (one.id === 'many-24' ? 19 : 20); n++) await links.make('gate', one);
  found['twenty each, five hundred in all'] = [
    [
      codeOf(await links.make('gate', person('many-0'))),
      codeOf(await links.make('gate', person('first'))),
      codeOf(await links.make('gate', person('second'))),
    ],
    ['too-many', 'yes', 'too-many'],
  ];
  return checks(found);
};

const bounds: Defect[] = [
  ['one more', / >= /g, ' > '],
  ['a moment longer', / <= /g, ' < '],
  ['still on the last moment', / > /g, ' >= '],
];
describeGuards([
  {
    ...{ name: 'how a screen is paired', file: 'features/access/pairing.ts', itself: pairing },
    parts: [
      ['    const theirs = ', '    if (this.#waiting.size'],
      ['  look(', '  /** Whoever asks'],
      ['  #sweep(): void', '\n}\n'],
    ],
    defects: [...conditionDefects, ['one more', / >= /g, ' > '], ['a moment longer', / <= /g, ' < ']],
    wrong: pairsRightly,
  },
  {
    ...{ name: 'which screen it is', file: 'features/access/devices.ts', itself: devices },
    parts: [
      ['  authenticate(', '  seen('],
      ['    const device = this.#byId.get(id);\n    if (!device) return refuse', '    try {'],
      ['  async revokeScreen', '  #keep'],
    ],
    defects: conditionDefects,
    wrong: knowsRightly,
  },
  {
    ...{ name: 'links for other players', file: 'features/access/player-links.ts', itself: linking },
    parts: [
      ['    return link && link.untilMs', '  keys('],
      ['    const theirs', '    const token'],
      ['    const link = this.#own(id, actor);', '  #forget('],
    ],
    defects: [...conditionDefects, ...bounds],
    wrong: linksRightly,
  },
]);
