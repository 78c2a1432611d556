import type { Reading } from '../model/sample.js';

/** The readings next to a moment: the last at it or before it, and the first after it. */
export interface Neighbours {
  readonly before: Reading | undefined;
  readonly after: Reading | undefined;
}

const UNKNOWN: Neighbours = { before: undefined, after: undefined };

/**
 * One channel's readings in the order of their times, without those that nobody will ask for any more.
 *
 * @internal
 */
export class ReadingBuffer {
  #readings: Reading[] = [];
  /** What stands before it is forgotten, and goes in one piece when it is half of everything. */
  #start = 0;
  #hasForgotten = false;

  get size(): number {
    return this.#readings.length - this.#start;
  }

  /** The time of the last reading; before the first `-Infinity`. */
  get newest(): number {
    return this.#readings.at(-1)?.t ?? -Infinity;
  }

  /** Takes a reading after the newest. */
  push(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** Nothing for a moment before what is remembered: a forgotten reading may have been nearer than what is left. */
  around(t: number): Neighbours {
    const index = this.#firstAfter(t);
    if (index > this.#start) return { before: this.#readings[index - 1], after: this.#readings[index] };
    return this.#hasForgotten ? UNKNOWN : { before: undefined, after: this.#readings[index] };
  }

  /** Forgets what no moment from `t` on needs: everything before the last reading at `t` or before it. */
  forget(t: number): void {
    const start = this.#start;
    while ((this.#readings[this.#start + 1]?.t ?? Infinity) <= t) this.#start++;
    if (this.#start === start) return;
    this.#hasForgotten = true;
    if (this.#start * 2 < this.#readings.length) return;
    this.#readings = this.#readings.slice(this.#start);
    this.#start = 0;
  }

  #firstAfter(t: number): number {
    let [low, high] = [this.#start, this.#readings.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#readings[middle]!.t <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
