import type { RecordNote } from '@clerestory/protocol';
import type { PublicEntry } from '@clerestory/public-log';
import type { TileId } from '@clerestory/tlog';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { WitnessAddress } from '../../platform/witnesses.ts';

/** The tree of the record, as this feature needs it. */
export interface TreeSource {
  head(): Promise<{ size: number; root: Uint8Array }>;
  rootAt(size: number): Promise<Uint8Array | null>;
  consistency(before: number, size: number): Promise<Uint8Array[]>;
  tile(id: TileId): Promise<Uint8Array>;
  /** What the log says of itself, from its leaves. `fault`: what is wrong with the first that is not what was hashed. */
  said(): Promise<{ entries: readonly PublicEntry[]; fault: string | null }>;
}

/** What a walk along the whole record has found. */
export type Checked =
  | { ok: true }
  | {
      ok: false;
      sequence: number;
      fault: string;
      /** What was found `from` where the log has begun anew behind that fault. */
      anew: readonly { from: number; fault: { sequence: number; fault: string } | null }[];
    };

export interface CheckpointParts {
  db: Database;
  clock: Clock;
  log: Logger;
  tree: TreeSource;
  record: {
    append(write: Write, note: RecordNote): Promise<void>;
    /** Has an entry lost its words without the log saying so? In words; null when none has. */
    erasureFault(): Promise<string | null>;
    /** How many have. */
    erasedNow(): Promise<number>;
    /** Walks along all of it, so many entries in one go. */
    verify(kept: undefined, pace: { entries: number; pause(): Promise<unknown> }): Promise<Checked>;
  };
  dataDir: string;
  /** Where signed checkpoints are kept besides the database. */
  witnessFolder: string;
  witnesses: readonly WitnessAddress[];
  /** What a new log is called; an old one keeps its name. */
  newOrigin: () => string;
  /** How often it is signed, where something is new; tests wait for less. */
  everyMs?: number;
  /** How long the witness folder is waited for; tests wait for less. */
  folderPatienceMs?: number;
}
