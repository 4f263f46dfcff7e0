import { expect, test } from 'vitest';
import { halves, Told, type Rows } from './halves.ts';
import { differences, type CameraWord, type Held, type Journal } from './journal.ts';
import { runKills } from './run.ts';
import { assured } from '../harness/assured.ts';

/** In the suite; `node tools/kill-test/main.ts 1000` by hand. */
const kills = 100;

test(
  'B1: killed at random moments, the server keeps every acknowledged change once',
  { timeout: 900_000 },
  async () => {
    const report = await runKills({ kills, seed: 20_261_123 });
    expect(report.faults).toEqual([]);
    expect(report.kills).toBe(kills);
    expect(report.acknowledged).toBeGreaterThan(kills * 5);
    // Of each kind enough: cameras, walls, people, rights, screens, sign-ins and PINs.
    expect(Object.keys(report.acknowledgedOf)).toHaveLength(8);
    for (const [kind, count] of Object.entries(report.acknowledgedOf))
      expect(count, kind).toBeGreaterThan(kills / 2);
    expect(report.entries).toBeGreaterThan(kills * 5);
    // There were processes that could have been left behind.
    expect(report.ffmpegSeen).toBeGreaterThan(0);
    assured({
      ...{ row: 'B1', trials: report.acknowledged },
      claim: `an acknowledged change of cameras, walls, people, rights, screens, sessions and PINs is there once after kill -9 at random moments (${kills} kills), none is done by half, and each of those that the record speaks of has its entry`,
      control:
        'eleven kinds of lost, doubled and misplaced changes, and twenty-two that are done by half, are seen by the same comparisons',
    });
  },
);

const journal: Journal = {
  commits: new Map([
    ['one', 1],
    ['two', 2],
  ]),
  cameras: new Map<string, CameraWord>([
    ['gate', { name: 'Gate', revision: 2 }],
    ['gone', 'removed'],
  ]),
  words: new Map([
    ['person:kim', 'kim, disabled'],
    ['session:1', null],
  ]),
};
const held: Held = {
  commits: [
    { key: 'one', sequence: 1 },
    { key: 'two', sequence: 2 },
    { key: 'of-somebody-else', sequence: 3 },
  ],
  cameras: [{ id: 'gate', name: 'Gate', revision: 2 }],
  words: new Map([
    ['person:kim', 'kim, disabled'],
    ['rule:of-somebody-else', 'allow'],
  ]),
};

test('what is as it was acknowledged makes no difference', () =>
  expect(differences(journal, held)).toEqual([]));

test.each([
  ['a lost commit', { commits: held.commits.slice(0, 1) }, 'two was acknowledged and is lost'],
  [
    'a doubled commit',
    { commits: [...held.commits, { key: 'one', sequence: 4 }] },
    'one was committed 2 times',
  ],
  [
    'commits in another order',
    { commits: [...held.commits.slice(0, 2).toReversed(), ...held.commits.slice(2)] },
    'commit 1 has the sequence 2',
  ],
  ['a gap', { commits: [...held.commits, { key: 'five', sequence: 5 }] }, 'commit 4 has the sequence 5'],
  ['a lost camera', { cameras: [] }, 'camera gate was acknowledged and is lost'],
  [
    'a change done twice',
    { cameras: [{ id: 'gate', name: 'Gate', revision: 3 }] },
    'camera gate is "Gate" 3, not "Gate" 2',
  ],
  [
    'an undone change',
    { cameras: [{ id: 'gate', name: 'Before', revision: 2 }] },
    'camera gate is "Before" 2, not "Gate" 2',
  ],
  [
    'a removed camera that is back',
    { cameras: [...held.cameras, { id: 'gone', name: 'Gone', revision: 1 }] },
    'camera gone was removed and is back',
  ],
  ['a lost person', { words: new Map() }, 'person:kim was acknowledged and is lost'],
  [
    'somebody who is let in again',
    { words: new Map([['person:kim', 'kim, enabled']]) },
    'person:kim is kim, enabled, not kim, disabled',
  ],
  [
    'a session that is back',
    { words: new Map([...held.words, ['session:1', 'kim']]) },
    'session:1 was taken away and is back',
  ],
] as const)('negative control: %s is seen', (_name, change, words) => {
  expect(differences(journal, { ...held, ...change })).toContain(words);
});

type Entry = Parameters<Told['hear']>[0];
const entry = (kind: Entry['kind'], subject: string, detail: Entry['detail'] = {}): Entry => ({
  ...{ kind, subject, detail },
  actor: 'person:ada',
});
const group = { name: 'Yard', restricted: false, removed: [] };
const entries: Entry[] = [
  entry('person-created', 'person:kim', { roles: ['operator'], groups: [] }),
  entry('password-changed', 'person:kim'),
  entry('person-changed', 'person:kim', { roles: ['operator'], groups: [], disabled: true }),
  entry('camera-group-changed', 'camera-group:yard', { ...group, revision: 1, added: ['gate', 'door'] }),
  entry('camera-group-changed', 'camera-group:yard', { ...group, revision: 2, added: [], removed: ['door'] }),
  entry('right-added', 'rule:1'),
  entry('screen-paired', 'screen:left', { device: 'monitor', name: 'Left' }),
  entry('sign-in', 'person:kim'),
  entry('sign-in', 'person:kim'),
  entry('session-locked', 'session:2'),
  entry('session-ended', 'session:1', { person: 'kim' }),
  entry('authenticator-added', 'person:kim', { what: 'pin', workstation: 'desk' }),
];
const kim = { id: 'kim', roles: '["operator"]', groups: '[]', disabled: 1, revision: 2, password: 'hash' };
const rows: Rows = {
  people: [kim],
  groups: [{ id: 'yard', name: 'Yard', revision: 2, restricted: 0 }],
  members: [{ camera_group: 'yard', camera: 'gate' }],
  rules: [{ id: '1' }],
  screens: [{ id: 'monitor', name: 'Left' }],
  sessions: [{ id: '2', person: 'kim', locked: 1 }],
  pins: [{ workstation: 'desk', person: 'kim', pin: 'hash' }],
};
const heard = (of: readonly Entry[]): Told => {
  const told = new Told();
  for (const one of of) told.hear(one);
  return told;
};

test('what is in its table and in the record alike is done wholly', () =>
  expect(halves(heard(entries), rows)).toEqual([]));

test.each(entries.map((one, at) => [one.kind, at] as const))(
  'negative control: a change without its entry (%s, entry %i) is seen',
  (_kind, at) => expect(halves(heard(entries.toSpliced(at, 1)), rows).length).toBeGreaterThan(0),
);

test.each([
  ['a person', { people: [] }],
  ['somebody disabled', { people: [{ ...kim, disabled: 0 }] }],
  ['a password', { people: [{ ...kim, password: null }] }],
  ['a group', { groups: [] }],
  ['a member', { members: [] }],
  ['a rule', { rules: [] }],
  ['a screen', { screens: [] }],
  ['a session', { sessions: [] }],
  ['an ended session', { sessions: [...rows.sessions, { id: '1', person: 'kim', locked: 0 }] }],
  ['a PIN', { pins: [] }],
] as const)(
  'negative control: %s that is otherwise in its table than in the record is seen',
  (_name, change) => expect(halves(heard(entries), { ...rows, ...change }).length).toBeGreaterThan(0),
);
