interface Kept {
  visibility: string;
  tier: string | null;
  placeKind: string;
  neighbourhood: string;
}

const keyOf = ({ placeKind, neighbourhood }: Kept) => `${placeKind}\0${neighbourhood}`;

/**
 * How many private cameras that can be opened stand in the same district at the same kind of place: where there is but one,
 * to name both is to name it. Counted anew when asked for the first time after a change.
 */
export class AlikeCounts {
  #counts: Map<string, number> | null = null;

  /** A camera came, changed or went. */
  changed(): void {
    this.#counts = null;
  }

  of(camera: Kept, all: Iterable<Kept>): number {
    if (!this.#counts) {
      this.#counts = new Map();
      for (const one of all) {
        if (one.visibility !== 'private' || one.tier === 'registered') continue;
        this.#counts.set(keyOf(one), (this.#counts.get(keyOf(one)) ?? 0) + 1);
      }
    }
    return this.#counts.get(keyOf(camera)) ?? 0;
  }
}
