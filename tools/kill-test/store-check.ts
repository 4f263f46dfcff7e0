import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { RecordHead } from '@clerestory/protocol';
import { append, concat, emptyFrontier, equalBytes, leafHash, utf8 } from '@clerestory/tlog';
import {
  emptyHead,
  faultOf,
  readEntry,
  type RecordRow,
} from '../../apps/server/src/features/record/chain.ts';
import { sha256 } from '../../apps/server/src/platform/hashing.ts';
import { halves, Told, type Rows } from './halves.ts';
import type { Held, Journal } from './journal.ts';
import { wallId } from './load.ts';

const tables: Record<keyof Rows, string> = {
  people: 'select id, roles, "groups", disabled, revision, password from people',
  groups: 'select id, name, revision, restricted from camera_groups',
  members: 'select camera_group, camera from camera_group_members',
  rules: 'select id from access_rules',
  screens: 'select id, name from screen_devices',
  sessions: 'select id, person, locked from people_sessions',
  pins: 'select workstation, person, pin from people_pins',
};

/**
 * Reads the file of a killed server: a copy of it, so that the server itself has to recover the original. The record is
 * followed from where it ended at the last look; that the store refuses to change what lies before has tests of its own,
 * and a full verification at the end.
 */
export class StoreCheck {
  readonly #dataDir: string;
  readonly #told = new Told();
  #head: RecordHead = emptyHead;
  #frontier = emptyFrontier;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Entries of the record followed so far. */
  get entries(): number {
    return this.#head.sequence;
  }

  /** What is wrong with the file, in words, and the commits in it. */
  look(journal: Journal): { faults: string[]; commits: Held['commits'] } {
    const copy = mkdtempSync(path.join(tmpdir(), 'clerestory-copy-'));
    try {
      for (const name of ['clerestory.db', 'clerestory.db-wal'])
        if (existsSync(path.join(this.#dataDir, name)))
          copyFileSync(path.join(this.#dataDir, name), path.join(copy, name));
      const database = new SqliteDatabase(path.join(copy, 'clerestory.db'));
      const word = String(database.pragma('integrity_check', { simple: true }));
      const faults = word === 'ok' ? [] : [`integrity_check says ${word}`];
      faults.push(...this.#follow(database));
      const rows = Object.fromEntries(
        Object.entries(tables).map(([name, text]) => [name, database.prepare(text).all()]),
      ) as unknown as Rows;
      faults.push(...halves(this.#told, rows));
      const commits = database
        .prepare('select key, sequence from wall_commits where wall = ? order by sequence')
        .all(wallId) as Held['commits'];
      const found = new Map(commits.map(({ key, sequence }) => [key, sequence]));
      for (const [key, sequence] of journal.commits)
        if (found.get(key) !== sequence) faults.push(`${key} was acknowledged as ${sequence} and is lost`);
      database.close();
      return { faults, commits };
    } finally {
      rmSync(copy, { recursive: true });
    }
  }

  /** The chain and the public log, on from the last look. */
  #follow(database: SqliteDatabase.Database): string[] {
    const rows = database
      .prepare(
        `select record_entries.sequence, entry, record_entries.hash, leaf, log_leaves.hash as leafHash
         from record_entries left join log_leaves using (sequence) where sequence > ? order by sequence`,
      )
      .all(this.#head.sequence) as (RecordRow & { leaf: string | null; leafHash: Uint8Array | null })[];
    for (const row of rows) {
      const fault = faultOf(this.#head, row);
      if (fault !== null) return [fault];
      if (row.leaf === null || !row.leafHash || !equalBytes(row.leafHash, leafHash(sha256, utf8(row.leaf))))
        return [`entry ${row.sequence} is not in the public log`];
      this.#frontier = append(sha256, this.#frontier, row.leafHash).frontier;
      this.#head = { sequence: row.sequence, hash: row.hash };
      this.#told.hear(readEntry(row.entry));
    }
    const head = database.prepare('select sequence, hash from record_head').get() as RecordHead;
    const log = database.prepare('select size, frontier from log_head').get() as {
      size: number;
      frontier: Uint8Array;
    };
    if (head.sequence !== this.#head.sequence || head.hash !== this.#head.hash)
      return [`the record ends with ${head.sequence}, and its last entry is ${this.#head.sequence}`];
    if (log.size !== head.sequence || !equalBytes(log.frontier, concat(...this.#frontier.roots)))
      return [`the public log of ${log.size} entries is not that of the record`];
    return [];
  }
}
