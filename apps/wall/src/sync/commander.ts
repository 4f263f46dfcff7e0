import {
  ackTimeoutMs,
  problem,
  type Answer,
  type ClientCommand,
  type Commit,
  type CommandEnvelope,
  type CommandResult,
  type WallState,
} from '@clerestory/protocol';

/** How often one command is sent, always with the same key, before the person is told. */
export const maxCommandTries = 3;
/** Commands that may wait for one another. */
export const maxWaitingCommands = 32;
/** Own keys remembered, so that a person's own commits are not taken for somebody else's. */
const maxOwnKeys = 200;
/** How long a committed command may take to come round as a commit before it is asked for. */
const roundTripMs = 1_000;

export interface CommanderLinks {
  wall(): WallState | null;
  /** One try; null when no answer came. */
  send(envelope: CommandEnvelope): Promise<Answer<CommandResult> | null>;
  /** Resolves true once the window is joined, false when that takes longer than `timeoutMs`. */
  joined(timeoutMs: number): Promise<boolean>;
  /** Resolves once the state on show is at `sequence` or the time is over; then true or false. */
  reached(sequence: number, timeoutMs: number): Promise<boolean>;
  /** The server is known to be at `sequence`. */
  expect(sequence: number): void;
  freshKey(): string;
  /** The command is on its way; shown as done from here on. */
  started(key: string, command: ClientCommand): void;
  /** Its answer is there, or none will come: what holds is on show. */
  ended(key: string): void;
}

/**
 * Sends commands one after the other, so that a person's second step does not collide with the first. Each waits
 * until its commit is on show. A lost answer is asked for again with the same key, which the server takes once.
 */
export interface Commander {
  run(command: ClientCommand): Promise<Answer<CommandResult>>;
  /** Every commit that goes on show passes here. */
  saw(commit: Commit): void;
  /** A snapshot went on show: nobody can tell who made what is new in it. */
  jumped(sequence: number): void;
}

const refusal = (code: Parameters<typeof problem>[0], detail: string): Answer<CommandResult> => ({
  ok: false,
  problem: problem(code, detail),
});

export function createCommander(links: CommanderLinks): Commander {
  let chain: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const ownKeys = new Set<string>();
  /** Sequence of the last commit that somebody else made. */
  let foreignSequence = 0;

  const remember = (key: string) => {
    ownKeys.add(key);
    if (ownKeys.size > maxOwnKeys) ownKeys.delete(ownKeys.values().next().value ?? '');
  };

  /** The sequence the person was looking at; their own commits since then have surprised nobody. */
  const baseNow = (seen: number) => (foreignSequence > seen ? seen : (links.wall()?.sequence ?? seen));

  const settle = async (answer: Answer<CommandResult>) => {
    const sequence = answer.ok ? answer.value.sequence : answer.problem.sequence;
    if (sequence !== undefined && !(await links.reached(sequence, roundTripMs))) links.expect(sequence);
    return answer;
  };

  const attempt = async (command: ClientCommand, key: string, wall: string, seen: number) => {
    const envelope: CommandEnvelope = { wall, key, base: baseNow(seen), command };
    for (let tries = 0; tries < maxCommandTries; tries++) {
      if (!(await links.joined(ackTimeoutMs))) continue;
      const answer = await links.send(envelope);
      if (answer !== null) return settle(answer);
    }
    return refusal(
      'timeout',
      'The server did not answer, so it is not known whether this was done. The wall shows what holds once the server is back; look, then try again.',
    );
  };

  return {
    run(command) {
      const wall = links.wall();
      if (!wall)
        return Promise.resolve(
          refusal('unavailable', 'The wall has not arrived from the server yet. Try again in a moment.'),
        );
      if (waiting >= maxWaitingCommands)
        return Promise.resolve(
          refusal('too-many', 'Too many changes are waiting for the server. Wait until they are through.'),
        );
      waiting += 1;
      const seen = wall.sequence;
      const key = links.freshKey();
      remember(key);
      links.started(key, command);
      const result = chain
        .then(() => attempt(command, key, wall.id, seen))
        .finally(() => {
          waiting -= 1;
          links.ended(key);
        });
      chain = result.catch(() => undefined);
      return result;
    },
    jumped(sequence) {
      foreignSequence = sequence;
    },
    saw(commit) {
      if (!ownKeys.has(commit.key)) foreignSequence = Math.max(foreignSequence, commit.sequence);
    },
  };
}
