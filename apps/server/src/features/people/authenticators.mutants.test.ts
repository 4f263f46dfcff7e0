import { generateSync } from 'otplib';
import type { Answer, PasskeyProof } from '@clerestory/protocol';
import { TurnedClock } from '../../testing/clock.ts';
import { storeOfThisFile } from '../../testing/file-store.ts';
import { checks, describeGuards, type Check } from '../../testing/guard-mutants.ts';
import { conditionDefects } from '../../testing/mutants.ts';
import { SoftAuthenticator } from '../../testing/soft-authenticator.ts';
import * as proving from './authenticators.ts';
import * as linking from './links.ts';
import * as coding from './totp.ts';

/* A7: what proves a person besides a password, and what opens a door once: one-time links, codes of apps, passkeys. */
const store = storeOfThisFile(['olga', 'piet']);
const write = <T>(work: (write: never) => Promise<T>) =>
  store.db.transaction().execute((given) => work(given as never));
const codeOf = (answer: Answer<unknown>): string => (answer.ok ? 'yes' : answer.problem.code);

const linksRightly: Check<Pick<typeof linking, 'Links'>> = async ({ Links }) => {
  await store.db.deleteFrom('people_links').execute();
  const clock = new TurnedClock();
  const links = new Links(store.db, clock);
  const written: string[] = [];
  const make = async (kind: linking.LinkKind, person: string | null) =>
    (await links.make(kind, person, async () => void written.push(`${kind} ${person}`))).token;
  const setUp = [await make('set-up', null), await make('set-up', null)];
  const olga = [await make('password', 'olga'), await make('password', 'olga')];
  const piet = await make('password', 'piet');
  const all = [...setUp, ...olga, piet, 'made up'];
  const said = (of: InstanceType<typeof linking.Links>) =>
    all.map((token) => of.look(token)).map((link) => (link ? `${link.kind} ${link.person}` : '-'));
  /** As the server finds them after a restart. */
  const again = async () => {
    const other = new Links(store.db, clock);
    await other.load();
    return said(other);
  };
  const good = ['-', 'set-up null', '-', 'password olga', 'password piet', '-'];
  const found: Record<string, [unknown, unknown]> = {
    'the newest each': [
      [said(links), await again(), written.length],
      [good, good, 5],
    ],
  };
  const use = (token: string) => write((given) => links.use(given, token));
  found['used once'] = [
    [await use('made up'), await use(piet), await use(piet)],
    [false, true, false],
  ];
  links.forget(piet);
  const left = good.with(4, '-');
  found['and the others stay'] = [
    [said(links), await again()],
    [left, left],
  ];
  clock.pass(24 * 60 * 60_000 - 1);
  found['a day, less a moment'] = [
    [said(links), await again()],
    [left, left],
  ];
  clock.pass(1);
  const day = left.with(1, '-');
  found['a day'] = [
    [said(links), await again()],
    [day, day],
  ];
  clock.pass(48 * 60 * 60_000);
  const none = day.with(3, '-');
  found['three days'] = [
    [said(links), await again()],
    [none, none],
  ];
  await make('password', 'piet');
  found['and what is over is not kept'] = [
    (await store.db.selectFrom('people_links').select('person').orderBy('person').execute()).map(
      ({ person }) => person,
    ),
    // What is over in this very moment goes with the next.
    ['olga', 'piet'],
  ];
  return checks(found);
};

