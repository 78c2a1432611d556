import { setTimeout as delay } from 'node:timers/promises';

/** So long after an upload the next one is likely to come. */
const momentMs = 200;

/** Of the time, while there are uploads, the part that is left to them: 9 to 1. */
const restsPerWork = 9;

const longestRestMs = 1000;

/** How `BackgroundPace` knows and spends time. */
export interface PaceClock {
  nowMs(): number;
  /** Ends early when the signal says so. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const realClock: PaceClock = {
  nowMs: () => performance.now(),
  // It keeps the process: whoever closes the platform waits for what is under way.
  wait: async (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** Leaves this process to uploads: while one is under way, or was a moment ago, work in the background has a tenth of the time. */
export class BackgroundPace {
  #uploads = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #stopped = new AbortController();

  constructor(private readonly clock: PaceClock = realClock) {}

  async during<A>(upload: () => Promise<A>): Promise<A> {
    this.#uploads += 1;
    try {
      return await upload();
    } finally {
      this.#uploads -= 1;
      this.#lastMs = this.clock.nowMs();
    }
  }

  /** No rest from now on. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Does a piece of work, in which nothing else can be done, and then rests as long as uploads want. */
  async work<A>(task: () => A): Promise<A> {
    const startMs = this.clock.nowMs();
    const result = task();
    const endMs = this.clock.nowMs();
    const isWanted = this.#uploads > 0 || endMs - this.#lastMs < momentMs;
    if (isWanted)
      await this.clock.wait(Math.min(longestRestMs, (endMs - startMs) * restsPerWork), this.#stopped.signal);
    return result;
  }
}
