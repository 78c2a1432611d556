import type { ClockReading } from './clockReading.js';
import type { Problem } from './problem.js';
import type { SpoolStatus } from './spoolStatus.js';

/**
 * A platform's health at a glance: `platform.status$`.
 *
 * @example
 * ```ts
 * import { fromFrames, rheedSink } from 'epistream';
 * import { fakePlatform, frames } from 'epistream/testing';
 * import { firstValueFrom } from 'rxjs';
 *
 * const platform = fakePlatform();
 * await fromFrames(frames(4))
 *   .pipe(rheedSink(platform, { fps: 1, rotationsPerMin: 0, chunkSize: 2 }))
 *   .forEach(() => {});
 * const { sessions, delivered, undelivered } = await firstValueFrom(platform.status$);
 * console.log({ sessions, delivered, undelivered });
 * // → { sessions: 0, delivered: 2, undelivered: 0 }
 * ```
 */
export interface PlatformStatus {
  /** Sessions open or draining. */
  readonly sessions: number;
  /** Bytes charged to the platform's budget. */
  readonly heldBytes: number;
  /** Chunks accepted and not yet delivered, rejected or lost. */
  readonly undelivered: number;
  /** Chunks that the platform has taken since this process connected. */
  readonly delivered: number;
  /** Chunks that it has refused for good since then. */
  readonly rejected: number;
  /** Chunks that are gone since then: memory was their only home, or the disk damaged them. */
  readonly lost: number;
  /** Age of the oldest undelivered chunk, ms. */
  readonly oldestUnsentMs?: number;
  /** The longest wait that a session's retries are at, ms; absent once its attempts succeed. */
  readonly backoffMs?: number;
  /** What somebody has to mend: a key (401: every session waits) or a right (403: those sessions wait that lack it). */
  readonly paused?: Problem;
  /** The platform does not answer as it should: attempts go one at a time until one succeeds. */
  readonly outage?: Outage;
  /** The reading of the platform's clock that the last chunk was given. */
  readonly clock?: ClockReading;
  /** The disk that keeps what is undelivered; absent with `spool: false`. */
  readonly spool?: SpoolStatus;
}

/** A time without a working network or platform: the `outage` of a {@link PlatformStatus}. */
export interface Outage {
  /** Its first failure: host time, ms UTC. */
  readonly since: number;
  readonly problem: Problem;
}
