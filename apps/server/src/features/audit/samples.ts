import { accessKinds, draw, seedOf } from '@clerestory/public-log';
import { toBase64 } from '@clerestory/tlog';
import {
  problem,
  type Answer,
  type BundleFile,
  type FindingInput,
  type RecordEntry,
  type Sample,
  type SampleOrder,
  type SampleWithEntries,
} from '@clerestory/protocol';
import { newId } from '../../platform/clock.ts';
import { sha256 } from '../../platform/hashing.ts';
import { ok, refuse } from '../../platform/http.ts';
import { noteAsked, noteExported } from './asked.ts';
import { fileOf } from './file.ts';
import { namesOf } from './names.ts';
import type { AuditParts } from './ports.ts';
import { sampleOf } from './sampling.ts';
import { auditStore } from './store.ts';

/** Accesses drawn by lot, and what was found of each. */
export class Samples {
  readonly #parts: AuditParts;
  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /**
   * Draws from what the checkpoint covers that the auditor has seen: its root is given away, so that nothing of it can be
   * chosen by the auditor's number any more.
   */
  async draw(order: SampleOrder, by: string): Promise<Answer<Sample>> {
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
    const seed = seedOf(sha256, toBase64(root), number);
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

  async list(by: string): Promise<Sample[]> {
    await noteAsked(this.#parts, 'samples', by, {});
    return (await this.#drawn()).map(({ sample }) => sample);
  }

  async open(id: string, by: string): Promise<Answer<SampleWithEntries>> {
    await noteAsked(this.#parts, 'sample', by, { sample: id });
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
    const chosen = draw(sha256, sample.seed, sample.drawnFrom, sample.size).flatMap((at) => all[at] ?? []);
    const entries = await auditStore.bySequence(db, chosen);
    const findings = (await auditStore.ofKinds(db, ['audit-finding'])).filter(
      ({ detail }) => detail['sample'] === id,
    );
    return ok({
      ...{ ...sample, names: namesOf(this.#parts, entries) },
      entries: entries.map((entry) => {
        const mine = findings.filter(({ detail }) => detail['entry'] === entry.sequence);
        const word = mine.at(-1);
        const finding = word && {
          ...{ words: String(word.detail['words']), by: word.actor, at: word.at },
          verdict: word.detail['verdict'] as FindingInput['verdict'],
          earlier: mine.length - 1,
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

  /** The sample as a file: the entry that says how it was drawn, each that was drawn, and each finding. */
  async export(id: string, by: string): Promise<Answer<BundleFile>> {
    const sample = await this.#opened(id);
    if (!sample.ok) return sample;
    const { db, readable } = this.#parts;
    const checkpoint = await readable();
    if (!checkpoint.ok) return checkpoint;
    const { size } = checkpoint.value;
    const about = (await auditStore.ofKinds(db, ['audit-sampled', 'audit-finding'])).filter(
      ({ detail }) => detail['sample'] === id,
    );
    const all = [...sample.value.entries, ...about].map(({ sequence }) => sequence);
    const covered = all.filter((sequence) => sequence <= size).sort((a, b) => a - b);
    const drawn = about.find(({ kind }) => kind === 'audit-sampled')?.sequence ?? 0;
    if (drawn > size)
      return refuse(
        problem(
          'unavailable',
          checkpoint.value.halted === null
            ? 'No checkpoint covers this sample yet. Ask again in a minute.'
            : `No checkpoint covers this sample, and there will be none: ${checkpoint.value.halted}`,
        ),
      );
    await noteExported(this.#parts, by, { sample: id, entries: covered.length, size });
    return ok(
      await fileOf(this.#parts, checkpoint.value, {
        ...{ of: 'a sample for an audit', name: `clerestory-sample-${id}-${size}`, asked: { sample: id } },
        ...{ sequences: covered, next: null, erased: 0 },
      }),
    );
  }
}
