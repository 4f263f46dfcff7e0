import { expect, test } from 'vitest';
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
    // There were processes that could have been left behind.
    expect(report.ffmpegSeen).toBeGreaterThan(0);
    assured({
      ...{ row: 'B1', trials: report.acknowledged },
      claim: `an acknowledged change is there once after kill -9 at random moments (${kills} kills)`,
      control: 'eight kinds of lost, doubled and misplaced changes are seen by the same comparison',
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
};
const held: Held = {
  commits: [
    { key: 'one', sequence: 1 },
    { key: 'two', sequence: 2 },
    { key: 'of-somebody-else', sequence: 3 },
  ],
  cameras: [{ id: 'gate', name: 'Gate', revision: 2 }],
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
] as const)('negative control: %s is seen', (_name, change, words) => {
  expect(differences(journal, { ...held, ...change })).toContain(words);
});
