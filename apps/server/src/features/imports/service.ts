import {
  problem,
  type Answer,
  type Camera,
  type CameraImport,
  type CameraImportPage,
  type CameraInput,
  type ImportedRow,
  type ImportInput,
  type ImportMapping,
  type ImportOutcome,
  type ImportState,
} from '@clerestory/protocol';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import { storageFault, type Database } from '../../platform/database.ts';
import { ok, problemOfFault, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { mappingOf } from './columns.ts';
import { ImportFileError, readFile } from './read.ts';
import { fit, type FitRow } from './rows.ts';
import { importStore, type KnownRow } from './store.ts';
import { streamsIn } from '../../platform/addresses/source.ts';

/** Imports that are kept in memory; a finished one makes room first. */
const maxImports = 4;
/** One that nobody starts, or looks at, is forgotten after this long, ms. */
const keepMs = 60 * 60 * 1000;
/** Rows that are written in one transaction. */
const batchRows = 50;
/** Rows after which others get their turn while a file is looked through. */
const turnRows = 250;

/** The registry, as far as an import needs it. */
export interface ImportRegistry {
  exists(camera: string): boolean;
  /** Writes several in one transaction, `also` with each of them; one that is refused harms no other. */
  writeMany(
    changes: readonly { camera: string | null; input: CameraInput }[],
    also: (write: Write, camera: string, at: number) => Promise<void>,
    given: { sees: Sees; by: string },
  ): Promise<Answer<Camera>[]>;
  /** Cameras that show the same stream, of those that one may see. */
  sharing(
    source: CameraInput['source'],
    sees: Sees,
    except: string | null,
  ): { number: number; name: string }[];
}
/** Which cameras exist for whoever imports. */
type Sees = (camera: string) => boolean;

export interface ImportParts {
  db: Database;
  clock: Clock;
  log: Logger;
  cameras: ImportRegistry;
  networks: CameraNetworks;
}

interface Row extends ImportedRow {
  fit: FitRow | null;
}
/** Lines of the file by external id, and by stream. */
interface Seen {
  ids: Map<string, number>;
  streams: Map<string, string>;
}
interface Import {
  id: string;
  list: string;
  state: ImportState;
  reason: string;
  columns: string[];
  mapping: ImportMapping;
  rows: Row[];
  createdAt: number;
  expiresAt: number;
  cancel: boolean;
  sees: Sees;
}

/** Cameras from files: looked through first, written row by row on a second word. What is written stays. */
export class ImportService {
  readonly #parts: ImportParts;
  readonly #imports = new Map<string, Import>();
  #reading = false;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** The present batch is finished, nothing more is begun. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  /** Of cameras that are there only those that `sees` lets one see are named. */
  async create(input: ImportInput, sees: Sees = () => true): Promise<Answer<CameraImport>> {
    if (this.#reading)
      return refuse(problem('too-many', 'Another file is being looked through. Try again in a few seconds.'));
    if (!this.#makeRoom())
      return refuse(problem('too-many', `At most ${maxImports} imports run at once. Wait for one to end.`));
    this.#reading = true;
    try {
      const { columns, rows } = await readFile(input);
      const mapping = mappingOf(columns, input.mapping);
      const known = await importStore.ofList(this.#parts.db, input.list);
      const seen: Seen = { ids: new Map(), streams: new Map() };
      const judged: Row[] = [];
      for (const [at, raw] of rows.entries()) {
        if (at % turnRows === 0) await new Promise((resolve) => setImmediate(resolve));
        const row = await fit(raw, mapping, this.#parts.networks);
        judged.push(this.#judge(raw.line, row, { known, seen, sees }));
      }
      const nowMs = this.#parts.clock.nowMs();
      const made: Import = {
        ...{ id: newId(), list: input.list, state: 'ready', reason: '', columns, mapping, rows: judged },
        ...{ createdAt: nowMs, expiresAt: nowMs + keepMs, cancel: false, sees },
      };
      this.#imports.set(made.id, made);
      return ok(viewOf(made));
    } catch (error) {
      if (!(error instanceof ImportFileError)) throw error;
      return refuse(
        problem('unprocessable', error.message, { errors: [{ pointer: '/text', message: error.message }] }),
      );
    } finally {
      this.#reading = false;
    }
  }

  page(
    id: string,
    query: { cursor?: string | undefined; limit: number; outcome?: ImportOutcome | undefined },
  ): Answer<CameraImportPage> {
    const found = this.#find(id);
    if (!found) return refuse(gone);
    const wanted = found.rows.filter(
      ({ outcome }) => query.outcome === undefined || outcome === query.outcome,
    );
    const from = Number(query.cursor ?? 0);
    const rows = wanted.slice(from, from + query.limit);
    const next = from + rows.length < wanted.length ? String(from + rows.length) : null;
    return ok({ ...viewOf(found), rows: rows.map(({ fit: _fit, ...row }) => row), next });
  }

  /** `by`: whoever asks, for the record. */
  start(id: string, by = 'server'): Answer<CameraImport> {
    const found = this.#find(id);
    if (!found) return refuse(gone);
    if (found.state !== 'ready' && found.state !== 'cancelled')
      return found.state === 'failed' || found.state === 'done'
        ? refuse(
            problem(
              'conflict',
              'This import has ended. Upload the file again; what is there stays as it is.',
            ),
          )
        : ok(viewOf(found));
    found.state = 'running';
    found.reason = '';
    found.cancel = false;
    // One after the other: two lists may name the same number.
    this.#writing = this.#writing.then(() => this.#write(found, by));
    return ok(viewOf(found));
  }

  cancel(id: string): Answer<CameraImport> {
    const found = this.#find(id);
    if (!found) return refuse(gone);
    if (found.state === 'ready') this.#imports.delete(id);
    if (found.state === 'ready' || found.state === 'running') {
      found.cancel = true;
      found.reason = 'Cancelled. What was written stays; the rest can be started again.';
      if (found.state === 'ready') found.state = 'cancelled';
    }
    return ok(viewOf(found));
  }

  #judge(
    line: number,
    row: Awaited<ReturnType<typeof fit>>,
    { known, seen, sees }: { known: ReadonlyMap<string, KnownRow>; seen: Seen; sees: Sees },
  ): Row {
    const refused = (name: string, detail: string): Row => ({
      ...{ line, outcome: 'refused', name, camera: null, detail, done: true, fit: null },
    });
    if (!row.ok) return refused(row.name, row.reason);
    const { name, source } = row.input;
    const twin = seen.ids.get(row.externalId);
    if (twin !== undefined)
      return refused(name, `the same camera is in row ${twin} already: take one of them out`);
    seen.ids.set(row.externalId, line);
    const before = known.get(row.externalId) ?? known.get(row.formerId);
    const camera = before && this.#parts.cameras.exists(before.camera) ? before.camera : null;
    const same = camera !== null && before?.fingerprint === row.fingerprint;
    const outcome = camera === null ? 'created' : same ? 'unchanged' : 'updated';
    const streams = source.kind === 'none' ? [] : streamsIn(source);
    const twins = [
      ...new Set(streams.flatMap((stream) => seen.streams.get(stream) ?? [])),
      ...this.#parts.cameras.sharing(source, sees, camera).map((one) => `camera ${one.number} "${one.name}"`),
    ];
    for (const stream of streams) seen.streams.set(stream, `row ${line}`);
    const notes =
      twins.length > 0 ? [...row.notes, `it shows the same stream as ${twins.join(', ')}`] : row.notes;
    return { line, outcome, name, camera, detail: notes.join('; '), done: same, fit: row };
  }

  async #write(found: Import, by: string): Promise<void> {
    const due = found.rows.filter(({ done }) => !done);
    try {
      for (let at = 0; at < due.length; at += batchRows) {
        if (found.cancel || this.#stopped) {
          found.state = 'cancelled';
          return;
        }
        await this.#writeBatch(found, due.slice(at, at + batchRows), by);
        await new Promise((resolve) => setImmediate(resolve));
      }
      found.state = 'done';
    } catch (error) {
      found.state = 'failed';
      found.reason = storageFault(error)
        ? `${problemOfFault(error).detail} What was written before stays; upload the file again for the rest.`
        : 'It broke off by a fault of ours, which was logged. What was written stays; upload the file again for the rest.';
      this.#parts.log.error({ err: error }, 'an import broke off');
    }
  }

  async #writeBatch({ list, sees }: Import, rows: Row[], by: string): Promise<void> {
    const changes = rows.flatMap(({ camera, fit: row }) => (row ? [{ camera, input: row.input }] : []));
    const answers = await this.#parts.cameras.writeMany(
      changes,
      async (write, camera, at) => {
        const row = rows[at]?.fit;
        if (row) await importStore.put(write, list, row.externalId, { camera, fingerprint: row.fingerprint });
      },
      { sees, by },
    );
    for (const [at, answer] of answers.entries()) {
      const row = rows[at];
      if (!row) continue;
      row.done = true;
      if (answer.ok) row.camera = answer.value.id;
      else Object.assign(row, { outcome: 'refused', detail: answer.problem.detail });
    }
  }

  #find(id: string): Import | null {
    const found = this.#imports.get(id);
    return found && (found.state === 'running' || found.expiresAt > this.#parts.clock.nowMs()) ? found : null;
  }

  /** Forgets what is over; false when all that are kept run. */
  #makeRoom(): boolean {
    const nowMs = this.#parts.clock.nowMs();
    for (const [id, { state, expiresAt }] of this.#imports)
      if (state !== 'running' && expiresAt <= nowMs) this.#imports.delete(id);
    for (const [id, { state }] of this.#imports)
      if (this.#imports.size >= maxImports && state !== 'running') this.#imports.delete(id);
    return this.#imports.size < maxImports;
  }
}

function viewOf({ cancel: _cancel, sees: _sees, rows, ...rest }: Import): CameraImport {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { outcome } of rows) counts[outcome] += 1;
  return { ...rest, counts, done: rows.filter(({ done }) => done).length, total: rows.length };
}

const gone = problem(
  'not-found',
  'This import is no longer kept. Upload the file again; what is there stays.',
);
