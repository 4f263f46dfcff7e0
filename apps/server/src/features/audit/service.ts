import { formatHead, formatLine } from '@clerestory/public-log';
import { toBase64 } from '@clerestory/tlog';
import {
  problem,
  type Answer,
  type AuditList,
  type AuditPage,
  type AuditQuery,
  type BundleFile,
  type CouldSee,
  type ExportQuery,
  type FindingInput,
  type HashedEntry,
  type RecordEntry,
  type RecordKind,
  type RecordNote,
  type Sample,
  type SampleOrder,
  type SampleWithEntries,
} from '@clerestory/protocol';
import type { BundleLine } from '@clerestory/public-log';
import { ok, refuse } from '../../platform/http.ts';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import { rightsAt, type RightsNow, type RightsThen } from './could-see.ts';
import { draw, sampleOf, seedOf } from './sampling.ts';
import { auditStore } from './store.ts';

/** Entries of one list. */
const longestList = 200;
/** Kinds that say who had which right. */
const rightsKinds: readonly RecordKind[] = [
  ...(['person-created', 'person-changed', 'right-added', 'right-removed'] as const),
  ...(['camera-group-changed', 'screen-paired', 'screen-revoked'] as const),
];
/** Kinds that are an access to a camera: what a sample is drawn from. */
const accessKinds: readonly string[] = ['view-started', 'grant-given'];

/** What this feature needs of others; the composition root gives it. */
export interface AuditParts {
  db: Database;
  clock: Clock;
  record: {
    append(write: Write, note: RecordNote): Promise<void>;
    log: {
      lines(
        sequences: readonly number[],
        size: number,
        show: (entry: RecordEntry) => readonly string[] | 'all',
      ): Promise<BundleLine[]>;
      rootAt(size: number): Promise<Uint8Array | null>;
    };
  };
  /** The last signed checkpoint. */
  published(): Answer<{ size: number; note: string }>;
  rightsNow(): RightsNow;
  /** May somebody with these roles and groups open the camera, by the rules of that time? */
  mayLive(
    person: { id: string; roles: string[]; groups: string[] },
    camera: string,
    then: RightsThen,
  ): boolean;
  /** What an id is called now, such as `person:…` or `camera:…`; undefined when it is out of use. */
  nameOf(id: string): string | undefined;
}

