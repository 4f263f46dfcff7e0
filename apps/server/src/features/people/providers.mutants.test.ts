import { afterAll, beforeAll } from 'vitest';
import { problem, type Answer, type Person } from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { choiceDefects, conditionDefects } from '../../testing/mutants.ts';
import { startSmallProvider } from '../../testing/small-provider.ts';
import { Links } from './links.ts';
import { ProviderService } from './provider-service.ts';
import * as flowing from './providers-flow.ts';
import { providerStore } from './provider-store.ts';
import { sessionCookie, workstationCookie } from './sign-in.ts';

/* A7: whom an identity provider signs in. Store, links and providers are the real ones; so is the way there and back. */
const secret = 'a secret that only the two of them know';
const everybody = ['olga', 'piet', 'nina', 'away', 'demo', 'twin', 'other-twin', 'ghost'];
const store = storeOfThisFile(everybody);
let atThem: Awaited<ReturnType<typeof startSmallProvider>>;
beforeAll(async () => (atThem = await startSmallProvider(secret)));
afterAll(() => atThem.close());

const write = <T>(work: (write: never) => Promise<T>) =>
  store.db.transaction().execute((given) => work(given as never));
const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'yes' : answer.problem.code);
const input = (id: string, issuer: string, more: object = {}) => ({
  ...{ id, name: id, issuer, clientId: 'clerestory', clientSecret: secret, enabled: true },
  ...{ linkByEmail: false, roleClaim: null, roleMap: {} },
  ...more,
});
async function emptied(): Promise<void> {
  for (const table of ['people_identities', 'people_providers', 'people_links'] as const)
    await store.db.deleteFrom(table).execute();
}

type Flow = Check<Pick<typeof flowing, 'ProviderFlow'>>;
type Found = Record<string, [is: unknown, should: unknown]>;
const isIn = (id: string, more = '') => [
  `"${id} by provider at undefined, undefined"`,
  ...(more ? [more] : []),
];
const isOut = (code: string, provider = 'city') => [code, `${code} of provider:${provider}`];
const stranger = isOut('unauthenticated');
const added = (id: string) => `authenticator-added person:${id}`;

/* Whom a provider signs in. */
async function site(ProviderFlow: typeof flowing.ProviderFlow) {
  await emptied();
  const clock = new TurnedClock();
  const people = new Map<string, Pick<Person, 'id' | 'disabled' | 'demo' | 'email' | 'roles'>>(
    everybody
      .filter((id) => id !== 'ghost')
      .map((id) => [
        id,
        {
          ...{ id, disabled: id === 'away', demo: id === 'demo', roles: ['operator'] },
          email: `${id.replace('other-', '')}@example.org`,
        },
      ]),
  );
  const sessions = new Map<string, { id: string; person: string; locked: boolean }>();
  const said: string[] = [];
  const warned: string[] = [];
  /** What happens when somebody was looked up. */
  const once = new Map<string, () => void>();
  const record = {
    append: async (_write: unknown, entry: { kind: string; subject: string }) =>
      void said.push(`${entry.kind} ${entry.subject}`),
  };
  const links = new Links(store.db, clock);
  const providers = new ProviderService(store.db, { append: async () => undefined });
  for (const one of [
    // It says all it has to say in the id token; the other one has to be asked.
    input('city', atThem.plain),
    input('asked', atThem.issuer),
    input('off', 'http://localhost:9', { enabled: false }),
    input('broken', 'http://127.0.0.1:9'),
  ])
    await providers.create(one, 'person:ada');
  const flow = new ProviderFlow({
    ...{ db: store.db, clock, providers, links, record },
    people: {
      get(id: string) {
        const found = people.get(id);
        const answer = found && { ...found };
        once.get(id)?.();
        once.delete(id);
        return answer;
      },
      list: () => [...people.values()],
      async update(id: string, { roles }: { roles: Person['roles'] }, _base: null, by: string) {
        const found = people.get(id);
        if (found?.id === 'piet') return refuse(problem('conflict', 'Changed meanwhile.'));
        people.set(id, { ...found, roles } as never);
        said.push(`${id} is ${roles.join()} by ${by}`);
        return ok(undefined);
      },
    },
    sessions: { get: (id: string) => sessions.get(id) },
    refusals: {
      entrance: ({ subject, of = '' }: { subject: string; of?: string }) =>
        void said.push(`${of} of ${subject}`),
    },
    signIn: {
      finish: async (id: string, method: string, web: { cookie(name: string): string | undefined }) =>
        ok(`${id} by ${method} at ${web.cookie(workstationCookie)}, ${web.cookie(sessionCookie)}`),
    },
    log: { warn: ({ provider }: { provider: string }) => void warned.push(provider) },
  } as never);

  /** The cookies of a browser, and how it asks. */
  const browser = (cookies: Record<string, string> = {}) => {
    const jar = new Map(Object.entries(cookies));
    return {
      jar,
      asks: (url = '/') =>
        ({
          ...{
            address: '192.0.2.1',
            agent: '',
            proxied: false,
            secure: false,
            origin: 'http://wall.example',
            url,
          },
          cookie: (name: string) => jar.get(name),
          setCookie: ({ name, value }: { name: string; value: string }) =>
            value === '' ? jar.delete(name) : jar.set(name, value),
        }) as never,
    };
  };
  const heard = (answer: Answer<unknown>) => [
    answer.ok ? JSON.stringify(answer.value) : answer.problem.code,
    ...said.splice(0),
  ];
  interface Trip {
    by?: string;
    claims?: Record<string, unknown>;
    invitation?: string;
    linkFor?: { id: string };
    /** What happens while the browser is at the provider. */
    meanwhile?: () => unknown;
    from?: ReturnType<typeof browser>;
  }
  const begin = async ({ by = 'city', from = browser(), linkFor, invitation }: Trip = {}) => {
    const purpose = { ...(linkFor ? { linkFor } : {}), invitation };
    const begun = await flow.begin(by, from.asks(), purpose);
    return begun.ok ? begun.value.location : codeOf(begun);
  };
  const back = async (query: string, from: ReturnType<typeof browser>) => {
    const state = new URLSearchParams(query).get('state') ?? '';
    return heard(await flow.return(state, from.asks(`/api/v1/session/provider/return${query}`)));
  };
  /** There and back. */
  const trip = async (subject: string, given: Trip = {}) => {
    const from = given.from ?? browser();
    const location = await begin({ ...given, from });
    if (!location.startsWith('http')) return [location];
    const query = atThem.signIn(location, subject, given.claims);
    await given.meanwhile?.();
    return back(query, from);
  };
  const link = (subject: string, person: string, issuer = atThem.plain) =>
    write((given) => providerStore.link(given, issuer, subject, person));
  const patch = (more: object, id = 'city') => providers.update(id, more, null, 'person:ada');
  return {
    patch,
    clock,
    people,
    sessions,
    once,
    said,
    warned,
    links,
    providers,
    browser,
    begin,
    back,
    trip,
    link,
  };
}

