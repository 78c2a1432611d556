/** The seed of this run: `EPISTREAM_SEED` replays an earlier one. */
export const runSeed = (): number => Number(process.env.EPISTREAM_SEED ?? Math.trunc(Math.random() * 2 ** 31));

/** Whether to run the large numbers. */
export const runsAll = (): boolean => process.env.EPISTREAM_FAULTS === 'all';

/** Tells with what a run is replayed; not by `console`, which adds a stack. */
export const tellSeed = (what: string, seed: number): void => {
  process.stdout.write(`${what}: EPISTREAM_SEED=${seed}\n`);
};

/** Random choices that a seed and a name determine, so that one case is the same whichever others run beside it. */
export class Choices {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = seed | 0;
    for (const letter of name) this.#state = Math.imul(this.#state ^ letter.charCodeAt(0), 0x01000193);
  }

  /** From 0 to below 1: mulberry32. */
  readonly fraction = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(): boolean {
    return this.fraction() < 0.5;
  }
}
