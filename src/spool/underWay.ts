/** Work that has begun and is not over. */
export class UnderWay {
  readonly #work = new Set<Promise<unknown>>();

  /** However it ends: whoever began it hears of a failure. */
  add(work: Promise<unknown>): void {
    this.#work.add(work);
    const done = () => this.#work.delete(work);
    work.then(done, done);
  }

  /** Resolves when nothing is under way, what is begun in the meantime included. */
  async over(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
