import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClientCommand, Commit, ResyncResult, Snapshot, WallState } from '@clerestory/protocol';
import { apply, decide } from '@clerestory/wall-state';
import { createFollower, maxHeldCommits } from './follower.ts';

const empty: WallState = { id: 'room', name: 'Room', sequence: 0, screens: [] };

/** A server and one window with a line between them that loses, doubles and delays. */
function pair() {
  let server = empty;
  let shown: WallState | null = null;
  const commits: Commit[] = [];
  const work: (() => void)[] = [];
  const counts = { resyncs: 0, rejoins: 0 };

  const makeSnapshot = () => ({ wall: server }) as Snapshot;
  const take = ({ wall }: Snapshot) => {
    shown = wall;
    follower.restart();
  };
  const rejoin = () => {
    counts.rejoins += 1;
    follower.hold();
    work.push(() => take(makeSnapshot()));
  };
  const follower = createFollower({
    wall: () => shown,
    show: (wall) => (shown = wall),
    resync: (since) => {
      counts.resyncs += 1;
      return new Promise<ResyncResult | null>((resolve) =>
        work.push(() => {
          const kind = counts.resyncs % 5;
          if (kind === 0) resolve(null);
          else if (kind === 1) resolve({ snapshot: makeSnapshot() });
          else resolve({ commits: commits.filter(({ sequence }) => sequence > since) });
        }),
      );
    },
    takeSnapshot: take,
    rejoin,
  });
  const commit = (command: ClientCommand) => {
    const decision = decide(
      server,
      { base: server.sequence, command },
      { by: 'test', nowMs: 0, cameraExists: () => true },
    );
    if (!decision.ok || decision.events.length === 0) return null;
    const made: Commit = {
      wall: 'room',
      sequence: server.sequence + 1,
      at: 0,
      by: 'test',
      key: `key-${server.sequence}-x`,
      events: decision.events,
    };
    server = apply(server, made);
    commits.push(made);
    return made;
  };
  const settle = async () => {
    for (let round = 0; round < 50; round++) {
      for (const step of work.splice(0)) step();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { follower, commit, rejoin, settle, counts, server: () => server, shown: () => shown };
}

const Step = fc.record({
  tile: fc.nat(3),
  camera: fc.constantFrom('a', 'b', 'c'),
  fate: fc.constantFrom('told', 'told', 'lost', 'doubled', 'late'),
  settle: fc.boolean(),
});

test('whatever is lost, doubled or late, the window ends equal to the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 40 }), async (steps) => {
      const { follower, commit, rejoin, settle, server, shown } = pair();
      commit({ type: 'screen:create', screen: 'left', name: 'Left', layout: '4' });
      rejoin();
      const late: Commit[] = [];
      for (const { tile, camera, fate, settle: pause } of steps) {
        const made = commit({ type: 'tile:assign', screen: 'left', tile, camera });
        if (!made) continue;
        if (fate === 'late') late.push(made);
        else if (fate !== 'lost') follower.receive(made);
        if (fate === 'doubled') follower.receive(made);
        if (pause) await settle();
      }
      for (const made of late.reverse()) follower.receive(made);
      await settle();
      const last = commit({ type: 'wall:rename', name: 'The last word' });
      if (last) follower.receive(last);
      await settle();
      expect(shown()).toEqual(server());
    }),
    { seed: 20260, numRuns: 300 },
  );
});

test('more commits than it may hold lead to a snapshot, not to a hole', async () => {
  const { follower, commit, rejoin, settle, counts, server, shown } = pair();
  rejoin();
  for (let n = 0; n < maxHeldCommits + 10; n++) {
    const made = commit({ type: 'wall:rename', name: `Name ${n}` });
    if (made) follower.receive(made);
  }
  await settle();
  expect(counts.rejoins).toBe(2);
  expect(shown()).toEqual(server());
});
