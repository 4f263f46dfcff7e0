import type { IncomingMessage } from 'node:http';
import type { Person, Role } from '@clerestory/protocol';
import { anonymous, type Actor } from '../../platform/actor.ts';
import type { RequestContext } from '../../platform/http.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects } from '../../testing/mutants.ts';
import * as asking from './authenticate.ts';
import * as guarding from './guards.ts';
import * as entering from './sign-in.ts';

/* A7: who is behind a session, what the routes of people ask of whoever asks, and who is let in at all. */
const person = (id: string, more: Partial<Person> = {}): Person => ({
  ...{ id, login: id, name: id, email: null, roles: ['operator'], groups: [], disabled: false },
  ...{ demo: false, hasPassword: true, revision: 1, createdAt: 0, updatedAt: 0 },
  ...more,
});
const peopleOf = (people: readonly Person[]) => ({
  get: (id: string) => people.find((one) => one.id === id),
});

/* What a route asks: in turn that one is signed in, acts, has just said who one is, administers, oversees. */
const guardsRightly: Check<Pick<typeof guarding, 'Guards'>> = ({ Guards }) => {
  const people = peopleOf(['ada', 'una', 'olga', 'nora'].map((id) => person(id)));
  const sessions = {
    get: (id: string) =>
      ['live', 'locked', 'stale'].includes(id) ? { id, locked: id === 'locked' } : undefined,
    isConfirmed: (id: string) => id !== 'stale',
  };
  const guards = new Guards(people as never, sessions as never);
  const by = (id: string, session: string, roles: Role[]): Actor => ({
    ...{ kind: 'person', id, name: id, roles, groups: [], session, locked: session === 'locked' },
  });
  const codesOf = (actor: Actor) => {
    const context = { actor } as RequestContext;
    return [
      guards.signedIn(context),
      guards.acting(context),
      guards.confirmed(context),
      guards.administrating(context),
      guards.overseeing(context),
    ]
      .map((answer) => (answer.ok ? 'yes' : answer.problem.code))
      .join(' ');
  };
  const nobody = Array.from({ length: 5 }, () => 'unauthenticated').join(' ');
  return checks({
    nobody: [codesOf(anonymous), nobody],
    // With the names of somebody who is signed in.
    'an owner': [codesOf({ kind: 'owner', id: 'ada', name: 'Ada', session: 'live' }), nobody],
    'whose session is over': [codesOf(by('ada', 'over', ['administrator'])), nobody],
    'who is no more': [codesOf(by('gone', 'live', ['administrator'])), nobody],
    administrator: [codesOf(by('ada', 'live', ['administrator'])), 'yes yes yes yes yes'],
    'administrator, locked': [
      codesOf(by('ada', 'locked', ['administrator'])),
      'yes locked locked locked yes',
    ],
    'administrator, a while ago': [
      codesOf(by('ada', 'stale', ['administrator'])),
      'yes yes confirm-first yes yes',
    ],
    auditor: [codesOf(by('una', 'live', ['auditor'])), 'yes yes yes forbidden yes'],
    operator: [codesOf(by('olga', 'live', ['operator'])), 'yes yes yes forbidden forbidden'],
    'no role': [codesOf(by('nora', 'live', [])), 'yes yes yes forbidden forbidden'],
  });
};

