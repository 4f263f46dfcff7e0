import { accessKinds, draw, hourMs, parseHead, seedOf, type PublicEntry } from '@clerestory/public-log';
import { toBase64 } from '@clerestory/tlog';
import { checkBundle, type BundleEntry } from './bundle.ts';
import { checkBundleInLog } from './bundle-in-log.ts';
import type { Finding, Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';
import { CannotRead, type Source } from './source.ts';

/** More numbers of entries are counted and not listed. */
const mostListed = 20;

/** How a lot was drawn, as the log has it for everybody. Times in Unix ms, the rest numbers of entries or counts. */
interface Drawing {
  sequence: number;
  sample: string;
  seed: string;
  number: string;
  checkpoint: number;
  fromMs: number;
  untilMs: number;
  first: number;
  last: number;
  drawnFrom: number;
  size: number;
}

/** Null for a sample that says too little to be drawn again, as those of before there was a number. */
function drawingOf({ sequence, public: said }: PublicEntry): Drawing | null {
  const texts = [said['sample'], said['seed'], said['number']];
  const numbers = ['checkpoint', 'fromMs', 'untilMs', 'first', 'last', 'drawnFrom', 'size'];
  const isWhole =
    texts.every((one) => typeof one === 'string') &&
    numbers.every((name) => Number.isSafeInteger(said[name]));
  return isWhole ? ({ ...said, sequence } as unknown as Drawing) : null;
}

const list = (some: readonly number[]) =>
  `${some.slice(0, mostListed).join(', ')}${some.length > mostListed ? ` and ${some.length - mostListed} more` : ''}`;

/** What of the log a lot depends on. */
class Drawn {
  readonly #drawing: Drawing;
  readonly #accesses: number[] = [];
  readonly #left: number[] = [];
  #root = '';
  /** The first or the last of them is of another time than the sample. */
  readonly #strange: number[] = [];
  constructor(drawing: Drawing) {
    this.#drawing = drawing;
  }

  take({ sequence, kind, at }: PublicEntry, root: () => Uint8Array): void {
    const { checkpoint, first, last, fromMs, untilMs } = this.#drawing;
    if (sequence === checkpoint) this.#root = toBase64(root());
    if (sequence > checkpoint || !accessKinds.includes(kind)) return;
    // Only the hour is public.
    if ([first, last].includes(sequence) && (at + hourMs <= fromMs || at > untilMs))
      this.#strange.push(sequence);
    if (sequence >= first && sequence <= last) this.#accesses.push(sequence);
    // An hour that lies in the time as a whole belongs to the lot.
    else if (at >= fromMs && at + hourMs <= untilMs) this.#left.push(sequence);
  }

  /** Entries that the lot gives; what speaks against it goes to `fault`. Null: it cannot be drawn. */
  again(fault: (words: string) => void): number[] | null {
    const { sequence, seed, number, checkpoint, first, last, drawnFrom, size } = this.#drawing;
    if (checkpoint >= sequence || last > checkpoint)
      fault(
        `the sample is entry ${sequence}, and says that it was drawn from accesses up to ${last} of a checkpoint of ${checkpoint} entries: that was not signed before`,
      );
    const count = this.#accesses.length;
    const isSpan = count === drawnFrom && this.#accesses[0] === first && this.#accesses.at(-1) === last;
    if (!isSpan)
      fault(
        `the sample says that it was drawn from ${drawnFrom} accesses, the first entry ${first} and the last ${last}; the log has ${count} between them`,
      );
    if (this.#strange.length > 0)
      fault(`the lot is of accesses of another time than it says: from or to entry ${list(this.#strange)}`);
    if (this.#left.length > 0)
      fault(`accesses of that time that were left out of the lot: ${list(this.#left)}`);
    if (seed !== seedOf(sha256, this.#root, number))
      fault(
        `the lot was not made of its number and the root of the first ${checkpoint} entries: somebody chose it`,
      );
    return isSpan && size <= drawnFrom
      ? draw(sha256, seed, drawnFrom, size).map((at) => this.#accesses[at] ?? 0)
      : null;
  }
}

/**
 * Draws the lot of a sample again, from the number of the auditor and the root that the log had signed, and says whether the
 * entries of the file are those that it gives.
 * @throws CannotRead for a file that is no sample, or a log that is not to be had.
 */
export async function checkSample(
  text: string,
  source: Source,
  keys: Keys,
  progress?: (done: number, size: number) => void,
): Promise<Finding> {
  const id = parseHead(text.split(/\r?\n/, 1)[0] ?? '')?.asked?.['sample'];
  if (typeof id !== 'string')
    throw new CannotRead('this is no sample: save it from the page of samples, and give it as it was saved');
  const entries: BundleEntry[] = [];
  checkBundle(text, keys, (one) => entries.push(one));
  const about = (kind: string) =>
    entries.filter(({ entry }) => entry.kind === kind && entry.public['sample'] === id);
  const [drawing, ...others] = about('audit-sampled').map(({ entry }) => drawingOf(entry));
  const drawn = drawing ? new Drawn(drawing) : null;
  const found = await checkBundleInLog({
    ...{ files: [{ name: '', text }], source, keys, ...(progress && { progress }) },
    eachOfLog: (entry, root) => drawn?.take(entry, root),
  });
  const { held, faults, unchecked } = found;
  if (drawing === undefined || others.length > 0)
    faults.push(
      `the file has ${others.length > 0 ? 'more than one entry' : 'no entry'} that says how ${id} was drawn`,
    );
  else if (!drawing)
    unchecked.push(
      'the entry of this sample does not say all of how it was drawn, so that it cannot be drawn again',
    );
  else if (drawn && found.isWhole) {
    const words: string[] = [];
    const lot = drawn.again((fault) => words.push(fault));
    const findings = about('audit-finding');
    const has = entries
      .filter(
        ({ entry }) => !findings.some((one) => one.entry === entry) && entry.sequence !== drawing.sequence,
      )
      .map(({ entry }) => entry.sequence);
    if (lot) words.push(...differences(lot, has));
    faults.push(...words);
    if (words.length === 0) held.push(...said(drawing, has));
    const judged = judge(findings, has);
    held.push(...judged.held);
    faults.push(...judged.faults);
  }
  return { held, faults, unchecked };
}

const said = ({ number, checkpoint, first, last, drawnFrom }: Drawing, has: readonly number[]): string[] => [
  `the lot was made of the number ${number}, which has to be the one that the auditor's browser drew, and the root of the first ${checkpoint} entries`,
  `of the ${drawnFrom} accesses from entry ${first} to ${last} it gives exactly those of the file: ${list(has)}`,
];

function differences(lot: readonly number[], has: readonly number[]): string[] {
  const missing = lot.filter((one) => !has.includes(one));
  const more = has.filter((one) => !lot.includes(one));
  return [
    ...(missing.length > 0 ? [`drawn by the lot, and not in the file: ${list(missing)}`] : []),
    ...(more.length > 0 ? [`in the file, and not drawn by the lot: ${list(more)}`] : []),
  ];
}

/** What was found of the entries; the last finding on an entry counts. */
function judge(findings: readonly BundleEntry[], has: readonly number[]): Omit<Finding, 'unchecked'> {
  const verdicts = new Map(
    // One that was erased says no more what it was on.
    findings
      .filter(({ shown }) => 'detail.entry' in shown)
      .map(({ entry, shown }) => [shown['detail.entry'], String(entry.public['verdict'])]),
  );
  const strange = [...verdicts.keys()].filter((on) => !has.includes(Number(on)));
  const counts = new Map<string, number>();
  for (const verdict of verdicts.values()) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const words = [...counts].map(([verdict, count]) => `${count} ${verdict}`);
  return {
    held: [`found so far: ${words.length > 0 ? words.join(', ') : 'nothing'}, on ${has.length} entries`],
    faults: strange.map((on) => `a finding is on entry ${String(on)}, which is not in the sample`),
  };
}
