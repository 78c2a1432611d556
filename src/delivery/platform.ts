import type { Observable } from 'rxjs';
import type { Budget } from '../flow/budget.js';
import type { Clock } from '../flow/clock.js';
import type { RetryPolicy } from '../flow/retryPolicy.js';
import type { Ingest } from '../ingest/ingest.js';
import type { Journals, SessionJournal } from '../journal/sessionJournal.js';
import type { PublicPlatform } from '../model/publicPlatform.js';
import type { ShardEncoder } from '../zarr/shardEncoder.js';
import type { Log } from './logOf.js';

/** The parts that a platform is wired from. */
export interface Parts {
  readonly ingest: Ingest;
  readonly journals: Journals;
  readonly encoder: ShardEncoder;
  readonly clock: Clock;
  readonly budget: Budget;
  /** How long to wait between attempts; what is worth another one is delivery's to say. */
  readonly retry: Pick<RetryPolicy, 'baseMs' | 'capMs' | 'maxRetries' | 'random'>;
  /** Chunks of one session on their way at a time. */
  readonly inFlight: number;
  /** How long a session without a disk journal may try to open, ms. */
  readonly openTimeoutMs: number;
  /** Who is told of every session, and of the spool. */
  readonly log?: Log;
}

/** What is inside a platform, for the sinks. */
export interface Rooms extends Parts {
  readonly isClosing: boolean;
  /** Emits once when the platform is being closed, also if it is by now: sources have to stop. */
  readonly closing$: Observable<void>;
  /** Emits once when what is undelivered has to be given up. */
  readonly deadline$: Observable<void>;
  /** Emits whenever no session is open or draining, at once if so now. */
  readonly idle$: Observable<void>;
  /**
   * Starts the delivery of a journal; it outlives whoever asked for it. `stop` is called when delivery gives up: nothing more is to
   * be accepted then, and it completes when all that was is kept or lost.
   */
  deliver(journal: SessionJournal, stop: () => Observable<never>): void;
}

/** @internal */
export const rooms: unique symbol = Symbol('rooms');

/** An ingest platform that sinks deliver to. Made by `connect`, `local` and `fakePlatform`. */
export interface Platform extends PublicPlatform {
  /** @internal */
  readonly [rooms]: Rooms;
}
