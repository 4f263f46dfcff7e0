import type { Answer } from '@clerestory/protocol';
import { TurnedClock } from '../testing/clock.ts';
import { checks, describeGuards, type Check } from '../testing/guard-mutants.ts';
import { conditionDefects, type Defect } from '../testing/mutants.ts';
import { SoftAuthenticator } from '../testing/soft-authenticator.ts';
import * as ceremonies from './passkeys.ts';
import * as ticketing from './tickets.ts';

/* A7: what is remembered between two steps of an act, and how a passkey is registered and known again. */
const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'yes' : answer.problem.code);

const ticketsRightly: Check<Pick<typeof ticketing, 'Tickets'>> = ({ Tickets }) => {
  const clock = new TurnedClock();
  const tickets = new Tickets<string>(clock, 250);
  const open = (all: readonly string[]) => all.filter((one) => tickets.look(one) !== undefined).length;
  const [one, two] = [tickets.issue('one', 'olga'), tickets.issue('two', 'olga')];
  const found: Record<string, [unknown, unknown]> = {
    once: [
      [tickets.look(one), tickets.take(one), tickets.take(one), tickets.look('made up')],
      ['one', 'one', undefined, undefined],
    ],
  };
  clock.pass(299_999);
  const late = tickets.issue('late', 'piet');
  found['until the last moment'] = [tickets.look(two), 'two'];
  clock.pass(1);
  // What is issued sweeps away what has lapsed, and that alone.
  const after = tickets.issue('after', 'pia');
  found['and no longer'] = [
    [two, late, after].map((each) => tickets.look(each)),
    [undefined, 'late', 'after'],
  ];
  const many = Array.from({ length: 101 }, (_, n) => tickets.issue(`${n}`, 'olga'));
  found['of one, a hundred'] = [
    [open(many), tickets.look(many[0] ?? ''), tickets.look(many[1] ?? ''), tickets.look(late)],
    [100, undefined, '1', 'late'],
  ];
  tickets.take(many[50] ?? '');
  found['one that is free again'] = [
    [tickets.issue('again', 'olga') !== '', tickets.look(many[1] ?? '')],
    [true, '1'],
  ];
  // 102 are held; whoever holds the most gives way once 250 are.
  const others = Array.from({ length: 148 }, (_, n) => tickets.issue(`${n}`, `place-${n}`));
  found['as many as there is room for'] = [
    [open(many), open(others)],
    [99, 148],
  ];
  found['one more'] = [
    [tickets.issue('more', 'nora') !== '', tickets.look(many[1] ?? ''), open(many), open(others)],
    [true, undefined, 98, 148],
  ];
  return checks(found);
};

const origin = 'http://localhost:8080';
const register = (options: Record<string, unknown>, key: SoftAuthenticator) =>
  key.create(String(options['challenge'])) as never;

const ceremonyRightly: Check<Pick<typeof ceremonies, 'PasskeyCeremony'>> = async ({ PasskeyCeremony }) => {
  const ceremony = new PasskeyCeremony(new TurnedClock());
  const olga = { login: 'olga', name: 'Olga', have: [] as { credential: string }[] };
  const begin = async (who = olga, at = origin) => {
    const begun = await ceremony.begin('olga', who, at);
    return begun.ok ? begun.value : { ticket: '', options: {}, code: begun.problem.code };
  };
  const held = (count: number) => ({
    ...olga,
    have: Array.from({ length: count }, (_, n) => ({ credential: `have-${n}` })),
  });
  const key = new SoftAuthenticator(origin);
  const prove = async (holder: string, at = origin, by = key) => {
    const { ticket, options } = await begin();
    return ceremony.prove(holder, { ticket, response: register(options, by) }, at);
  };
  const careless = new SoftAuthenticator(origin);
  careless.verifies = false;
  const known = await prove('olga');
  if (!known.ok) return ['registers nothing'];
  const passkey = known.value;
  let asked = 0;
  const signIn = async (
    by: SoftAuthenticator,
    { at = origin, from = origin, ticket = '', named = true } = {},
  ) => {
    const options = await ceremony.signInOptions(origin, 'a place');
    if (!options.ok) return codeOf(options);
    const answer = by.get(String(options.value.options['challenge']), from);
    const response = (named ? answer : { ...answer, id: 7 }) as never;
    const proof = { ticket: ticket || options.value.ticket, response };
    const proven = await ceremony.provenBy(proof, at, async (id) => {
      asked += 1;
      return named && id !== passkey.credential ? null : passkey;
    });
    return proven && `${proven.counter}`;
  };
  const byAddress = 'http://127.0.0.1:8080';
  return checks({
    'by an address': [
      [
        'code' in (await begin(olga, byAddress)),
        codeOf(await ceremony.signInOptions(byAddress, 'a place')),
        codeOf(await prove('olga', byAddress, new SoftAuthenticator(byAddress))),
      ],
      [true, 'unprocessable', 'unprocessable'],
    ],
    'twenty each': [
      ['code' in (await begin(held(19))), 'code' in (await begin(held(20)))],
      [false, true],
    ],
    'registered by whoever began': [
      [codeOf(await prove('olga')), codeOf(await prove('piet'))],
      ['yes', 'gone'],
    ],
    'a made-up ticket': [codeOf(await ceremony.prove('olga', { ticket: 'x', response: {} }, origin)), 'gone'],
    'nobody was asked for a finger or a PIN': [
      codeOf(await prove('olga', origin, careless)),
      'unprocessable',
    ],
    'signs in': [(await signIn(key)) !== null, true],
    'signs nobody in': [
      [
        await signIn(careless),
        await signIn(key, { from: 'https://evil.example' }),
        await signIn(Object.assign(new SoftAuthenticator(origin), { id: key.id })),
        (key.verifies = false),
        await signIn(key),
        (key.verifies = true),
      ],
      [null, null, null, false, null, true],
    ],
    'nor asks whose it is': [
      [
        (asked = 0),
        await signIn(key, { ticket: 'made up' }),
        await signIn(key, { at: byAddress }),
        await signIn(key, { named: false }),
        asked,
      ],
      [0, null, null, null, 0],
    ],
  });
};

const oneMore: Defect = ['one more', / >= /g, ' > '];

describeGuards([
  {
    ...{ name: 'tickets between two steps', file: 'platform/tickets.ts', itself: ticketing },
    parts: [
      ['  issue(', '    if (held?.size'],
      ['  #sweep(', '\n}\n'],
    ],
    defects: [...conditionDefects, oneMore],
    wrong: ticketsRightly,
  },
  {
    ...{ name: 'the ceremonies of passkeys', file: 'platform/passkeys.ts', itself: ceremonies },
    parts: [
      ['  async begin', '\n}\n'],
      ['function rpIdOf', '\n}\n'],
    ],
    defects: [
      ...conditionDefects,
      oneMore,
      ['asks for nothing', /requireUserVerification: true/g, 'requireUserVerification: false'],
    ],
    wrong: ceremonyRightly,
  },
]);
