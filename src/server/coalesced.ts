import { setTimeout as delay } from 'node:timers/promises';

/**
 * A task in the background that is done once for all who ask for it meanwhile.
 *
 * It starts when it is first asked for, and rests afterwards; asked for while it runs or rests, it runs once more. One that fails is
 * tried again after each rest.
 */
export class Coalesced {
  #isDue = false;
  #isHurried = false;
  #failure: { readonly reason: unknown } | undefined;
  #running: Promise<void> | undefined;
  #rest = new AbortController();

  constructor(
    private readonly task: () => Promise<void>,
    private readonly restMs: number,
  ) {}

  ask(): void {
    this.#isDue = true;
    this.#running ??= this.#run();
  }

  /** Resolves, without a rest, when all that was asked for is done; rejects when it cannot be. */
  async settle(): Promise<void> {
    if (this.#failure !== undefined) this.ask();
    this.#isHurried = true;
    this.#rest.abort();
    await this.#running;
    this.#isHurried = false;
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  async #run(): Promise<void> {
    do {
      this.#isDue = false;
      this.#failure = await this.task().then(
        () => undefined,
        (reason: unknown) => ({ reason }),
      );
      await this.#resting();
    } while (this.#isDue || (this.#failure !== undefined && !this.#isHurried));
    this.#running = undefined;
  }

  async #resting(): Promise<void> {
    if (this.#isHurried) return;
    this.#rest = new AbortController();
    await delay(this.restMs, undefined, { ref: false, signal: this.#rest.signal }).catch(() => undefined);
  }
}
