import type { Answer, PasskeyProof, Person } from '@clerestory/protocol';
import type { Deadline } from '../../platform/deadline.ts';
import { ok } from '../../platform/http.ts';
import { Tickets } from '../../platform/tickets.ts';
import { Tries } from '../../platform/tries.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects } from '../../testing/mutants.ts';
import type { NewSession } from './session-service.ts';
import * as entering from './sign-in.ts';

/*
 * A7: the ways in by password, code, passkey and PIN, the unlocking, and what may come between a proof and its session. Tries
 * and tickets are the real ones; what they stand before answers here by a name: "olga's password", "olga's code".
 */
const passkeyOf = (person: string): PasskeyProof => ({ ticket: person, response: {} }) as never;

function site() {
  const clock = new TurnedClock();
  const disabled = new Set(['away']);
  const endings = new Map<string, number>();
  const live = new Map<string, { id: string; person: string; workstation: string | null }>();
  const said: string[] = [];
  /** What happens while a session is written, before and after its transaction. */
  const meanwhile = { before: (): void => undefined, after: (): void => undefined };
  const people = ['olga', 'tess', 'pia', 'away'];
  const get = (id: string) =>
    people.includes(id) ? ({ id, login: id, disabled: disabled.has(id), demo: false } as Person) : undefined;
  const until = { wallMs: 1, monotonicMs: 1 };
  const carried = new Set(['olga', 'tess', 'pia', 'away']);
  let count = 0;
  const parts = {
    people: { byLogin: get, get, passwordOf: async (id: string) => get(id) && `${id}'s password` },
    passwords: { matches: async (stored: string | null, given: string) => stored === given },
    authenticators: {
      hasTotp: async (id: string) => id === 'tess',
      useCode: async (id: string, code: string) => code === `${id}'s code`,
      provenBy: async ({ ticket }: PasskeyProof) => get(ticket)?.id ?? null,
    },
    authenticate: { mustUsePasskey: ({ id }: Person) => id === 'pia' },
    sessions: {
      endings: (id: string) => endings.get(id) ?? 0,
      find: (token?: string) => (token === undefined ? undefined : live.get(token)),
      async begin(wanted: NewSession, _entry: unknown, more: (write: never) => Promise<Answer<void>>) {
        meanwhile.before();
        const answer = await more({} as never);
        if (!answer.ok) return answer;
        meanwhile.after();
        const session = { ...wanted, id: `s-${(count += 1)}` };
        live.set(session.id, session);
        said.push(
          `begun ${session.person} by ${session.method}${session.until === null ? '' : ' for a while'}`,
        );
        return ok({ session, token: session.id });
      },
      async end(id: string, reason: string) {
        live.delete(id);
        said.push(`ended: ${reason}`);
      },
      async unlock(_id: string, confirmed: boolean) {
        said.push(`unlocked${confirmed ? ', confirmed' : ''}`);
      },
    },
    workstations: {
      find: (token?: string) => (token === 'desk' || token === 'other' ? token : undefined),
      knows: (desk: string, id: string) => desk === 'desk' && people.includes(id.split(':').at(-1) ?? ''),
      carrying: (desk: string, id: string): { pin: string; until: Deadline } | null =>
        desk === 'desk' && carried.has(id) ? { pin: `${id}'s PIN`, until } : null,
      open: async (token?: string) => ({ id: token ?? 'new', token: token ?? 'new' }),
      signedIn: async (_write: unknown, desk: string) => void said.push(`full at ${desk}`),
      close: async (id: string, desk: string | null) => {
        carried.delete(id);
        said.push(`closed ${id} at ${desk}`);
      },
    },
    tries: new Tries(() => clock.monotonicMs()),
    halves: new Tickets<entering.HalfSignIn>(clock),
    refused: {
      wrong: async (one: Person | undefined, what: string) => void said.push(`wrong ${what} of ${one?.id}`),
      unlooked: (why: string, id: string, of: string) => void said.push(`${why} ${of} of ${id}`),
    },
    demoOpen: false,
  };
  const endAll = (id: string) => void endings.set(id, (endings.get(id) ?? 0) + 1);
  return { clock, disabled, live, said, meanwhile, carried, parts, endAll };
}

const web = (address: string, cookies: Record<string, string> = {}) =>
  ({
    address,
    agent: '',
    proxied: false,
    origin: 'http://wall',
    cookie: (name: string) => cookies[name],
  }) as never;
const at = (desk: string, address = '192.0.2.1') => web(address, { [entering.workstationCookie]: desk });