/* Who is behind a cookie, with which roles. */
const methods = ['password', 'switch', 'set-up', 'passkey', 'provider'] as const;
const asksRightly: Check<Pick<typeof asking, 'Authenticate'>> = ({ Authenticate }) => {
  const people = [
    person('olga'),
    person('away', { disabled: true }),
    person('demo', { demo: true }),
    person('demo-away', { demo: true, disabled: true }),
  ];
  const found: Record<string, [unknown, unknown]> = {};
  for (const demoOpen of [false, true]) {
    const touched: string[] = [];
    const find = (token?: string) =>
      token ? { id: `s-${token}`, person: token, method: 'password', locked: false } : undefined;
    const sessions = {
      find,
      get: (id: string) => find(id.slice(2)),
      touch: (id: string) => void touched.push(id),
    };
    const authenticate = new Authenticate({
      ...{ people: peopleOf(people), sessions, isSecure: () => false, demoOpen },
      policy: { asksOf: () => false },
      authenticators: { isEnrolled: () => false, hasPasskeyOnly: () => false },
    } as never);
    const who = (method: string, cookie?: string) => {
      const headers = cookie === undefined ? {} : { cookie };
      const actor = authenticate.of({ method, headers } as IncomingMessage);
      return actor === undefined ? 'nobody' : `${actor.kind}:${actor.id}`;
    };
    const all = ['olga', 'away', 'demo', 'demo-away', 'gone'];
    const asks = (method: string) => all.map((one) => who(method, `clerestory=${one}`));
    const live = ['person:olga', 'nobody', demoOpen ? 'person:demo' : 'nobody', 'nobody', 'nobody'];
    const name = `demo accounts open: ${demoOpen}`;
    found[`${name}; who looks`] = [
      [asks('GET'), asks('HEAD'), who('GET'), who('POST'), touched.splice(0)],
      [live, live, 'nobody', 'nobody', []],
    ];
    found[`${name}; who changes something`] = [
      [asks('POST'), touched.splice(0)],
      [live, demoOpen ? ['s-olga', 's-demo'] : ['s-olga']],
    ];
    found[`${name}; asked again`] = [
      all.map((one) => authenticate.ofSession(`s-${one}`)?.id ?? 'nobody'),
      live.map((one) => one.replace('person:', '')),
    ];
  }
  for (const asksSecond of [false, true])
    for (const isEnrolled of [false, true])
      for (const passkeyOnly of [false, true]) {
        const authenticate = new Authenticate({
          policy: { asksOf: () => asksSecond },
          authenticators: { isEnrolled: () => isEnrolled, hasPasskeyOnly: () => passkeyOnly },
        } as never);
        const roles = methods.map(
          (method) => authenticate.rolesIn({ method } as never, person('olga')).length,
        );
        // Who came in by a passkey or a provider has shown more than a password.
        const weak = asksSecond && !isEnrolled ? 0 : 1;
        const name = JSON.stringify({ asksSecond, isEnrolled, passkeyOnly });
        found[`roles ${name}`] = [roles, [weak, weak, weak, 1, 1]];
        found[`passkey ${name}`] = [
          authenticate.mustUsePasskey(person('olga')),
          asksSecond ? passkeyOnly : false,
        ];
      }
  return checks(found);
};

/* Who is let in at all, from where. */
const entersRightly: Check<Pick<typeof entering, 'SignIn'>> = ({ SignIn }) => {
  const found: Record<string, [unknown, unknown]> = {};
  for (const demoOpen of [false, true])
    for (const proxied of [false, true]) {
      const signIn = new SignIn({ demoOpen } as never);
      const may = (one?: Person) => signIn.mayEnter(one, { proxied });
      found[JSON.stringify({ demoOpen, proxied })] = [
        [
          may(),
          may(person('olga')),
          may(person('away', { disabled: true })),
          may(person('demo', { demo: true })),
          may(person('demo', { demo: true, disabled: true })),
        ],
        [false, true, false, demoOpen ? !proxied : false, false],
      ];
    }
  return checks(found);
};

describeGuards([
  {
    ...{ name: 'what a route asks of whoever asks', file: 'features/people/guards.ts', itself: guarding },
    parts: [['  signedIn(', '\n}\n']],
    defects: [
      ...conditionDefects,
      ['always in', /\? ok\(/g, '|| true ? ok('],
      ['always refused', /\? refuse\(/g, '|| true ? refuse('],
      ['never refused', /\? refuse\(/g, '&& false ? refuse('],
    ],
    wrong: guardsRightly,
  },
  {
    ...{ name: 'who is behind a session', file: 'features/people/authenticate.ts', itself: asking },
    parts: [
      ['    const token', '  /** Again'],
      ['  actorOf(', '\n}\n'],
    ],
    defects: [
      ...conditionDefects,
      ['always to enrol', /\? \[\]/g, '|| true ? []'],
      ['never to enrol', /\? \[\]/g, '&& false ? []'],
    ],
    wrong: asksRightly,
  },
  {
    ...{ name: 'who is let in at all', file: 'features/people/sign-in.ts', itself: entering },
    parts: [['  mayEnter(', '  async withPassword']],
    defects: conditionDefects,
    wrong: entersRightly,
  },
]);
