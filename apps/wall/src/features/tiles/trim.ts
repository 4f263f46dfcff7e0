/** Seconds kept behind the playhead at least. */
export const keepBehindS = 5;
/** A key frame's time is rounded to microseconds on its way into the buffer; what is cut ends a little before it. */
const roundingS = 0.01;

/** The times of the key frames in a buffer, seconds, from which it is cut behind the playhead. */
export class KeyFrames {
  #timesS: number[] = [];

  add(mediaS: number): void {
    this.#timesS.push(mediaS);
  }

  /**
   * Up to where the buffer may be cut; null where it may not yet. Only just before a key frame: browsers take everything
   * up to the next one (Media Source Extensions, 3.5.9), and where the pictures on show have none behind them they take
   * those too, and all that came later.
   */
  cutS(currentS: number): number | null {
    const index = this.#timesS.findLastIndex((timeS) => timeS <= currentS - keepBehindS);
    const timeS = this.#timesS[index];
    if (timeS === undefined) return null;
    this.#timesS = this.#timesS.slice(index);
    return timeS - roundingS;
  }
}
