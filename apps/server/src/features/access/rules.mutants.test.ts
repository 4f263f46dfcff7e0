import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Right, Role, type AccessRule, type RuleParty } from '@clerestory/protocol';
import * as rules from './rules.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

/*
 * A7: every condition of rules.ts is negated or taken out in turn, and each such mutant has to give at least one wrong answer
 * to the questions below. The right answers come from `expected`, which reads SPEC.md anew and shares nothing with rules.ts.
 */
type Subject = rules.Subject;
type Decide = typeof rules.decide;

const groups: Record<string, string[]> = { gate: ['harbour'], mall: ['shops'], lot: [] };
const groupsOf = (camera: string) => new Set(groups[camera] ?? []);
const rights = Right.options;

const people = Role.options.flatMap((role): Subject[] =>
  [false, true].map((locked) => ({ kind: 'person', id: 'olga', roles: [role], groups: ['night'], locked })),
);
const subjects: Subject[] = [
  ...people,
  { kind: 'person', id: 'omar', roles: [], groups: [], locked: false },
  { kind: 'screen', id: 'left', wall: 'room', showing: new Set(['gate', 'lot']) },
  { kind: 'screen', id: 'olga', wall: 'annex', showing: new Set(['gate']) },
  { kind: 'anonymous' },
];
const parties: RuleParty[] = [
  { kind: 'role', id: 'operator' },
  { kind: 'role', id: 'auditor' },
  { kind: 'role', id: 'administrator' },
  { kind: 'person', id: 'olga' },
  { kind: 'people', id: 'night' },
  { kind: 'screen', id: 'left' },
  { kind: 'wall', id: 'room' },
  { kind: 'wall', id: '*' },
];
let count = 0;
const rule = (
  effect: 'allow' | 'deny',
  party: RuleParty,
  given: readonly Right[],
  group: string | null,
): AccessRule => ({
  ...{ id: `r${(count += 1)}`, effect, party, rights: [...given], group, createdAt: 0, createdBy: 'server' },
});
/** Each party alone, with all rights, with one right missing, narrowed to a group, and with a deny on top. */
const policies: AccessRule[][] = [
  [],
  ...parties.flatMap((party) => [
    [rule('allow', party, rights, null)],
    [rule('allow', party, rights, 'harbour')],
    [
      rule(
        'allow',
        party,
        rights.filter((right) => right !== 'see'),
        null,
      ),
    ],
    [rule('allow', party, ['see', 'live'], null)],
    [rule('allow', party, rights, null), rule('deny', party, ['live'], 'harbour')],
    [rule('deny', party, ['see'], null), rule('allow', party, rights, null)],
  ]),
];

const names = ({ kind, id }: RuleParty, subject: Subject): boolean => {
  if (subject.kind === 'anonymous') return false;
  const mine =
    subject.kind === 'screen'
      ? [`screen ${subject.id}`, `wall ${subject.wall}`, 'wall *']
      : [
          `person ${subject.id}`,
          ...subject.roles.map((one) => `role ${one}`),
          ...subject.groups.map((one) => `people ${one}`),
        ];
  return mine.includes(`${kind} ${id}`);
};

/** SPEC.md, read once more. */
function expected(subject: Subject, right: Right, camera: string, given: readonly AccessRule[]): string {
  const holds = (asked: Right) => {
    const speaking = given
      .filter(({ party }) => names(party, subject))
      .filter((one) => one.rights.includes(asked))
      .filter(({ group }) => group === null || (groups[camera] ?? []).includes(group))
      .map(({ effect }) => effect);
    return speaking.length > 0 && speaking.every((effect) => effect === 'allow');
  };
  if (!holds('see')) return 'hidden';
  if (subject.kind === 'screen') {
    if (!subject.showing.has(camera)) return 'hidden';
    return ['see', 'live'].includes(right) && holds(right) ? 'yes' : 'denied';
  }
  if (subject.kind === 'person' && right !== 'see') {
    if (subject.roles.includes('auditor') || subject.roles.includes('administrator')) return 'denied';
    if (!holds(right)) return 'denied';
    if (subject.locked && right !== 'live') return 'locked';
  }
  return 'yes';
}

function answerOf(
  decide: Decide,
  subject: Subject,
  right: Right,
  camera: string,
  given: AccessRule[],
): string {
  try {
    const decision = decide(subject, right, camera, { rules: given, groupsOf });
    return decision.ok ? 'yes' : decision.because;
  } catch {
    return 'fault';
  }
}

/** How many answers are wrong. */
function wrong(decide: Decide): number {
  let found = 0;
  for (const subject of subjects)
    for (const given of policies)
      for (const camera of Object.keys(groups))
        for (const right of rights) {
          const answer = answerOf(decide, subject, right, camera, given);
          if (answer !== expected(subject, right, camera, given)) found += 1;
        }
  return found;
}

const source = readFileSync(path.join(import.meta.dirname, 'rules.ts'), 'utf8');
const [from, to] = [source.indexOf('const acting'), source.indexOf('/** One question. */')];
const changes: [what: string, find: RegExp, put: string][] = [
  ['and → or', / && /g, ' || '],
  ['or → and', / \|\| /g, ' && '],
  ['equal → different', / === /g, ' !== '],
  ['different → equal', / !== /g, ' === '],
  ['not taken out', /(?<=[\s(])!(?=\w)/g, ''],
  ['refusal → yes', /return no\('\w+'\)/g, 'return yes'],
  ['yes → refusal', /return yes/g, `return no('denied')`],
  ['condition never holds', /if \((?=[^\n]*return no)/g, 'if (true ? false : '],
  ['condition always holds', /if \((?=[^\n]*return no)/g, 'if (true || '],
  ['no right is an act', /\['replay', 'ptz', 'arrange', 'export'\]/g, '[] as Right[]'],
  ['screens may do more', /\['see', 'live'\](?=\))/g, `['see', 'live', 'ptz']`],
  ['administrators watch', /\['administrator', 'auditor'\]/g, `['auditor']`],
  ['auditors watch', /\['administrator', 'auditor'\]/g, `['administrator']`],
];
const mutants = changes.flatMap(([what, find, put]) =>
  [...source.slice(from, to).matchAll(find)].map(({ 0: text, index }) => {
    const at = from + index;
    const line = source.slice(0, at).split('\n').length;
    return {
      name: `line ${line}, ${what}`,
      text: source.slice(0, at) + put + source.slice(at + text.length),
    };
  }),
);

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-mutants-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('A7', () => {
  it('as it is, rules.ts gives the answers of SPEC.md', () => expect(wrong(rules.decide)).toBe(0));
  it('there is a mutant for every kind of change', () => expect(mutants.length).toBeGreaterThan(30));
  it.each(mutants)('$name is caught', async ({ name, text }) => {
    const file = path.join(
      dir,
      `${name.replaceAll(/\W+/g, '-')}-${text.length}-${mutants.findIndex((one) => one.text === text)}.ts`,
    );
    writeFileSync(file, text);
    const mutant = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { decide: Decide };
    expect(wrong(mutant.decide)).toBeGreaterThan(0);
    assured({
      ...{ row: 'A7', trials: 1, whole: true },
      claim: 'each condition of the rules taken out or turned round is found',
      control: 'the mutants themselves; unchanged, no answer is wrong',
    });
  });
});
