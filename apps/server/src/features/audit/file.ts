import { formatHead, formatLine, type BundleHead } from '@clerestory/public-log';
import type { BundleFile } from '@clerestory/protocol';
import type { AuditParts, Readable } from './ports.ts';

export interface FileContent {
  /** In words; the time is added. */
  of: string;
  /** Without its ending. */
  name: string;
  asked: NonNullable<BundleHead['asked']>;
  /** Ascending, and all covered by the checkpoint. */
  sequences: readonly number[];
  next: string | null;
  erased: number;
}

/** Entries with everything opened and their proofs, as `clerestory-verify` reads them. */
export async function fileOf(
  { record, clock }: Pick<AuditParts, 'record' | 'clock'>,
  { size, note, halted }: Readable,
  { of, name, asked, sequences, next, erased }: FileContent,
): Promise<BundleFile> {
  const lines = await record.log.lines(sequences, size, () => 'all');
  const sequenceAt = (at: number) => {
    const line = lines.at(at);
    return line ? line.index + 1 : null;
  };
  const head = formatHead({
    format: 'clerestory-bundle-1',
    of: `${of}, ${new Date(clock.nowMs()).toISOString()}`,
    checkpoint: note,
    ...{ asked, count: lines.length, next, erased },
    ...{ first: sequenceAt(0), last: sequenceAt(-1) },
    ...(halted !== null && { halted }),
  });
  return {
    name: `${name}.jsonl`,
    text: head + lines.map(formatLine).join(''),
    ...{ entries: lines.length, size, next, erased, halted },
  };
}
