/** Bytes of one slab: some seconds of a stream, so that little is held for longer than what lies in it is needed. */
const slabBytes = 256 * 1024;

/**
 * Gives out arrays that lie one after the other in a few larger ones. For what is needed and forgotten in order: a slab is
 * let go once nothing in it is held any more. With an array for each fragment the server took a fifth more CPU at 16
 * streams (`docs/ref/benchmarks.md`): to get the memory, and to look after it while the last minute is kept.
 */
export class Slabs {
  #slab = new Uint8Array(0);
  #used = 0;

  /** A zeroed array of its own bytes; its `buffer` is shared. */
  take(length: number): Uint8Array {
    if (length > slabBytes / 2) return new Uint8Array(length);
    if (length > this.#slab.length - this.#used) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    this.#used += length;
    return this.#slab.subarray(this.#used - length, this.#used);
  }
}
