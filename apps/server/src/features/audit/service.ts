import { formatHead, formatLine } from '@clerestory/public-log';
import {
  problem,
  type Answer,
  type AuditList,
  type AuditPage,
  type AuditQuery,
  type BundleFile,
  type CouldSee,
  type FindingInput,
  type HashedEntry,
  type RecordEntry,
  type RecordKind,
  type RecordNote,
  type Sample,
  type SampleWithEntries,
} from '@clerestory/protocol';
import type { BundleLine } from '@clerestory/public-log';
import { ok, refuse } from '../../platform/http.ts';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import { rightsAt, type RightsNow, type RightsThen } from './could-see.ts';
import { draw } from './sampling.ts';
import { auditStore } from './store.ts';

/** Entries of the export of one request; the next begins where it ends. */
const mostExported = 2_000;
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
    const items = await auditStore.find(this.#parts.db, { ...query, limit });
    return this.#page(items, items.length === limit ? String(items.at(-1)?.sequence) : null);
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

  async export(query: AuditQuery, by: string): Promise<Answer<BundleFile>> {
    const { db, record, published, clock } = this.#parts;
    const checkpoint = published();
    if (!checkpoint.ok) return checkpoint;
    const { size, note } = checkpoint.value;
    const found = await auditStore.find(db, { ...query, limit: mostExported });
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
    const head = formatHead({
      format: 'clerestory-bundle-1',
      of: `an auditor’s export, ${new Date(clock.nowMs()).toISOString()}`,
      checkpoint: note,
    });
    return ok({
      name: `clerestory-export-${size}.jsonl`,
      text: head + lines.map(formatLine).join(''),
      ...{ entries: lines.length, size },
      next: found.length === mostExported ? String(found.at(-1)?.sequence) : null,
    });
  }

  async drawSample(order: { from: number; to: number; size: number }, by: string): Promise<Answer<Sample>> {
    const { db, record, published, clock } = this.#parts;
    const checkpoint = published();
    if (!checkpoint.ok) return checkpoint;
    const { from, to } = order;
    const drawnFrom = (await auditStore.accesses(db, accessKinds, from, to)).length;
    if (drawnFrom === 0)
      return refuse(
        problem('unprocessable', 'There was no access in that time, so that there is nothing to draw.'),
      );
    const seed = checkpoint.value.note.split('\n')[2] ?? '';
    const id = newId();
    const size = Math.min(order.size, drawnFrom);
    await db.transaction().execute((write) =>
      record.append(write, {
        ...{ kind: 'audit-sampled', actor: by, subject: `sample:${id}` },
        detail: { sample: id, fromMs: from, untilMs: to, drawnFrom, size, seed },
      }),
    );
    return ok({
      ...{ id, from, to, size, drawnFrom, seed, drawnAt: clock.nowMs(), drawnBy: by },
      found: { 'in-order': 0, unclear: 0, breach: 0 },
    });
  }

  async samples(): Promise<Sample[]> {
    const { db } = this.#parts;
    const drawn = await auditStore.ofKinds(db, ['audit-sampled']);
    const findings = await auditStore.ofKinds(db, ['audit-finding']);
    return drawn.flatMap((entry) => sampleOf(entry, findings) ?? []).reverse();
  }

  async sample(id: string): Promise<Answer<SampleWithEntries>> {
    const { db } = this.#parts;
    const sample = (await this.samples()).find((one) => one.id === id);
    if (!sample) return refuse(problem('not-found', `There is no sample "${id}".`));
    const all = await auditStore.accesses(db, accessKinds, sample.from, sample.to, sample.drawnFrom);
    const chosen = draw(sample.seed, id, sample.drawnFrom, sample.size).flatMap((at) => all[at] ?? []);
    const entries = await auditStore.bySequence(db, chosen);
    const findings = (await auditStore.ofKinds(db, ['audit-finding'])).filter(
      ({ detail }) => detail['sample'] === id,
    );
    const { names } = this.#page(entries, null);
    return ok({
      ...{ ...sample, names },
      entries: entries.map((entry) => {
        const last = findings.findLast(({ detail }) => detail['entry'] === entry.sequence);
        const finding = last && {
          ...{ words: String(last.detail['words']), by: last.actor, at: last.at },
          verdict: last.detail['verdict'] as FindingInput['verdict'],
        };
        return { ...entry, finding: finding ?? null };
      }),
    });
  }

  async addFinding(id: string, finding: FindingInput, by: string): Promise<Answer<void>> {
    const sample = await this.sample(id);
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
    return { items, names: Object.fromEntries(named), next };
  }
}

/** What of a filter was given, as a detail of the record. */
const given = (filter: object): RecordNote['detail'] =>
  Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as RecordNote['detail'];

/** Null for an entry whose details were erased. */
function sampleOf({ detail, at, actor }: RecordEntry, findings: readonly RecordEntry[]): Sample | null {
  const id = detail['sample'];
  if (typeof id !== 'string') return null;
  const mine = findings.filter((one) => one.detail['sample'] === id);
  // The last finding of an entry counts.
  const last = new Map(mine.map((one) => [one.detail['entry'], one.detail['verdict']]));
  const count = (verdict: string) => [...last.values()].filter((one) => one === verdict).length;
  return {
    ...{ id, drawnAt: at, drawnBy: actor, seed: String(detail['seed']) },
    ...{ from: Number(detail['fromMs']), to: Number(detail['untilMs']) },
    ...{ size: Number(detail['size']), drawnFrom: Number(detail['drawnFrom']) },
    found: { 'in-order': count('in-order'), unclear: count('unclear'), breach: count('breach') },
  };
}
