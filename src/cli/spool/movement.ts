import type { Platform } from '../../delivery/platform.js';
import type { PlatformStatus } from '../../model/platformStatus.js';

/** Without a step forward for so long, what could be taken over and is not never will be, and a refused key stays refused; ms. */
const PATIENCE_MS = 10_000;

/** Whether a platform gets on with what it has, from the moment it is watched. */
export class Movement {
  #status: PlatformStatus | undefined;
  #movedAt = performance.now();

  constructor(platform: Platform) {
    platform.status$.subscribe((status) => {
      this.#status = status;
    });
    platform.events$.subscribe(({ type }) => {
      if (type !== 'retrying' && type !== 'paused') this.#movedAt = performance.now();
    });
  }

  /** No session is being delivered. */
  get isIdle(): boolean {
    return this.#status?.sessions === 0;
  }

  /** It has been at rest for a while, and not because the network is: nobody took a session over, or somebody has to mend a key. */
  get isStuck(): boolean {
    const isWaiting = this.isIdle || this.#status?.paused !== undefined;
    return isWaiting && performance.now() - this.#movedAt > PATIENCE_MS;
  }
}
