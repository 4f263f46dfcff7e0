import type { Answer, JoinRequest, Problem, Snapshot } from '@clerestory/protocol';

/** A join that was refused or not answered is asked again after this time, plus up to half of it. */
export const rejoinMs = 2_000;

export interface JoinerLinks {
  connected(): boolean;
  ask(request: JoinRequest): Promise<Answer<Snapshot> | null>;
  /** The window is in no wall from here on. */
  left(): void;
  /** The window is in; the instants are those of asking and answering, monotonic ms. */
  joined(snapshot: Snapshot, askedAtMs: number, answeredAtMs: number): void;
  /** The server said no. It is asked again by itself: what is missing may come to be. */
  refused(problem: Problem): void;
}

/** Joins, and joins again until a snapshot comes. Only the newest question counts. */
export interface Joiner {
  join(delayMs?: number): void;
  /** Another wall from the next join on. */
  aim(target: JoinRequest): void;
  /** The link is lost: nothing that was asked counts any more. */
  cancel(): void;
}

export function createJoiner(links: JoinerLinks, start: JoinRequest, againMs: number): Joiner {
  let target = start;
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const cancel = () => {
    turn += 1;
    clearTimeout(timer);
    links.left();
  };
  const join = (delayMs = 0) => {
    cancel();
    timer = setTimeout(() => void ask(), delayMs);
  };
  const ask = async () => {
    if (!links.connected()) return;
    const mine = turn;
    const askedAtMs = performance.now();
    const answer = await links.ask(target);
    if (mine !== turn) return;
    if (answer?.ok) return links.joined(answer.value, askedAtMs, performance.now());
    if (answer) links.refused(answer.problem);
    if (links.connected()) join(againMs * (1 + Math.random() / 2));
  };

  return {
    join,
    cancel,
    aim(next) {
      target = next;
    },
  };
}
