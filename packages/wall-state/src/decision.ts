import type { Command, WallEvent } from '@clerestory/protocol';
import type { Refusal } from './refusals.ts';
import type { Step } from './restore.ts';

/** What the writer has kept of earlier commits, for a command that takes something back. */
export interface Steps {
  /** The last thing this person did here and has not taken back. */
  readonly undo: Step | null;
  /** The last thing this person took back, while nothing came after it. */
  readonly redo: Step | null;
  /** Of the scenes that can be taken back. */
  readonly applied: readonly Step[];
}

/** Everything that a decision needs and the wall does not hold. */
export interface DecideContext {
  /** Who asks; kept in each assignment that the command makes. */
  readonly by: string;
  /** Their name, for people. */
  readonly who?: string;
  readonly isSupervisor?: boolean;
  /** Unix time in milliseconds, UTC. */
  readonly nowMs: number;
  cameraExists(id: string): boolean;
  /** May whoever asks put this camera on a tile? Asked where a command brings cameras that it does not name. */
  mayArrange?(camera: string): boolean;
  /** Does this camera exist for whoever asks? What does not is no part of a scene, a step or a memory as they know it. */
  sees?(camera: string): boolean;
  readonly steps?: Steps;
}

/** Events to commit together under one sequence number (none: there is nothing to commit), or a refusal. */
export type Decision =
  | {
      readonly ok: true;
      readonly events: WallEvent[];
      /** What could not be done although the rest can, in words. */
      readonly left?: string[];
    }
  | Refusal;

export type Of<T extends Command['type']> = Extract<Command, { type: T }>;

type Accepted = Extract<Decision, { ok: true }>;
export const accept = (...events: WallEvent[]): Accepted => ({ ok: true, events });
export const nothingToDo = (): Accepted => accept();