const entersRightly: Check<Pick<typeof entering, 'SignIn'>> = async ({ SignIn }) => {
  const found: Record<string, [unknown, unknown]> = {};
  const { clock, disabled, said, meanwhile, carried, parts, endAll, live } = site();
  const signIn = new SignIn(parts as never);
  let place = 0;
  /** Somewhere where nobody has tried yet. */
  const fresh = () => web(`192.0.2.${(place += 1)}`);
  const word = (answer: Answer<unknown>) => [answer.ok ? 'yes' : answer.problem.code, ...said.splice(0)];
  const step = (answer: Answer<entering.Step>) =>
    answer.ok ? [answer.value.state, ...said.splice(0)] : word(answer);
  const password = async (id: string, given = `${id}'s password`, where = fresh()) =>
    step(await signIn.withPassword(id, given, where));

  found['by password'] = [
    [await password('olga'), await password('pia'), await password('olga', 'x'), await password('away')],
    [
      ['signed-in', 'full at new', 'begun olga by password'],
      ['passkey-step'],
      ['unauthenticated', 'wrong password of olga'],
      ['unauthenticated', 'wrong password of away'],
    ],
  ];
  found['an unknown name'] = [
    await password('nobody', 'undefined'),
    ['unauthenticated', 'wrong password of undefined'],
  ];

  const half = async () => {
    const answer = await signIn.withPassword('tess', "tess's password", fresh());
    if (!answer.ok || answer.value.state !== 'second-step') throw new Error('no second step');
    return answer.value.ticket;
  };
  const code = async (ticket: string, given = "tess's code", where = fresh()) =>
    step(await signIn.withCode(ticket, given, where));
  const ticket = await half();
  found['by code'] = [
    [await code('made up'), await code(ticket, 'x'), await code(ticket), await code(ticket)],
    [
      ['gone'],
      ['unauthenticated', 'wrong code of tess'],
      ['signed-in', 'full at new', 'begun tess by password'],
      ['gone'],
    ],
  ];
  const shared = await half();
  const both = await Promise.all(
    [fresh(), fresh()].map((where) => signIn.withCode(shared, "tess's code", where)),
  );
  found['two with one ticket'] = [both.filter((one) => one.ok).length, 1];
  said.splice(0);
  const before = await half();
  endAll('tess');
  found['a ticket of before'] = [await code(before), ['gone']];

  found['by passkey'] = [
    [
      word(await signIn.withPasskey(passkeyOf('pia'), fresh())),
      word(await signIn.withPasskey(passkeyOf('nobody'), fresh())),
      word(await signIn.withPasskey(passkeyOf('away'), fresh())),
    ],
    [
      ['yes', 'full at new', 'begun pia by passkey'],
      ['unauthenticated', 'wrong passkey of undefined'],
      ['unauthenticated'],
    ],
  ];

  const pin = async (id: string, given = `${id}'s PIN`, where = at('desk')) =>
    word(await signIn.bySwitch(id, given, where));
  found['by PIN'] = [
    [await pin('olga'), await pin('olga', 'x'), await pin('olga', undefined, fresh()), await pin('away')],
    [
      ['yes', 'begun olga by switch for a while'],
      ['unauthenticated', 'wrong pin of olga'],
      ['unauthenticated', 'elsewhere pin of olga'],
      ['unauthenticated'],
    ],
  ];
  found['a PIN at another desk'] = [
    await pin('olga', undefined, at('other')),
    ['unauthenticated', 'wrong pin of olga'],
  ];
  await pin('olga');
  carried.delete('pia');
  found['a PIN that carries no more'] = [await pin('pia'), ['unauthenticated', 'wrong pin of pia']];

  const session = (person: string) => ({ id: 's', person, workstation: 'desk' }) as never;
  const unlock = async (person: string, by: object, where = at('desk')) =>
    word(await signIn.unlock(session(person), by as never, where));
  found['unlocked'] = [
    [
      await unlock('olga', { pin: "olga's PIN" }),
      await unlock('olga', { password: "olga's password" }),
      await unlock('tess', { password: "tess's password", code: "tess's code" }),
      await unlock('pia', { passkey: passkeyOf('pia') }),
    ],
    [
      ['yes', 'unlocked'],
      ['yes', 'unlocked, confirmed'],
      ['yes', 'unlocked, confirmed'],
      ['yes', 'unlocked, confirmed'],
    ],
  ];
  const stays = (what: string) => ['unauthenticated', what];
  found['stays locked'] = [
    [
      await unlock('olga', { pin: 'x' }),
      await unlock('olga', { pin: "olga's PIN" }, at('other')),
      await unlock('olga', { pin: "olga's PIN" }, fresh()),
      await unlock('olga', { password: 'x' }),
      await unlock('tess', { password: "tess's password" }),
      await unlock('olga', { passkey: passkeyOf('pia') }),
      await unlock('pia', { password: "pia's password" }),
      await unlock('gone', { password: 'x' }),
    ],
    [
      stays('wrong unlock of olga'),
      stays('elsewhere unlock of olga'),
      stays('elsewhere unlock of olga'),
      stays('wrong unlock of olga'),
      stays('wrong unlock of tess'),
      stays('wrong unlock of olga'),
      ['unauthenticated'],
      stays('wrong unlock of undefined'),
    ],
  ];

  for (const [name, what] of Object.entries({
    'before it is written': 'before',
    'while it is written': 'after',
  } as const)) {
    meanwhile[what] = () => disabled.add('olga');
    const closed = await password('olga');
    meanwhile[what] = () => endAll('olga');
    disabled.delete('olga');
    found[`disabled, or all sessions ended, ${name}`] = [
      [closed.slice(0, 1), closed.at(-1), await password('olga')],
      what === 'before'
        ? [['unauthenticated'], 'unauthenticated', ['gone']]
        : [
            ['unauthenticated'],
            'ended: disabled',
            ['gone', 'full at new', 'begun olga by password', 'ended: ended'],
          ],
    ];
    meanwhile[what] = () => undefined;
  }
  live.set('mine', { id: 'mine', person: 'olga', workstation: null });
  live.set('theirs', { id: 'theirs', person: 'tess', workstation: null });
  const with_ = (token: string) => web(`192.0.2.${(place += 1)}`, { [entering.sessionCookie]: token });
  found['whoever was there is out'] = [
    [
      (await password('olga', undefined, with_('mine'))).at(-1),
      (await password('olga', undefined, with_('theirs'))).at(-1),
    ],
    ['ended: replaced', 'ended: switched'],
  ];

  // Five wrong ones, each way; then not even the right one.
  clock.pass(60 * 60_000);
  const times = async (run: () => Promise<unknown[]>) => {
    for (let n = 0; n < 4; n++) await run();
    return run();
  };
  found['five wrong PINs'] = [
    [await times(() => pin('tess', 'x')), await pin('tess')],
    [
      ['unauthenticated', 'wrong pin of tess', 'closed tess at desk'],
      ['unauthenticated', 'blocked pin of tess'],
    ],
  ];
  clock.pass(60 * 60_000);
  found['five wrong passwords'] = [
    [
      await times(() => password('olga', 'x')),
      await password('olga'),
      await password('tess'),
      await password('olga', undefined, at('desk')),
      await password('olga', undefined, at('other')),
    ],
    [
      ['unauthenticated', 'wrong password of olga'],
      ['too-many', 'blocked password of olga'],
      ['second-step'],
      ['signed-in', 'full at desk', 'begun olga by password'],
      ['too-many', 'blocked password of olga'],
    ],
  ];
  clock.pass(60 * 60_000);
  found['five wrong of one place'] = [
    [
      await times(() => password('olga', 'x', web('198.51.100.1'))),
      await password('tess', undefined, web('198.51.100.1')),
    ],
    [
      ['unauthenticated', 'wrong password of olga'],
      ['too-many', 'blocked password of tess'],
    ],
  ];
  clock.pass(60 * 60_000);
  const open = await half();
  found['five wrong codes'] = [
    [await times(() => code(open, 'x')), await code(open)],
    [
      ['unauthenticated', 'wrong code of tess'],
      ['too-many', 'blocked code of tess'],
    ],
  ];
  clock.pass(60 * 60_000);
  const wrongKey = async () => word(await signIn.withPasskey(passkeyOf('nobody'), web('198.51.100.2')));
  found['five wrong passkeys'] = [
    [await times(wrongKey), word(await signIn.withPasskey(passkeyOf('pia'), web('198.51.100.2')))],
    [
      ['unauthenticated', 'wrong passkey of undefined'],
      ['too-many', 'blocked passkey of passkey:address:198.51.100.2'],
    ],
  ];
  const wrongUnlock = () => unlock('olga', { password: 'x' });
  found['five wrong to unlock'] = [
    [await times(wrongUnlock), await unlock('olga', { password: "olga's password" })],
    [stays('wrong unlock of olga'), ['too-many', 'blocked unlock of olga']],
  ];
  return checks(found);
};

describeGuards([
  {
    ...{ name: 'the ways in', file: 'features/people/sign-in.ts', itself: entering },
    parts: [['    const person = people.byLogin(login)', '  async #step']],
    defects: [...conditionDefects, ['no place of theirs', /workstations\.knows\([^)]*\)\)/g, 'false']],
    wrong: entersRightly,
  },
]);
