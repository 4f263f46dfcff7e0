import type { Answer } from '@clerestory/protocol';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { choiceDefects, conditionDefects } from '../../testing/mutants.ts';
import * as keeping from './provider-service.ts';
import { providerStore } from './provider-store.ts';

/* A7: what administrators may enter as an identity provider, and what becomes of it and of whoever it signs in. */
const secret = 'a secret that only the two of them know';
const store = storeOfThisFile(['olga', 'piet']);
const write = <T>(work: (write: never) => Promise<T>) =>
  store.db.transaction().execute((given) => work(given as never));
const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'yes' : answer.problem.code);
const input = (id: string, issuer: string, more: object = {}) => ({
  ...{ id, name: id, issuer, clientId: 'clerestory', clientSecret: secret, enabled: true },
  ...{ linkByEmail: false, roleClaim: null, roleMap: {} },
  ...more,
});

const keepsRightly: Check<Pick<typeof keeping, 'ProviderService'>> = async ({ ProviderService }) => {
  for (const table of ['people_identities', 'people_providers'] as const)
    await store.db.deleteFrom(table).execute();
  const noted: string[] = [];
  const record = {
    append: async (_write: unknown, entry: { kind: string; subject: string }) =>
      void noted.push(`${entry.kind} ${entry.subject}`),
  };
  const service = new ProviderService(store.db, record);
  const create = async (id: string | undefined, issuer: string, more: object = {}) => {
    const { id: named, ...rest } = input(id ?? 'x', issuer, more);
    const answer = await service.create(id === undefined ? rest : { ...rest, id: named }, 'person:ada');
    return answer.ok ? answer.value.id : codeOf(answer);
  };
  const found: Record<string, [unknown, unknown]> = {};
  found['an issuer'] = [
    await Promise.all(
      [
        'https://login.example.org',
        'http://login.example.org',
        'http://localhost:3',
        'http://127.0.0.1:3',
        'http://127.0.0.1.example.org',
        'http://x127.0.0.1.example',
        'https://login.example.org/?a=b',
        'https://login.example.org/#a',
      ].map((issuer, n) => create(`p${n}`, issuer)),
    ),
    ['p0', 'unprocessable', 'p2', 'p3', ...Array.from({ length: 4 }, () => 'unprocessable')],
  ];
  found['twice'] = [
    [await create('p0', 'https://other.example'), await create('q', 'https://login.example.org')],
    ['exists', 'exists'],
  ];
  found['named by itself'] = [
    [
      await create(undefined, 'https://a.example', { name: 'City sign-on' }),
      (await create(undefined, 'https://b.example', { name: '城市' })).length > 10,
      await create('c', 'https://c.example', { name: 'City' }),
    ],
    ['city-sign-on', true, 'c'],
  ];
  const update = async (id: string, patch: object, base: number | null = null) =>
    codeOf(await service.update(id, patch, base, 'person:ada'));
  const revisionOf = (id: string) => service.list().find((one) => one.id === id)?.revision;
  found['changed'] = [
    [
      await update('none', { name: 'x' }),
      await update('p0', { name: 'Staff', clientId: undefined }, 1),
      await update('p0', { name: 'Late' }, 1),
      await update('p0', { enabled: false }),
      await update('p0', { issuer: 'http://evil.example' }),
      await update('p0', { issuer: 'http://localhost:3' }),
      revisionOf('p0'),
      service.list().find((one) => one.id === 'p0'),
    ],
    [
      ...['not-found', 'yes', 'conflict', 'yes', 'unprocessable', 'exists', 3],
      {
        ...{ name: 'Staff', issuer: 'https://login.example.org', clientId: 'clerestory', enabled: false },
        ...{ linkByEmail: false, roleClaim: null, roleMap: {}, id: 'p0', revision: 3, hasSecret: true },
      },
    ],
  ];
  await create('open', 'https://open.example', { clientSecret: null });
  /** As the server finds them after a restart. */
  const other = new ProviderService(store.db, record);
  await other.load();
  const secrets = (of: typeof other) =>
    ['p0', 'p2', 'open', 'none'].map((id) => of.enabled(id)?.clientSecret);
  const known = [undefined, secret, null, undefined];
  found['switched on, with its secret'] = [
    [secrets(service), secrets(other)],
    [known, known],
  ];
  found['and shown without'] = [
    [
      JSON.stringify(service.list()).includes(secret),
      service.list().find(({ id }) => id === 'open')?.hasSecret,
    ],
    [false, false],
  ];

  // Whose accounts they are.
  const link = (issuer: string, subject: string, person: string) =>
    write((given) => providerStore.link(given, issuer, subject, person));
  await link('https://login.example.org', 'a', 'olga');
  await link('https://login.example.org', 'b', 'piet');
  await link('http://localhost:3', 'a', 'olga');
  const linked = async () =>
    Promise.all(['olga', 'piet'].map(async (id) => (await service.linkedTo(id)).map((one) => one.id).join()));
  let also = 0;
  const unlink = async (id: string, person: string) =>
    codeOf(await service.unlink(id, person, 'person:ada', async () => void (also += 1)));
  noted.length = 0;
  found['linked'] = [
    [await linked(), await unlink('none', 'olga'), await unlink('p2', 'piet'), noted.length, also],
    [['p0,p2', 'p0'], 'not-found', 'not-found', 0, 0],
  ];
  found['unlinked'] = [
    [await unlink('p0', 'olga'), await linked(), noted.splice(0), also, await unlink('p0', 'olga')],
    ['yes', ['p2', 'p0'], ['authenticator-removed person:olga'], 1, 'not-found'],
  ];
  const remove = async (id: string) => codeOf(await service.remove(id, 'person:ada'));
  found['removed'] = [
    [await remove('p0'), await remove('p0'), noted.splice(0), await linked(), revisionOf('p0')],
    ['yes', 'not-found', ['provider-changed provider:p0'], ['p2', ''], undefined],
  ];
  const more: string[] = [];
  while (more.length < 20 && more.at(-1) !== 'unprocessable')
    more.push(await create(`n${more.length}`, `https://n${more.length}.example`));
  found['twenty at most'] = [
    [service.list().length, more.at(-1)],
    [20, 'unprocessable'],
  ];
  return checks(found);
};

describeGuards([
  {
    ...{
      name: 'what is entered as a provider',
      file: 'features/people/provider-service.ts',
      itself: keeping,
    },
    parts: [
      ['  const { protocol, hostname', '  return refuse('],
      ['  enabled(', '  #note('],
    ],
    defects: [...conditionDefects, ...choiceDefects, ['one more', / >= /g, ' > ']],
    wrong: keepsRightly,
  },
]);
