import { maxForeignPlaces, type ForeignPages } from '@clerestory/protocol';
import { placeOf } from '../platform/rate-limit.ts';

/** Of more places than are told apart. */
const several = 'several';

/** Counts what the node's doors refuse for where it comes from, until control takes it into the record. */
export class ForeignCount {
  readonly #ofPlace = new Map<string, { address: string; count: number }>();

  note(address: string): void {
    const place = placeOf(address);
    const isApart = this.#ofPlace.has(place) || this.#ofPlace.size < maxForeignPlaces;
    const key = isApart ? place : several;
    const count = (this.#ofPlace.get(key)?.count ?? 0) + 1;
    this.#ofPlace.set(key, { address: isApart ? address : several, count });
  }

  /** What was counted since it was taken before. */
  take(): ForeignPages {
    const all = [...this.#ofPlace.values()];
    this.#ofPlace.clear();
    return all;
  }
}