/** The auditor's questions to the record. Each is itself recorded before it is answered. */
export class AuditService {
  readonly #parts: AuditParts;
  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  async search(query: AuditQuery, by: string): Promise<AuditPage> {
    const { cursor: _page, limit, ...filter } = query;
    await this.#asked('search', by, filter);
    const { db } = this.#parts;
    const items = await auditStore.find(db, { ...query, limit });
    const next = items.length === limit ? String(items.at(-1)?.sequence) : null;
    return { ...this.#page(items, next), erased: await auditStore.erased(db, query) };
  }

  async list(
    list: AuditList,
    range: { from?: number | undefined; to?: number | undefined },
    by: string,
  ): Promise<AuditPage> {
    await this.#asked(list, by, range);
    return this.#page(await auditStore.list(this.#parts.db, list, range, longestList), null);
  }

  async couldSee(camera: string, at: number, by: string): Promise<CouldSee> {
    const { db, rightsNow, mayLive, nameOf } = this.#parts;
    await this.#asked('could-see', by, { camera, at });
    const then = rightsAt(at, rightsNow(), await auditStore.ofKinds(db, rightsKinds));
    const persons = then.persons
      .filter((person) => mayLive(person, camera, then))
      .map(({ id, roles }) => ({ id, roles, name: nameOf(`person:${id}`) ?? id }));
    return {
      ...{ camera, at, persons, screens: then.screens, unknown: then.unknown },
      views: await auditStore.viewsAt(db, camera, at),
    };
  }

  async export(query: ExportQuery, by: string): Promise<Answer<BundleFile>> {
    const { db, record, published, clock } = this.#parts;
    const checkpoint = published();
    if (!checkpoint.ok) return checkpoint;
    const { size, note } = checkpoint.value;
    const found = await auditStore.find(db, query);
    const covered = found.filter(({ sequence }) => sequence <= size);
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'record-exported', actor: by, subject: 'record' },
        detail: { ...given(query), entries: covered.length, size },
      }),
    );
    const lines = await record.log.lines(
      covered.map(({ sequence }) => sequence).reverse(),
      size,
      () => 'all',
    );
    const { cursor, ...asked } = query;
    const erased = await auditStore.erased(db, query);
    const next = found.length === query.limit ? String(found.at(-1)?.sequence) : null;
    const head = formatHead({
      format: 'clerestory-bundle-1',
      of: `an auditor’s export, ${new Date(clock.nowMs()).toISOString()}`,
      checkpoint: note,
      asked: { ...filterOf(asked), ...(cursor !== undefined && { before: Number(cursor) }) },
      ...{ count: lines.length, next, erased },
      ...{ first: sequenceOf(lines[0]), last: sequenceOf(lines.at(-1)) },
    });
    return ok({
      name: `clerestory-export-${size}${cursor === undefined ? '' : `-before-${cursor}`}.jsonl`,
      text: head + lines.map(formatLine).join(''),
      ...{ entries: lines.length, size, next, erased },
    });
  }

  /**
   * Draws from what the checkpoint covers that the auditor has seen: its root is given away, so that nothing of it can be
   * chosen by the auditor's number any more.
   */
  async drawSample(order: SampleOrder, by: string): Promise<Answer<Sample>> {
    const { db, record, published, clock } = this.#parts;
    const signed = published();
    if (!signed.ok) return signed;
    const { from, to, number, checkpoint } = order;
    const root = checkpoint <= signed.value.size ? await record.log.rootAt(checkpoint) : null;
    if (!root)
      return refuse(
        problem(
          'unprocessable',
          `No checkpoint of ${checkpoint} entries has been signed; the last is of ${signed.value.size}. Read /log/checkpoint and draw again.`,
        ),
      );
    const all = await auditStore.sequences(db, accessKinds, { from, to, last: checkpoint });
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined)
      return refuse(
        problem('unprocessable', 'There was no access in that time, so that there is nothing to draw.'),
      );
    const id = newId();
    // Also those between them whose clock was set: what is drawn from is what anybody counts between two numbers.
    const drawnFrom = (await auditStore.sequences(db, accessKinds, { first, last })).length;
    const size = Math.min(order.size, drawnFrom);
    const seed = seedOf(toBase64(root), number);
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'audit-sampled', actor: by, subject: `sample:${id}` },
        detail: {
          ...{ sample: id, fromMs: from, untilMs: to, first, last, drawnFrom, size },
          ...{ seed, number, checkpoint },
        },
      }),
    );
    return ok({
      ...{ id, from, to, size, drawnFrom, seed, number, checkpoint, drawnAt: clock.nowMs(), drawnBy: by },
      found: { 'in-order': 0, unclear: 0, breach: 0 },
    });
  }

  async samples(by: string): Promise<Sample[]> {
    await this.#asked('samples', by, {});
    return (await this.#drawn()).map(({ sample }) => sample);
  }

  async sample(id: string, by: string): Promise<Answer<SampleWithEntries>> {
    await this.#asked('sample', by, { sample: id });
    return this.#opened(id);
  }

  async #drawn(): Promise<{ sample: Sample; entry: RecordEntry }[]> {
    const { db } = this.#parts;
    const drawn = await auditStore.ofKinds(db, ['audit-sampled']);
    const findings = await auditStore.ofKinds(db, ['audit-finding']);
    return drawn
      .flatMap((entry) => {
        const sample = sampleOf(entry, findings);
        return sample ? { sample, entry } : [];
      })
      .reverse();
  }

  async #opened(id: string): Promise<Answer<SampleWithEntries>> {
    const { db } = this.#parts;
    const found = (await this.#drawn()).find(({ sample }) => sample.id === id);
    if (!found) return refuse(problem('not-found', `There is no sample "${id}".`));
    const { sample } = found;
    const { first, last } = found.entry.detail;
    const all =
      typeof first === 'number' && typeof last === 'number'
        ? await auditStore.sequences(db, accessKinds, { first, last })
        : // Samples of before named a time alone.
          await auditStore.sequences(db, accessKinds, {
            from: sample.from,
            to: sample.to,
            last: found.entry.sequence,
          });
    const chosen = draw(sample.seed, id, sample.drawnFrom, sample.size).flatMap((at) => all[at] ?? []);
    const entries = await auditStore.bySequence(db, chosen);
    const findings = (await auditStore.ofKinds(db, ['audit-finding'])).filter(
      ({ detail }) => detail['sample'] === id,
    );
    const { names } = this.#page(entries, null);
    return ok({
      ...{ ...sample, names },
      entries: entries.map((entry) => {
        const word = findings.findLast(({ detail }) => detail['entry'] === entry.sequence);
        const finding = word && {
          ...{ words: String(word.detail['words']), by: word.actor, at: word.at },
          verdict: word.detail['verdict'] as FindingInput['verdict'],
        };
        return { ...entry, finding: finding ?? null };
      }),
    });
  }

  async addFinding(id: string, finding: FindingInput, by: string): Promise<Answer<void>> {
    const sample = await this.#opened(id);
    if (!sample.ok) return sample;
    const { sequence, verdict, words } = finding;
    if (!sample.value.entries.some((entry) => entry.sequence === sequence))
      return refuse(problem('unprocessable', `Entry ${sequence} is not in this sample.`));
    if (verdict !== 'in-order' && words.trim() === '')
      return refuse(problem('unprocessable', 'Say in a few words what is unclear or wrong.'));
    const { db, record } = this.#parts;
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'audit-finding', actor: by, subject: `sample:${id}` },
        detail: { sample: id, entry: sequence, verdict, words },
      }),
    );
    return ok(undefined);
  }

  async #asked(question: string, by: string, filter: object): Promise<void> {
    const { db, record } = this.#parts;
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'audit-asked', actor: by, subject: 'record' },
        detail: { ...given(filter), question },
      }),
    );
  }

  #page(items: HashedEntry[], next: string | null): AuditPage {
    const ids = new Set(items.flatMap(({ actor, subject }) => [actor, subject]));
    const named = [...ids].flatMap((id) => {
      const name = this.#parts.nameOf(id);
      return name === undefined ? [] : [[id, name] as const];
    });
    return { items, names: Object.fromEntries(named), next, erased: 0 };
  }
}

/** What of a filter was given, as a detail of the record. */
const given = (filter: object): RecordNote['detail'] =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as RecordNote['detail'];

const filterOf = (asked: object): Record<string, string | number> =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number
  >;
const sequenceOf = (line: BundleLine | undefined): number | null => (line ? line.index + 1 : null);
