interface Kept {
  id: string;
  visibility: string;
  tier: string | null;
  placeKind: string;
  neighbourhood: string;
  owner: string | null;
}

const keyOf = ({ placeKind, neighbourhood }: Kept) => `${placeKind}\0${neighbourhood}`;

/**
 * Among how many owners somebody in the same district, at the same kind of place, would have to guess whose camera was opened:
 * where there is but one, to name kind and district is to name them. Many cameras of one owner are one, and who allows
 * nothing now is none: their neighbours know that it was not theirs.
 */
export class AlikeOwners {
  #places: Map<string, Kept[]> | null = null;

  /** A camera came, changed or went. */
  changed(): void {
    this.#places = null;
  }

  /** Counted no further than to `enough`. */
  of(camera: Kept, all: Iterable<Kept>, mayBeOpened: (id: string) => boolean, enough: number): number {
    if (!this.#places) {
      this.#places = new Map();
      for (const one of all) {
        if (one.visibility !== 'private' || one.tier === 'registered') continue;
        const place = this.#places.get(keyOf(one));
        if (place) place.push(one);
        else this.#places.set(keyOf(one), [one]);
      }
    }
    const owners = new Set<string>();
    for (const one of this.#places.get(keyOf(camera)) ?? []) {
      if (!mayBeOpened(one.id)) continue;
      owners.add(one.owner === null ? `camera ${one.id}` : `owner ${one.owner}`);
      if (owners.size >= enough) break;
    }
    return owners.size;
  }
}
