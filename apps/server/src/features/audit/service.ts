import type {
  Answer,
  AuditList,
  AuditPage,
  AuditQuery,
  BundleFile,
  CouldSee,
  ExportQuery,
  HashedEntry,
  RecordKind,
} from '@clerestory/protocol';
import { ok } from '../../platform/http.ts';
import { noteAsked, noteExported } from './asked.ts';
import { rightsAt } from './could-see.ts';
import { fileOf } from './file.ts';
import { namesOf } from './names.ts';
import type { AuditParts } from './ports.ts';
import { Samples } from './samples.ts';
import { auditStore } from './store.ts';

/** Entries of one list. */
const longestList = 200;
/** Kinds that say who had which right. */
const rightsKinds: readonly RecordKind[] = [
  ...(['person-created', 'person-changed', 'right-added', 'right-removed'] as const),
  ...(['camera-group-changed', 'screen-paired', 'screen-revoked'] as const),
];

/** The auditor's questions to the record. Each is itself recorded before it is answered. */
export class AuditService {
  readonly #parts: AuditParts;
  readonly samples: Samples;
  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.samples = new Samples(parts);
  }

  async search(query: AuditQuery, by: string): Promise<AuditPage> {
    const { cursor: _page, limit, ...filter } = query;
    await noteAsked(this.#parts, 'search', by, filter);
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
    await noteAsked(this.#parts, list, by, range);
    return this.#page(await auditStore.list(this.#parts.db, list, range, longestList), null);
  }

  async couldSee(camera: string, at: number, by: string): Promise<CouldSee> {
    const { db, rightsNow, mayLive, nameOf } = this.#parts;
    await noteAsked(this.#parts, 'could-see', by, { camera, at });
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
    const { db, readable } = this.#parts;
    const checkpoint = await readable();
    if (!checkpoint.ok) return checkpoint;
    const { size } = checkpoint.value;
    const { cursor, ...filter } = query;
    // What no checkpoint covers takes nothing from what the file may hold: while the log is halted that may be much.
    const before = Math.min(size + 1, cursor === undefined ? Infinity : Number(cursor));
    const found = await auditStore.find(db, { ...query, cursor: String(before) });
    await noteExported(this.#parts, by, { ...query, entries: found.length, size });
    const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
    return ok(
      await fileOf(this.#parts, checkpoint.value, {
        of: 'an auditor’s export',
        name: `clerestory-export-${size}${cursor === undefined ? '' : `-before-${cursor}`}`,
        asked: { ...Object.fromEntries(asked), ...(cursor !== undefined && { before: Number(cursor) }) },
        sequences: found.map(({ sequence }) => sequence).reverse(),
        next: found.length === query.limit ? String(found.at(-1)?.sequence) : null,
        erased: await auditStore.erased(db, { ...query, cursor: String(before) }),
      }),
    );
  }

  #page(items: HashedEntry[], next: string | null): AuditPage {
    return { items, names: namesOf(this.#parts, items), next, erased: 0 };
  }
}
