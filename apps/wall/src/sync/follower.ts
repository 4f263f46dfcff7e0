import type { Commit, ResyncResult, Snapshot, WallState } from '@clerestory/protocol';
import { catchUp, type CatchUp } from '@clerestory/wall-state';

/** Commits held while a snapshot or a resync is under way. Beyond it the window starts again from a snapshot. */
export const maxHeldCommits = 500;

export interface FollowerLinks {
  /** The state on show. */
  wall(): WallState | null;
  /** `commits`: those that led there from the state before. */
  show(wall: WallState, commits: readonly Commit[]): void;
  /** Asks for what came after `since`; null when no answer came. */
  resync(since: number): Promise<ResyncResult | null>;
  /** Takes a whole snapshot; calls `restart` of the follower itself. */
  takeSnapshot(snapshot: Snapshot): void;
  /** Starts from the beginning: asks for a snapshot until one comes. */
  rejoin(): void;
}

/**
 * Keeps the wall on show equal to the server's by applying each commit exactly once and in order. A commit that is
 * already in the state is left out; one that comes too early means that something was lost, and is never patched
 * over: the missing part is asked for.
 */
export interface Follower {
  receive(commit: Commit): void;
  /** Something says that the server is at `sequence`: if the state is not, ask. */
  expect(sequence: number): void;
  /** A join is under way: hold commits until `restart`. */
  hold(): void;
  /** A snapshot is on show: go on from it. */
  restart(): void;
}

export function createFollower(links: FollowerLinks): Follower {
  let holding = true;
  let overflowed = false;
  let held: Commit[] = [];
  /** Goes up with each hold, so that the late answer of an older question is not taken. */
  let turn = 0;

  const keep = (commit: Commit) => {
    if (held.length < maxHeldCommits) held.push(commit);
    else overflowed = true;
  };

  const take = (commits: readonly Commit[]) => {
    const wall = links.wall();
    if (!wall) return;
    const news = commits.filter(({ wall: id, sequence }) => id === wall.id && sequence > wall.sequence);
    let reached: CatchUp;
    try {
      reached = catchUp(wall, news);
    } catch {
      // The state on show cannot have this happen to it: it is not the server's. Start from a snapshot.
      links.rejoin();
      return;
    }
    const { sequence: last } = reached.state;
    if (last > wall.sequence)
      links.show(
        reached.state,
        news.filter(({ sequence }) => sequence <= last),
      );
    if (reached.gap === null) return;
    for (const commit of news) if (commit.sequence > last) keep(commit);
    void fill(last);
  };

  const drain = () => {
    holding = false;
    const waiting = held;
    held = [];
    if (overflowed) {
      overflowed = false;
      links.rejoin();
      return;
    }
    take(waiting);
  };

  const fill = async (since: number) => {
    holding = true;
    const mine = ++turn;
    const result = await links.resync(since);
    if (mine !== turn) return;
    if (result === null) links.rejoin();
    else if ('snapshot' in result) links.takeSnapshot(result.snapshot);
    else {
      const before = links.wall()?.sequence;
      holding = false;
      take(result.commits);
      if (holding) return;
      // An answer that fills nothing would be asked for again and again.
      if (held.length > 0 && links.wall()?.sequence === before) links.rejoin();
      else drain();
    }
  };

  const follower: Follower = {
    receive(commit) {
      if (holding) keep(commit);
      else take([commit]);
    },
    expect(sequence) {
      const wall = links.wall();
      if (!holding && wall && wall.sequence < sequence) void fill(wall.sequence);
    },
    hold() {
      holding = true;
      turn += 1;
    },
    restart() {
      turn += 1;
      drain();
    },
  };
  return follower;
}
