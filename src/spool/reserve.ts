import { randomFillSync } from 'node:crypto';
import type { Disk } from '../files/disk.js';
import type { Clock } from '../flow/clock.js';

const RESERVE_BYTES = 64 * 1024;
/** A full disk is not asked at every record whether it still is. */
const ASK_AGAIN_MS = 5000;

/** Room that a session holds back and gives up when the disk is full, so that deliveries can be recorded and their files removed. */
export class Reserve {
  /** A file of an earlier process may be there. */
  #mayBeThere = true;
  #asked = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly disk: Disk,
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** Resolves with whether there is one now. */
  async take(): Promise<boolean> {
    this.#asked = this.clock.scheduler.now();
    try {
      await this.#create();
      this.#mayBeThere = true;
    } catch (error) {
      this.#mayBeThere = (error as { code?: string }).code === 'EEXIST';
    }
    return this.#mayBeThere;
  }

  /** Takes it again, some time after it was given up. */
  async takeAgain(): Promise<void> {
    if (!this.#mayBeThere && this.clock.scheduler.now() - this.#asked >= ASK_AGAIN_MS) await this.take();
  }

  /** Resolves with whether that may have made room. */
  async give(): Promise<boolean> {
    if (!this.#mayBeThere) return false;
    this.#asked = this.clock.scheduler.now();
    this.#mayBeThere = false;
    return this.disk.remove(this.path).then(
      () => true,
      () => false,
    );
  }

  async #create(): Promise<void> {
    const file = await this.disk.create(this.path);
    try {
      // Noise: a file system that compresses keeps no room for zeros.
      await file.write([randomFillSync(new Uint8Array(RESERVE_BYTES))]);
      await file.sync();
      await file.close();
    } catch (error) {
      await file.close().catch(() => {}); // the first error is told
      await this.disk.remove(this.path);
      throw error;
    }
  }
}
