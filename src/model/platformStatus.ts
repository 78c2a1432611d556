import type { ClockReading } from './clockReading.js';
import type { Problem } from './problem.js';
import type { SpoolStatus } from './spoolStatus.js';

/** A platform's health at a glance. */
export interface PlatformStatus {
  /** Sessions open or draining. */
  readonly sessions: number;
  /** Bytes charged to the platform's budget. */
  readonly heldBytes: number;
  /** Chunks accepted and not yet delivered, rejected or lost. */
  readonly undelivered: number;
  /** Age of the oldest of them, ms. */
  readonly oldestUnsentMs?: number;
  /** The wait before the next attempt, while one is being retried. */
  readonly backoffMs?: number;
  /** Why nothing is being sent. */
  readonly paused?: Problem;
  /** The last reading of the platform's clock. */
  readonly clock?: ClockReading;
  /** The disk that keeps what is undelivered; absent with `spool: false`. */
  readonly spool?: SpoolStatus;
}