/* There and back, and what becomes of whoever is back. */
const comesBackRightly: Flow = async ({ ProviderFlow }) => {
  const { clock, warned, sessions, links, browser, begin, back, trip, link, patch } =
    await site(ProviderFlow);
  const found: Found = {};
  const invitation = (await links.make('password', 'nina', async () => undefined)).token;
  const setUp = (await links.make('set-up', null, async () => undefined)).token;
  found['begun'] = [
    [
      await begin({ by: 'none' }),
      await begin({ by: 'off' }),
      await begin({ by: 'broken' }),
      await begin({ invitation: 'made up' }),
      await begin({ invitation: setUp }),
      (await begin({ invitation })).slice(0, 4),
      warned.splice(0),
    ],
    ['not-found', 'not-found', 'bad-gateway', 'gone', 'gone', 'http', ['broken']],
  ];
  await link('s-olga', 'olga');
  await link('s-olga', 'olga', atThem.issuer);
  const kept = browser({ [sessionCookie]: 'a session', [workstationCookie]: 'a desk' });
  const meanwhile = () => void kept.jar.delete(sessionCookie);
  found['there and back'] = [
    [
      await trip('s-olga'),
      await trip('s-olga', { by: 'asked' }),
      await trip('s-olga', { from: kept, meanwhile }),
      await trip('s-nobody'),
    ],
    [isIn('olga'), isIn('olga'), ['"olga by provider at a desk, a session"'], stranger],
  ];

  // The way back belongs to the browser that set out, once, and for five minutes.
  const mine = browser();
  const query = atThem.signIn(await begin({ from: mine }), 's-olga');
  const theirs = browser();
  await begin({ from: theirs });
  found['a way back of somebody else'] = [
    [await back(query, browser()), await back(query, theirs), await back(query, mine), mine.jar.size],
    [isOut('gone'), isOut('gone'), isIn('olga'), 0],
  ];
  const [again, made] = [browser(), browser()];
  const used = atThem.signIn(await begin({ from: again }), 's-olga');
  const same = new Map(again.jar);
  await back(used, again);
  for (const [name, value] of same) again.jar.set(name, value);
  await begin({ from: made });
  found['used, made up, too late'] = [
    [
      await back(used, again),
      await back('?code=x&state=made-up', made),
      await trip('s-olga', { meanwhile: () => clock.pass(300_000) }),
    ],
    [
      ['gone', 'gone of login:unknown'],
      ['gone', 'gone of login:unknown'],
      ['gone', 'gone of login:unknown'],
    ],
  ];
  found['switched off on the way'] = [
    await trip('s-olga', { meanwhile: () => patch({ enabled: false }) }),
    isOut('not-found'),
  ];
  await patch({ enabled: true });
  const asked = atThem.said.discovered;
  const of = browser();
  const stolen = atThem.signIn(await begin(), 's-olga');
  const own = new URLSearchParams(atThem.signIn(await begin({ from: of }), 's-olga'));
  own.set('code', new URLSearchParams(stolen).get('code') ?? '');
  found['a code of another trip'] = [
    [await back(`?${own}`, of), warned.splice(0), await trip('s-olga'), atThem.said.discovered - asked],
    // Asked what it is again after a fault, and not otherwise.
    [isOut('bad-gateway'), ['city'], isIn('olga'), 2],
  ];
  found['away on the way'] = [
    await trip('s-olga', {
      async meanwhile() {
        atThem.said.away = true;
        await patch({ name: 'city' });
      },
    }),
    isOut('bad-gateway'),
  ];
  atThem.said.away = false;
  found['which is said once'] = [warned.splice(0), ['city']];

  clock.pass(5_000);
  const linking = (locked: boolean) => {
    sessions.set('s', { id: 's', person: 'olga', locked });
    return trip('s-olga', { linkFor: { id: 's' } });
  };
  found['for somebody who is signed in'] = [
    [await linking(false), await linking(true)],
    [['{"linked":true}'], isOut('gone')],
  ];
  await patch({ roleClaim: 'duties', roleMap: { wall: 'operator', head: 'administrator' } });
  found['with roles that exclude each other'] = [
    await trip('s-olga', { claims: { duties: ['wall', 'head'] } }),
    isOut('forbidden'),
  ];
  return checks(found);
};