const stepMs = 30_000;
const codeAt = (secret: string, ms: number) => generateSync({ secret, epoch: Math.floor(ms / 1000) });
const codesRightly: Check<Pick<typeof coding, 'stepOfCode'>> = ({ stepOfCode }) => {
  const secret = coding.newTotpSecret();
  const nowMs = 1_234_567_890_000;
  const step = Math.floor(nowMs / stepMs);
  const code = codeAt(secret, nowMs);
  const wrong = `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;
  return checks({
    'the code of now': [stepOfCode(secret, code, nowMs, 0), step],
    'of the step before and after': [
      [-1, 1].map((by) => stepOfCode(secret, codeAt(secret, nowMs + by * stepMs), nowMs, 0)),
      [step - 1, step + 1],
    ],
    'of two steps before and after': [
      [-2, 2].map((by) => stepOfCode(secret, codeAt(secret, nowMs + by * stepMs), nowMs, 0)),
      [null, null],
    ],
    'used before, or older than one used': [
      [step - 1, step, step + 1].map((last) => stepOfCode(secret, code, nowMs, last)),
      [step, null, null],
    ],
    'no code': [
      [wrong, '', code.slice(1), `${code}0`, ` ${code.slice(1)}`, `${code.slice(1)}a`].map((one) =>
        stepOfCode(secret, one, nowMs, 0),
      ),
      [null, null, null, null, null, null],
    ],
  });
};

const origin = 'http://localhost:8080';
const register = (options: Record<string, unknown>, key: SoftAuthenticator) =>
  key.create(String(options['challenge'])) as never;

const provesRightly: Check<Pick<typeof proving, 'Authenticators'>> = async ({ Authenticators }) => {
  for (const table of ['people_totp', 'people_recovery_codes', 'people_passkeys'] as const)
    await store.db.deleteFrom(table).execute();
  const clock = new TurnedClock();
  const noted: string[] = [];
  const authenticators = new Authenticators(store.db, clock, {
    append: async (_write, entry) =>
      void noted.push(`${entry.kind} ${entry.subject} ${entry.detail['what']}`),
  });
  await authenticators.load();
  const has = (person: string, of = authenticators) =>
    `${of.isEnrolled(person) ? 'enrolled' : '-'} ${of.hasPasskeyOnly(person) ? 'passkey only' : '-'}`;
  const both = () => ['olga', 'piet'].map((one) => has(one));
  /** As the server finds them after a restart. */
  const again = async () => {
    const other = new Authenticators(store.db, clock, { append: async () => undefined });
    await other.load();
    return ['olga', 'piet'].map((one) => has(one, other));
  };
  const found: Record<string, [unknown, unknown]> = { nothing: [both(), ['- -', '- -']] };

  // An app.
  const confirm = (code: string) => authenticators.confirmTotp('olga', code, 'person:olga');
  found['confirmed before begun'] = [
    [codeOf(await confirm('123456')), codeOf(await authenticators.renewRecoveryCodes('olga', 'x'))],
    ['unprocessable', 'unprocessable'],
  ];
  const begun = await authenticators.beginTotp('olga', 'olga');
  const secret = begun.ok ? begun.value.secret : '';
  const code = (by = 0) => codeAt(secret, clock.nowMs() + by * stepMs);
  found['begun'] = [
    [await authenticators.hasTotp('olga'), both(), await authenticators.useCode('olga', code())],
    [false, ['- -', '- -'], false],
  ];
  found['with a wrong code'] = [codeOf(await confirm(code(7))), 'unprocessable'];
  const confirmed = await confirm(code());
  const recovery = confirmed.ok ? confirmed.value.recoveryCodes : [];
  found['with the right one'] = [
    [await authenticators.hasTotp('olga'), await authenticators.hasTotp('piet'), both(), await again()],
    [true, false, ['enrolled -', '- -'], ['enrolled -', '- -']],
  ];
  found['set up twice'] = [
    [codeOf(await confirm(code(1))), codeOf(await authenticators.beginTotp('olga', 'olga'))],
    ['unprocessable', 'exists'],
  ];
  clock.pass(10 * stepMs);
  const use = (given: string, person = 'olga') => authenticators.useCode(person, given);
  found['a code, once'] = [
    [await use(code(), 'piet'), await use(code()), await use(code()), await use(code(3)), await use('')],
    [false, true, false, false, false],
  ];
  const [first = '', second = ''] = recovery;
  found['a recovery code, once'] = [
    [
      await use(first, 'piet'),
      await use(first.toUpperCase()),
      await use(first),
      await authenticators.recoveryCodesLeft('olga'),
    ],
    [false, true, false, 9],
  ];
  found['new ones'] = [
    [codeOf(await authenticators.renewRecoveryCodes('olga', 'person:olga')), await use(second)],
    ['yes', false],
  ];

  // A passkey.
  const key = new SoftAuthenticator(origin);
  const add = async (person: string, by = key, still = true) => {
    const options = await authenticators.beginPasskey({ id: person, login: person, name: person }, origin);
    if (!options.ok) return codeOf(options);
    const response = register(options.value.options, by);
    const proof = { ticket: options.value.ticket, response, name: 'Key' };
    const added = await authenticators.addPasskey(person, proof, origin, `person:${person}`, () => still);
    return added.ok ? added.value.id : codeOf(added);
  };
  const provenBy = async (by: SoftAuthenticator, counter?: number) => {
    if (counter !== undefined) by.counter = counter;
    const options = await authenticators.passkeySignInOptions(origin, 'a place');
    if (!options.ok) return codeOf(options);
    const response = by.get(String(options.value.options['challenge'])) as never;
    return authenticators.provenBy({ ticket: options.value.ticket, response } as PasskeyProof, origin);
  };
  found['one whose session ended on the way'] = [
    [await add('piet', key, false), both(), await again(), await provenBy(key)],
    ['unauthenticated', ['enrolled -', '- -'], ['enrolled -', '- -'], null],
  ];
  const id = await add('piet');
  found['a passkey'] = [
    [both(), await again(), await provenBy(key), await add('olga')],
    [['enrolled -', 'enrolled passkey only'], ['enrolled -', 'enrolled passkey only'], 'piet', 'exists'],
  ];
  found['a made-up proof registers none'] = [
    codeOf(
      await authenticators.addPasskey(
        'olga',
        { ticket: 'x', response: {}, name: 'Key' },
        ...([origin, 'person:olga', () => true] as const),
      ),
    ),
    'gone',
  ];
  found['a counter that went back'] = [
    [await provenBy(key, 40), await provenBy(key, 20)],
    ['piet', null],
  ];
  await add('olga', new SoftAuthenticator(origin));
  found['an app and a passkey'] = [both(), ['enrolled -', 'enrolled passkey only']];
  const remove = async (person: string) =>
    codeOf(await authenticators.removePasskey(person, id, `person:${person}`));
  found['removed by its holder alone'] = [
    [await remove('olga'), await provenBy(key, 60), await remove('piet'), await provenBy(key, 80)],
    ['not-found', 'piet', 'yes', null],
  ];
  await authenticators.removeTotp('olga', 'person:olga');
  found['no app any more'] = [
    [both(), await again(), await use(code(1))],
    [['enrolled passkey only', '- -'], ['enrolled passkey only', '- -'], false],
  ];
  await authenticators.reset('olga', 'person:ada', async () => void noted.push('and more'));
  found['nothing any more'] = [
    [both(), await again()],
    [
      ['- -', '- -'],
      ['- -', '- -'],
    ],
  ];
  found['and all of it noted'] = [
    noted,
    [
      'authenticator-added person:olga totp',
      'authenticator-added person:olga recovery-codes',
      'authenticator-added person:piet passkey',
      'authenticator-added person:olga passkey',
      'authenticator-removed person:piet passkey',
      'authenticator-removed person:olga totp',
      'authenticator-removed person:olga all',
      'and more',
    ],
  ];
  return checks(found);
};

describeGuards([
  {
    ...{ name: 'one-time links', file: 'features/people/links.ts', itself: linking },
    parts: [['  async load', '\n}\n']],
    defects: [...conditionDefects, ['of all', /\n\s+\.where\([^\n]*\)(?=\n)/g, '']],
    wrong: linksRightly,
  },
  {
    ...{ name: 'codes of an app', file: 'features/people/totp.ts', itself: coding },
    parts: [['export function stepOfCode', '\n}\n']],
    defects: [...conditionDefects, ['once more', / > /g, ' >= ']],
    wrong: codesRightly,
  },
  {
    ...{ name: 'what proves a person', file: 'features/people/authenticators.ts', itself: proving },
    parts: [['  isEnrolled(', '  async #writeRecoveryCodes']],
    defects: conditionDefects,
    wrong: provesRightly,
  },
]);
