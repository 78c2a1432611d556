/** A token bucket for the retries of all streams: an outage of many streams must not become a storm of requests. */
export class RetryTokens {
  #nextAt = Number.NEGATIVE_INFINITY;

  /** `burst` retries may go at once, then one every `periodMs`. */
  constructor(
    private readonly burst = 20,
    private readonly periodMs = 250,
  ) {}

  /** Takes a token: how long its holder has to wait, ms. */
  take(nowMs: number): number {
    this.#nextAt = Math.max(this.#nextAt, nowMs - this.burst * this.periodMs) + this.periodMs;
    return Math.max(0, this.#nextAt - nowMs);
  }
}