/* Whose account it is. */
const knowsRightly: Flow = async ({ ProviderFlow }) => {
  const { people, sessions, once, links, trip, link, patch } = await site(ProviderFlow);
  const found: Found = {};
  await link('s-olga', 'olga');
  await link('s-ghost', 'ghost');
  found['known by issuer and subject'] = [
    [
      await trip('s-olga'),
      await trip('s-olga', { by: 'asked' }),
      await trip('s-ghost'),
      await trip('s-nobody'),
    ],
    [isIn('olga'), isOut('unauthenticated', 'asked'), stranger, stranger],
  ];

  // By invitation.
  const invite = async (id: string, kind: linking = 'password') =>
    (await links.make(kind, kind === 'password' ? id : null, async () => undefined)).token;
  const nina = await invite('nina');
  found['invited'] = [
    [
      await trip('s-nina', { invitation: 'made up' }),
      await trip('s-nina', { invitation: await invite('', 'set-up') }),
      await trip('s-nina', { invitation: nina, claims: { email: 'twin@example.org', email_verified: true } }),
      await trip('s-other', { invitation: nina }),
      await trip('s-nina'),
    ],
    [['gone'], ['gone'], isIn('nina', added('nina')), ['gone'], isIn('nina')],
  ];
  const late = await invite('piet');
  found['invited, and not let in'] = [
    [
      await trip('s-away', { invitation: await invite('away') }),
      await trip('s-demo', { invitation: await invite('demo') }),
      await trip('s-late', { invitation: late, meanwhile: () => write((given) => links.use(given, late)) }),
      links.look(late)?.person,
      await trip('s-late', { invitation: late, meanwhile: () => links.forget(late) }),
      await trip('s-nina', { invitation: await invite('piet') }),
    ],
    [stranger, stranger, isOut('gone'), 'piet', stranger, isIn('nina')],
  ];
  const disable = (id: string, disabled: boolean) => people.set(id, { ...people.get(id), disabled } as never);
  once.set('piet', () => disable('piet', true));
  found['disabled at the last moment'] = [
    await trip('s-late', { invitation: await invite('piet') }),
    isOut('gone'),
  ];
  disable('piet', false);

  // By e-mail.
  const mailed = (email: unknown, email_verified: unknown = true) => ({ claims: { email, email_verified } });
  const notByMail = await trip('s-piets', mailed('piet@example.org'));
  await patch({ linkByEmail: true });
  const withdrawn = await invite('nina');
  found['by e-mail'] = [
    [
      notByMail,
      await trip('s-piets', mailed('piet@example.org', false)),
      await trip('s-piets', mailed('piet@example.org', 'true')),
      await trip('s-piets', mailed(7)),
      await trip('s-piets', mailed('nobody@example.org')),
      await trip('s-twin', mailed('twin@example.org')),
      await trip('s-away', mailed('away@example.org')),
      await trip('s-demo', mailed('demo@example.org')),
      await trip('s-piets', mailed('Piet@Example.org')),
      await trip('s-piets'),
      // Who was invited, and is let in by e-mail once the invitation is gone.
      await trip('s-ninas', {
        ...mailed('nina@example.org'),
        invitation: withdrawn,
        meanwhile: () => write((given) => links.use(given, withdrawn)).then(() => links.forget(withdrawn)),
      }),
    ],
    [
      ...Array.from({ length: 8 }, () => stranger),
      ...[isIn('piet', added('piet')), isIn('piet'), isIn('nina', added('nina'))],
    ],
  ];
  await patch({ linkByEmail: false });

  // An account that somebody who is signed in links.
  const session = (person: string, locked = false) => sessions.set('s', { id: 's', person, locked });
  const linking = (subject: string, meanwhile?: () => unknown) => {
    session('olga');
    return trip(subject, { linkFor: { id: 's' }, ...(meanwhile ? { meanwhile } : {}) });
  };
  found['linked'] = [
    [await linking('s-more'), await linking('s-more'), await trip('s-more'), await linking('s-nina')],
    [['{"linked":true}', added('olga')], ['{"linked":true}'], isIn('olga'), isOut('exists')],
  ];
  found['not linked'] = [
    [
      await linking('s-new', () => sessions.delete('s')),
      await linking('s-new', () => session('olga', true)),
      await linking('s-new', () => session('away')),
      await linking('s-new', () => session('demo')),
      await linking('s-new', () => session('ghost')),
      await trip('s-new'),
    ],
    [...Array.from({ length: 5 }, () => isOut('gone')), stranger],
  ];
  return checks(found);
};

