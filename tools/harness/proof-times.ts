import { formatHead, formatLine } from '@clerestory/public-log';
import { formatCheckpoint, formatNote, verifyConsistency } from '@clerestory/tlog';
import type { RecordService } from '../../apps/server/src/features/record/index.ts';
import { LogKey } from '../../apps/server/src/features/transparency/key.ts';
import { sha256 } from '../../apps/server/src/platform/hashing.ts';
import { checkBundle } from '../../apps/verify/src/bundle.ts';

/** What lies at these shares of all that was measured, ms, to a thousandth. */
export function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 1_000) / 1_000;
}

/** Milliseconds: the server makes the proof from its store, the verifier checks it. */
export interface Times {
  madeP50: number;
  madeP99: number;
  checkedP50: number;
  checkedP99: number;
}

/**
 * Proofs in a log as it is, `tries` of each: that an entry drawn by chance is in it, with all that an owner or auditor gets
 * of it (leaf, proof, every field opened, as a bundle), and that it goes on from a size drawn by chance.
 */
export async function proofTimes(
  record: RecordService,
  tries: number,
): Promise<{ inclusion: Times; consistency: Times }> {
  const { size, root } = await record.log.head();
  const origin = 'proofs.example/log';
  const key = LogKey.fresh(origin);
  const text = formatCheckpoint({ origin, size, root, extensions: [] });
  const checkpoint = formatNote({ text, signatures: [key.sign(text)] });
  const keys = { log: [key.verifier], witnesses: [] };
  const some = () => 1 + Math.floor(Math.random() * size);
  const inclusion = await timed(
    tries,
    async () =>
      formatHead({ format: 'clerestory-bundle-1', of: 'proofs', checkpoint }) +
      (await record.log.lines([some()], size, () => 'all')).map(formatLine).join(''),
    (bundle) => {
      const { faults } = checkBundle(bundle, keys);
      if (faults.length > 0) throw new Error(faults.join());
    },
  );
  const earlier = await Promise.all(
    Array.from({ length: tries }, async () => {
      const before = some();
      return { before, rootBefore: (await record.log.rootAt(before)) ?? new Uint8Array(0) };
    }),
  );
  const consistency = await timed(
    tries,
    async (n) => {
      const one = earlier[n] ?? { before: 0, rootBefore: root };
      return { ...one, proof: await record.log.consistency(one.before, size) };
    },
    (claim) => {
      if (!verifyConsistency(sha256, { ...claim, size, root })) throw new Error('it does not go on');
    },
  );
  return { inclusion, consistency };
}

async function timed<T>(
  tries: number,
  make: (n: number) => Promise<T>,
  check: (made: T) => void,
): Promise<Times> {
  const [made, checked]: [number[], number[]] = [[], []];
  for (let n = 0; n < tries; n++) {
    const startMs = performance.now();
    const proof = await make(n);
    const madeMs = performance.now();
    check(proof);
    made.push(madeMs - startMs);
    checked.push(performance.now() - madeMs);
  }
  return {
    ...{ madeP50: at(made, 0.5), madeP99: at(made, 0.99) },
    ...{ checkedP50: at(checked, 0.5), checkedP99: at(checked, 0.99) },
  };
}
