import { checkLine, formatHead, formatLine, type BundleLine } from '@clerestory/public-log';
import {
  problem,
  type Answer,
  type BundleFile,
  type RecordEntry,
  type RecordKind,
} from '@clerestory/protocol';
import { parseCheckpoint } from '@clerestory/tlog';
import type { Clock } from '../../platform/clock.ts';
import { sha256 } from '../../platform/hashing.ts';
import { ok, refuse } from '../../platform/http.ts';

/** Entries of one file; the next begins where it ends. */
const mostEntries = 500;
/** Kinds that are about an access: who asked, what was answered, what was shown. */
const accessKinds: readonly RecordKind[] = [
  ...(['grant-asked', 'grant-given', 'grant-refused', 'grant-ended'] as const),
  ...(['view-started', 'view-ended'] as const),
];
/** What an owner is shown of an entry besides what everybody is. Not who it was: owners read the role, no name. */
const shown = [
  ...['subject', 'at', 'detail.grant', 'detail.view', 'detail.bytes'],
  ...['detail.incident', 'detail.consentVersion'],
];

export interface ProofParts {
  clock: Clock;
  record: {
    erasedOf(kinds: readonly RecordKind[], upTo: number): Promise<number>;
    about(subject: string, kinds: readonly RecordKind[], upTo: number, limit: number): Promise<number[]>;
    log: {
      lines(
        sequences: readonly number[],
        size: number,
        show: (entry: RecordEntry) => readonly string[],
      ): Promise<BundleLine[]>;
    };
  };
  /** The last signed checkpoint. */
  published(): Answer<{ size: number; note: string }>;
}

/** The owner's proof: the accesses to a camera as the public log holds them. */
export class AccessProofs {
  readonly #parts: ProofParts;
  constructor(parts: ProofParts) {
    this.#parts = parts;
  }

  /**
   * Entries about accesses to a camera as a bundle against the last checkpoint; newer ones follow with the next.
   * `cursor`: `next` of the file before. Whoever calls has asked whose camera it is.
   */
  async of(camera: string, cursor?: string): Promise<Answer<BundleFile>> {
    const { clock, record, published } = this.#parts;
    const checkpoint = published();
    if (!checkpoint.ok) return checkpoint;
    const { size, note } = checkpoint.value;
    const tree = parseCheckpoint(`${note.split('\n\n')[0]}\n`);
    if (!tree) return refuse(problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'));
    const upTo = cursor === undefined ? size : Math.min(size, Number(cursor) - 1);
    const found = await record.about(`camera:${camera}`, accessKinds, upTo, mostEntries);
    const lines = await record.log.lines(found.toReversed(), size, () => shown);
    // Nothing is handed out that does not hold.
    for (const line of lines) {
      const checked = checkLine(sha256, line, tree);
      if (!checked.ok)
        return refuse(
          problem(
            'unprocessable',
            `Entry ${line.index + 1} of the log is not in order: ${checked.fault}. Tell who runs this site, and keep this message.`,
          ),
        );
    }
    const next = found.length === mostEntries ? String(found.at(-1)) : null;
    const erased = await record.erasedOf(accessKinds, upTo);
    const head = formatHead({
      format: 'clerestory-bundle-1',
      of: `accesses to the camera ${camera}, for its owner, ${new Date(clock.nowMs()).toISOString()}`,
      checkpoint: note,
      asked: { camera, ...(cursor !== undefined && { before: Number(cursor) }) },
      ...{ count: lines.length, next, erased },
      first: found.at(-1) ?? null,
      last: found[0] ?? null,
    });
    return ok({
      name: `clerestory-${camera}-${size}${cursor === undefined ? '' : `-before-${cursor}`}.jsonl`,
      text: head + lines.map(formatLine).join(''),
      ...{ entries: lines.length, size, next, erased, halted: null },
    });
  }
}
