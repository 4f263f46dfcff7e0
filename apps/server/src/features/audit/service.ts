import type {
  Answer,
  AuditList,
  AuditPage,
  AuditQuery,
  BundleFile,
  CouldSee,
  ExportQuery,
  HashedEntry,
  ListQuery,
  RecordKind,
} from '@clerestory/protocol';
import { ok } from '../../platform/http.ts';
import { noteAsked, noteExported } from './asked.ts';
import { momentsOf, rightsAt } from './could-see.ts';
import { fileOf } from './file.ts';
import { namesOf, namesOfIds } from './names.ts';
import type { AuditParts } from './ports.ts';
import { Samples } from './samples.ts';
import { auditStore } from './store.ts';

/** Entries of one part of a list. */
const longestList = 200;
/** Whoever asks for 14:05 means all of it, ms. */
const minuteMs = 60_000;
const inName = (sequence: number) => String(sequence).padStart(9, '0');
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
    const found = await auditStore.find(db, { ...query, limit: limit + 1 });
    const page = this.#page(found, limit, ({ sequence }) => String(sequence));
    return { ...page, erased: await auditStore.erased(db, query) };
  }

  async list(list: AuditList, query: ListQuery, by: string): Promise<AuditPage> {
    const { db, runningViews } = this.#parts;
    const { cursor, ...range } = query;
    await noteAsked(this.#parts, list, by, range);
    const found = await auditStore.list(db, list, query, longestList + 1);
    if (list !== 'longest-views') return this.#page(found, longestList, ({ sequence }) => String(sequence));
    const tenths = ({ detail }: HashedEntry) => Math.round(10 * Number(detail['seconds'] ?? 0));
    const page = this.#page(found, longestList, (last) => `${tenths(last)} ${last.sequence}`);
    // Those that have no end yet have no place in the order: all of them are told at once.
    const running = cursor === undefined ? await auditStore.begunViews(db, runningViews()) : [];
    const begun = running.filter(({ at }) => at <= (query.to ?? Infinity));
    return { ...page, running: begun, names: namesOf(this.#parts, [...page.items, ...begun]) };
  }

  async couldSee(camera: string, at: number, by: string): Promise<CouldSee> {
    const { db, rightsNow, mayLive, nameOf } = this.#parts;
    await noteAsked(this.#parts, 'could-see', by, { camera, at });
    const minute = { from: at - (at % minuteMs), until: at - (at % minuteMs) + minuteMs - 1 };
    const [entries, now] = [await auditStore.ofKinds(db, rightsKinds), rightsNow()];
    const persons = new Map<string, CouldSee['persons'][number]>();
    const [screens, unknown] = [new Set<string>(), new Set<string>()];
    for (const moment of momentsOf(minute, entries)) {
      const then = rightsAt(moment, now, entries);
      for (const person of then.persons)
        if (mayLive(person, camera, then)) {
          const { id, roles } = person;
          persons.set(id, { id, roles, name: nameOf(`person:${id}`) ?? id });
        }
      for (const screen of then.screens) screens.add(screen);
      for (const words of then.unknown) unknown.add(words);
    }
    const views = await auditStore.viewsBetween(db, camera, minute);
    const ids = [
      `camera:${camera}`,
      ...views.map(({ actor }) => actor),
      ...[...screens].map((screen) => `screen:${screen}`),
    ];
    return {
      ...{ camera, at: minute.from, until: minute.until, persons: [...persons.values()] },
      ...{ screens: [...screens], unknown: [...unknown], views, names: namesOfIds(this.#parts, ids) },
    };
  }

  async export(query: ExportQuery, by: string): Promise<Answer<BundleFile>> {
    const { db, readable } = this.#parts;
    const checkpoint = await readable(query.checkpoint);
    if (!checkpoint.ok) return checkpoint;
    const { size } = checkpoint.value;
    const { cursor, checkpoint: _named, ...filter } = query;
    // What no checkpoint covers takes nothing from what the file may hold: while the log is halted that may be much.
    const before = Math.min(size + 1, cursor === undefined ? Infinity : Number(cursor));
    const more = await auditStore.find(db, { ...query, cursor: String(before), limit: query.limit + 1 });
    const found = more.slice(0, query.limit);
    const next = more.length > found.length ? String(found.at(-1)?.sequence) : null;
    await noteExported(this.#parts, by, { ...query, entries: found.length, size });
    const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
    return ok(
      await fileOf(this.#parts, checkpoint.value, {
        of: 'an auditor’s export',
        // By name they stand in the order of the log.
        name: `clerestory-export-${size}-${inName(Number(next ?? 1))}-${inName(before - 1)}`,
        asked: { ...Object.fromEntries(asked), ...(cursor !== undefined && { before: Number(cursor) }) },
        sequences: found.map(({ sequence }) => sequence).reverse(),
        next,
        erased: await auditStore.erased(db, { ...query, cursor: String(before) }),
      }),
    );
  }

  /** `found`: one more than the page holds, where there is one. */
  #page(found: HashedEntry[], limit: number, cursorOf: (last: HashedEntry) => string): AuditPage {
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = last && found.length > limit ? cursorOf(last) : null;
    return { items, names: namesOf(this.#parts, items), next, running: [], erased: 0 };
  }
}
