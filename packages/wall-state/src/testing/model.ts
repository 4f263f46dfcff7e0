import {
  problem,
  type Answer,
  type Command,
  type CommandResult,
  type Commit,
  type WallState,
} from '@clerestory/protocol';
import { apply, catchUp, changesBetween, decide, type Step, type Steps } from '../index.ts';
import { cameras, context } from './stage.ts';

export interface Request {
  key: string;
  base: number;
  command: Command;
}

/** What goes over a wire shares nothing with the sender. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Commits that the model's writer keeps for resync; who is further behind gets a snapshot. */
const keptCommits = 8;

/** The writer of a wall as W23 wants it, with everything it ever was for the tests to look at. */
export class ModelServer {
  /** The wall at each sequence. */
  readonly history: WallState[];
  readonly commits: Commit[] = [];
  readonly registry = new Set<string>(cameras);
  readonly #keys = new Map<string, { print: string; sequence: number }>();
  readonly #firstSequence: number;
  /** What each person did and took back, newest last. */
  readonly #done = new Map<string, Step[]>();
  readonly #undone = new Map<string, Step[]>();

  constructor(start: WallState) {
    this.history = [start];
    this.#firstSequence = start.sequence;
  }

  get state(): WallState {
    return this.at(this.#firstSequence + this.history.length - 1);
  }

  at(sequence: number): WallState {
    const state = this.history[sequence - this.#firstSequence];
    if (!state) throw new Error(`the wall never was at ${sequence}`);
    return state;
  }

  handle(by: string, { key, base, command }: Request): Answer<CommandResult> {
    const print = JSON.stringify(command);
    const before = this.#keys.get(key);
    if (before && before.print !== print)
      return { ok: false, problem: problem('key-reused', 'Take a fresh key.') };
    if (before) return { ok: true, value: { sequence: before.sequence, repeated: true } };
    const { state } = this;
    const decision = decide(
      state,
      { base, command },
      {
        by,
        who: by,
        isSupervisor: by === 'client-0',
        nowMs: context.nowMs + state.sequence,
        cameraExists: (id) => this.registry.has(id),
        steps: this.#stepsOf(by),
      },
    );
    if (!decision.ok) return decision;
    if (decision.events.length === 0)
      return { ok: true, value: { sequence: state.sequence, repeated: false } };
    const commit: Commit = {
      wall: state.id,
      sequence: state.sequence + 1,
      at: context.nowMs + state.sequence,
      by,
      key,
      events: decision.events,
    };
    this.history.push(apply(state, commit));
    this.commits.push(commit);
    this.#keys.set(key, { print, sequence: commit.sequence });
    this.#keep(by, commit, command);
    return { ok: true, value: { sequence: commit.sequence, repeated: false } };
  }

  #stepsOf(by: string): Steps {
    const applied = (this.state.applied ?? []).flatMap(({ sequence }) => this.#step(sequence));
    return { undo: this.#done.get(by)?.at(-1) ?? null, redo: this.#undone.get(by)?.at(-1) ?? null, applied };
  }

  #step(sequence: number): Step {
    // Before the beginning of this history: what it changed is not kept.
    if (sequence <= this.#firstSequence) return { sequence, changes: [] };
    return { sequence, changes: changesBetween(this.at(sequence - 1), this.at(sequence)) };
  }

  #keep(by: string, { sequence }: Commit, { type }: Command): void {
    const done = this.#done.get(by) ?? [];
    const undone = this.#undone.get(by) ?? [];
    const step = this.#step(sequence);
    if (type === 'step:undo') undone.push(...done.splice(-1));
    else if (type === 'step:redo') done.push(...undone.splice(-1));
    else if (step.changes.length > 0) {
      done.push(step);
      undone.length = 0;
    }
    this.#done.set(by, done);
    this.#undone.set(by, undone);
  }

  resync(since: number): { commits: Commit[] } | { snapshot: WallState } {
    const { sequence } = this.state;
    if (since > sequence || sequence - since > keptCommits) return { snapshot: wire(this.state) };
    return { commits: wire(this.commits.filter((commit) => commit.sequence > since)) };
  }
}

/** A screen or console: a copy of the wall, what is on its way to it and what it has sent. */
export class ModelClient {
  state: WallState;
  inbox: Commit[] = [];
  sent = 0;
  gaps = 0;
  readonly name: string;
  readonly #server: ModelServer;

  constructor(name: string, server: ModelServer) {
    this.name = name;
    this.#server = server;
    this.state = wire(server.state);
  }

  /** A command on the state this client has now, however old that is. */
  request(command: Command): Request {
    this.sent += 1;
    return { key: `${this.name}-key-${this.sent}`, base: this.state.sequence, command: wire(command) };
  }

  /** Takes any commit of the inbox, whatever the order; `keep` leaves it there, to come a second time. */
  receive(pick: number, keep: boolean): void {
    const index = this.inbox.length === 0 ? 0 : pick % this.inbox.length;
    const commit = this.inbox[index];
    if (!commit) return;
    if (!keep) this.inbox.splice(index, 1);
    const { state, gap } = catchUp(this.state, [wire(commit)]);
    this.state = state;
    if (gap) this.gaps += 1;
  }

  lose(pick: number): void {
    if (this.inbox.length > 0) this.inbox.splice(pick % this.inbox.length, 1);
  }

  resync(): void {
    const result = this.#server.resync(this.state.sequence);
    if ('snapshot' in result) this.state = result.snapshot;
    else {
      const { state, gap } = catchUp(this.state, result.commits);
      if (gap) throw new Error(`the resync itself has a hole at ${gap.expected}`);
      this.state = state;
    }
  }

  /** The window is opened anew. */
  restart(): void {
    this.state = wire(this.#server.state);
    this.inbox = [];
  }
}
