import type { Observable } from 'rxjs';
import type { Frame } from './frame.js';
import type { FrameChunk } from './frameChunk.js';
import type { DataId, SessionId } from './identifiers.js';
import type { Outcome } from './outcome.js';
import type { SessionEvent } from './sessionEvent.js';
import type { SessionReport } from './sessionReport.js';

/** An open RHEED session, for people who want the parts: `uploadChunk` and the streamer facade are made of it. */
export interface RheedSession {
  readonly id: SessionId;
  /** The platform's id of the stream, once it is created and linked, also if it is by now; else a `SessionFailedError`. */
  readonly opened$: Observable<DataId>;
  /** The session's events from now on; completes after `closed` or `gaveUp`, never errors. */
  readonly events$: Observable<SessionEvent>;
  /**
   * Copies and numbers the frames before it returns, as one chunk, as given. The Observable is that chunk's events and completes
   * at `delivered`, `rejected` or `lost`; nobody need subscribe. Throws an `InputError` for frames it cannot take.
   */
  upload(chunk: FrameChunk | readonly Frame<'gray8'>[]): Observable<SessionEvent>;
  /** Ends the session once everything is delivered. Hot and idempotent; the session's last events, or an error as the sink's. */
  end(outcome?: Outcome): Observable<SessionEvent>;
  /** What has become of the session so far. */
  report(): SessionReport;
}
