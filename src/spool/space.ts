import { type Subscription, timer } from 'rxjs';
import type { Disk } from '../files/disk.js';
import type { Clock } from '../flow/clock.js';
import type { SpoolStatus } from '../model/spoolStatus.js';
import { GrowthRate } from './growthRate.js';

/** What bounds a spool. */
export interface SpaceOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  /** The spool's directory. */
  readonly root: string;
  readonly maxBytes: number;
  readonly minFreeBytes: number;
}

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** How long a full spool waits before it looks again whether others have made room, ms. */
const LOOK_AGAIN_MS = 1000;

/** The room of a spool: whoever keeps a chunk takes of it first, in turn, and waits while there is none. */
export class Space {
  readonly #waiting: Waiting[] = [];
  readonly #rate: GrowthRate;
  #usedBytes = 0;
  /** Taken, and not written yet: the file system does not know of it. */
  #promisedBytes = 0;
  #freeBytes = Number.POSITIVE_INFINITY;
  /** The first in turn did not fit when it was looked at. */
  #isFull = false;
  #isLooking = false;
  #isAsked = false;
  #lookingAgain: Subscription | undefined;

  constructor(private readonly options: SpaceOptions) {
    this.#rate = new GrowthRate(options.clock);
    void this.#serve(); // nobody waits yet: it only looks what is free
  }

  /** What is on the disk already. */
  found(bytes: number): void {
    this.#usedBytes += bytes;
  }

  /** Resolves with `true` when there is room for so many bytes, which are then taken; with `false` when nobody waits any more. */
  take(bytes: number, left: AbortSignal): Promise<boolean> {
    return new Promise((settle) => {
      const end = (taken: boolean) => {
        left.removeEventListener('abort', leave);
        settle(taken);
      };
      const waiting: Waiting = { bytes, go: () => end(true) };
      const leave = () => {
        const place = this.#waiting.indexOf(waiting);
        if (place >= 0) this.#waiting.splice(place, 1);
        end(false);
      };
      this.#waiting.push(waiting);
      left.addEventListener('abort', leave);
      if (left.aborted) leave();
      else void this.#serve();
    });
  }

  /** Bytes that were taken are on the disk. */
  written(bytes: number): void {
    this.#promisedBytes -= bytes;
  }

  /** Bytes are no longer on the disk. */
  give(bytes: number): void {
    this.#usedBytes -= bytes;
    this.#rate.is(this.#usedBytes);
    void this.#serve();
  }

  status(): SpoolStatus {
    const roomBytes = this.#roomBytes;
    const growth = this.#rate.bytesAnHour;
    return {
      dir: this.options.root,
      usedBytes: this.#usedBytes,
      roomBytes,
      isFull: this.#isFull && this.#waiting.length > 0,
      ...(growth > 0 ? { hoursLeft: roomBytes / growth } : {}),
    };
  }

  /** Wakes nobody any more. */
  close(): void {
    this.#lookingAgain?.unsubscribe();
  }

  get #roomBytes(): number {
    const { maxBytes, minFreeBytes } = this.options;
    return Math.max(0, Math.min(maxBytes - this.#usedBytes, this.#freeBytes - this.#promisedBytes - minFreeBytes));
  }

  /** One look at the disk serves all who wait by then; who asks in the meantime has one more. */
  async #serve(): Promise<void> {
    this.#isAsked = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      // A disk that does not say what is free is written until it refuses.
      this.#freeBytes = await this.options.disk.freeBytes(this.options.root).catch(() => Number.POSITIVE_INFINITY);
      this.#letIn();
    }
    this.#isLooking = false;
  }

  #letIn(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      // An empty spool takes a chunk that is larger than `maxBytes`, as an empty budget does.
      if (first.bytes > this.#roomBytes && !(this.#usedBytes === 0 && this.#freeRoom >= first.bytes)) break;
      this.#waiting.shift();
      this.#usedBytes += first.bytes;
      this.#promisedBytes += first.bytes;
      this.#rate.is(this.#usedBytes);
      first.go();
    }
    this.#isFull = this.#waiting.length > 0;
    this.#lookAgain();
  }

  get #freeRoom(): number {
    return this.#freeBytes - this.#promisedBytes - this.options.minFreeBytes;
  }

  #lookAgain(): void {
    if (this.#waiting.length === 0 || this.#lookingAgain?.closed === false) return;
    this.#lookingAgain = timer(LOOK_AGAIN_MS, this.options.clock.scheduler).subscribe(() => void this.#serve());
  }
}
