import type { Platform } from '../../delivery/platform.js';
import type { PlatformStatus } from '../../model/platformStatus.js';
import { keyWanted } from '../keyWanted.js';

/** Without a step forward for so long, what could be taken over and is not never will be, and a refused key stays refused; ms. */
const PATIENCE_MS = 10_000;
/** What does not answer for so long is away for longer, ms. */
const AWAY_MS = 120_000;

/** What also happens when nothing gets any further. */
const circles: ReadonlySet<string> = new Set(['retrying', 'paused', 'intent', 'notCreated', 'orphaned']);

/** Whether a platform gets on with what it has, from the moment it is watched. */
export class Movement {
  #status: PlatformStatus | undefined;
  #movedAt = performance.now();

  constructor(platform: Platform) {
    platform.status$.subscribe((status) => {
      this.#status = status;
    });
    platform.events$.subscribe(({ type }) => {
      if (!circles.has(type)) this.#movedAt = performance.now();
    });
  }

  /** No session is being delivered. */
  get isIdle(): boolean {
    return this.#status?.sessions === 0;
  }

  /** It has been at rest for a while, and not because the network is: nobody took a session over, or somebody has to mend a key. */
  get isStuck(): boolean {
    const isWaiting = this.isIdle || this.#status?.paused !== undefined;
    return isWaiting && this.#restMs > PATIENCE_MS;
  }

  /** Attempts have failed for long; an upload that merely takes long is none of them. */
  get isAway(): boolean {
    const isFailing = this.#status?.outage !== undefined || this.#status?.backoffMs !== undefined;
    return isFailing && this.#restMs > AWAY_MS;
  }

  /** The key that delivery waits for, in words. */
  get waitsFor(): string | undefined {
    return keyWanted(this.#status?.paused);
  }

  get #restMs(): number {
    return performance.now() - this.#movedAt;
  }
}
