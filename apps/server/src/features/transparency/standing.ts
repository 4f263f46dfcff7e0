import type { Logger } from '../../platform/logging.ts';
import { Halts, type Halt } from './halts.ts';
import { faultOfRoot, wayOn, type Fault, type TreeNow } from './signed-before.ts';
import type { Objection } from './witness-panel.ts';

export interface StandingParts {
  log: Logger;
  tree: TreeNow;
  dataDir: string;
  /** What the log is called now. */
  origin: () => string;
}

/** May the log be signed, and if not, why? What would have to hold again is remembered over restarts. */
export class Standing {
  readonly #parts: StandingParts;
  readonly #halts: Halts;
  #why: string | null = null;
  /** What has stopped it that only the word of a witness takes away; it is asked for with what would be signed next. */
  #doubts: Halt[] = [];

  constructor(parts: StandingParts) {
    this.#parts = parts;
    this.#halts = new Halts(parts.dataDir);
  }

  /** Why nothing is signed, in words; null while all is well. */
  get why(): string | null {
    return this.#why;
  }
  get isHalted(): boolean {
    return this.#why !== null;
  }
  /** The word of witnesses alone could make it go on, and is asked for. */
  get isInDoubt(): boolean {
    return this.#doubts.length > 0;
  }
  /** Halted, and nothing while the server runs could make it go on. */
  get isOver(): boolean {
    return this.isHalted && !this.isInDoubt;
  }

  /** `known`: what would have to hold again; it is remembered until it does. */
  halt(why: string, known?: Omit<Halt, 'origin' | 'why'>): void {
    const { origin, log } = this.#parts;
    if (known) this.#halts.add({ origin: origin(), why, ...known });
    if (this.#why === why) return;
    this.#why = why;
    log.error({ origin: origin() }, `the log is not signed any more: ${why}`);
  }

  haltBy({ why, size, root }: Fault): void {
    this.halt(why, size === undefined ? undefined : { size, root: root ?? null, witness: null });
  }

  /** Witnesses say no to a checkpoint of `size` entries. */
  object(objections: readonly Objection[], size: number): void {
    for (const { witness, seen } of objections) {
      this.#doubts = [];
      this.halt(
        seen === null
          ? `The witness ${witness} has seen another log under this name: the database was changed, or runs in two places. ${wayOn}`
          : `The witness ${witness} has seen ${seen} entries of this log, and here are ${size}: the database is an old copy. ${wayOn}`,
        { witness, size: seen ?? size, root: null },
      );
    }
  }

  /** Somebody has checked the whole record. `fault`: what is wrong, in words; null lets the next start go on. */
  recordChecked(fault: string | null): void {
    for (const one of this.#halts.all(this.#parts.origin())) if (one.isOfRecord) this.#halts.remove(one);
    if (fault === null) return;
    this.#doubts = [];
    this.halt(
      `The record was changed: ${fault}. ${wayOn} Once it is back, check the whole record again; the next start then signs.`,
      { size: 0, root: null, witness: null, isOfRecord: true },
    );
  }

  /** Does what stopped it before the last start hold again? */
  async recall(): Promise<void> {
    const { tree, log, origin } = this.#parts;
    const { size: here } = await tree.head();
    for (const one of this.#halts.all(origin())) {
      const isFault =
        one.isOfRecord === true ||
        (one.root !== null ? (await faultOfRoot(tree, one.size, one.root)) !== null : here < one.size);
      if (isFault) {
        this.#doubts = [];
        return this.halt(one.why);
      }
      if (one.witness === null) {
        this.#halts.remove(one);
        log.info({ size: one.size }, 'the right database is back: what had stopped the log holds again');
      } else this.#doubts.push(one);
    }
    if (this.#doubts[0]) this.halt(this.#doubts[0].why);
  }

  /** Something else speaks against it, so that no witness can take it away any more. */
  dropDoubts(): void {
    this.#doubts = [];
  }

  /** These witnesses have signed. Is that every one whose word was missing? Then the log goes on. */
  hear(by: readonly string[]): boolean {
    if (!this.#doubts.every(({ witness }) => by.includes(witness ?? ''))) return false;
    if (!this.isInDoubt) return true;
    for (const one of this.#doubts) this.#halts.remove(one);
    this.#doubts = [];
    this.#why = null;
    this.#parts.log.info('the witness has signed again: the log goes on');
    return true;
  }

  /** Entries of the largest log that is known to have stopped this one. */
  get largestSeen(): number {
    return Math.max(0, ...this.#halts.all(this.#parts.origin()).map(({ size }) => size));
  }

  /** Another log begins, without what has stopped the one called `before`. */
  beginAnew(before: string): void {
    this.#why = null;
    this.#halts.clear(before);
  }
}