/* What the provider's claims make of somebody. */
const rolesRightly: Flow = async ({ ProviderFlow }) => {
  const { trip, link, patch } = await site(ProviderFlow);
  const found: Found = {};
  await link('s-olga', 'olga');
  await link('s-piet', 'piet');
  await link('s-olga', 'olga', atThem.issuer);
  const has = (duties: unknown, subject = 's-olga') => trip(subject, { claims: { duties } });
  const untouched = await has(['chief']);
  const roleMap = { wall: 'operator', chief: 'supervisor', head: 'administrator', '7': 'auditor' };
  await patch({ roleClaim: 'duties', roleMap });
  const nowIs = (roles: string) => isIn('olga').toReversed().concat(`olga is ${roles} by provider:city`);
  found['roles'] = [
    [
      untouched,
      await has('wall'),
      await has(['chief', 'wall', 'chief', 'cook', 7]),
      await has(['wall', 'chief']),
      await has(['head', 'wall']),
      await has(undefined),
      await has(['wall'], 's-piet'),
      await has(['chief'], 's-piet'),
    ],
    [
      isIn('olga'),
      isIn('olga'),
      nowIs('supervisor,operator'),
      isIn('olga'),
      isOut('forbidden'),
      nowIs(''),
      isIn('piet'),
      isOut('conflict'),
    ],
  ];
  await patch({ roleClaim: 'duties', roleMap }, 'asked');
  found['roles that the provider is asked for'] = [
    await trip('s-olga', { by: 'asked', claims: { duties: 'chief' } }),
    isIn('olga').concat('olga is supervisor by provider:asked'),
  ];
  return checks(found);
};
type linking = 'password' | 'set-up';

describeGuards([
  {
    ...{ name: 'whom a provider signs in', file: 'features/people/providers-flow.ts', itself: flowing },
    parts: [['  async #personFor', '  /** Where a claim says']],
    defects: [...conditionDefects, ...choiceDefects],
    wrong: knowsRightly,
  },
  {
    ...{ name: 'the way to a provider and back', file: 'features/people/providers-flow.ts', itself: flowing },
    // Not the line between: that there is an id token at all, the library was asked to see to.
    parts: [
      ['    const provider = this.#parts.providers.enabled', '      const claims = tokens.claims();'],
      ['      // The provider may keep', '  /** Who it is here'],
    ],
    defects: [...conditionDefects, ...choiceDefects],
    wrong: comesBackRightly,
  },
  {
    ...{ name: 'roles that a provider gives', file: 'features/people/providers-flow.ts', itself: flowing },
    parts: [['  async #takeRoles', '  /** What the provider said']],
    defects: [...conditionDefects, ...choiceDefects],
    wrong: rolesRightly,
  },
]);
