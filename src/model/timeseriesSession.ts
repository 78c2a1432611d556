import type { Observable } from 'rxjs';
import type { TimeBase } from './frame.js';
import type { DataId, SessionId } from './identifiers.js';
import type { Outcome } from './outcome.js';
import type { SessionEvent } from './sessionEvent.js';
import type { SessionReport } from './sessionReport.js';

/** Points of one channel, as they are given. */
export interface Points {
  /** ms UTC, each after the one before. */
  readonly times: readonly number[];
  /** As many; NaN where there is none. */
  readonly values: readonly number[];
  readonly units?: string | undefined;
  /** Default `'host'`. */
  readonly timeBase?: TimeBase | undefined;
}

/** An open session of instrument channels, for people who want the parts: the streamer facade is made of it. */
export interface TimeseriesSession {
  readonly id: SessionId;
  /** The platform's id of the stream, once it is created and linked, also if it is by now; else a `SessionFailedError`. */
  readonly opened$: Observable<DataId>;
  /** The session's events from now on; completes after `closed` or `gaveUp`, never errors. */
  readonly events$: Observable<SessionEvent>;
  /** The index that the next chunk of a channel gets. */
  nextIndex(channel: string): number;
  /**
   * Takes 1 to `pointsPerChunk` points as the next chunk of a channel, as given. The Observable is that chunk's events and completes at
   * `delivered`, `rejected` or `lost`; nobody need subscribe. Throws an `InputError` for points it cannot take.
   */
  upload(channel: string, points: Points): Observable<SessionEvent>;
  /** Takes a chunk of several channels under one index, at least the next of each; channels without points are left out. */
  uploadMulti(index: number, channels: Readonly<Record<string, Points>>): Observable<SessionEvent>;
  /** Ends the session once everything is delivered. Hot and idempotent; the session's last events, or an error as the sink's. */
  end(outcome?: Outcome): Observable<SessionEvent>;
  /** What has become of the session so far. */
  report(): SessionReport;
}
