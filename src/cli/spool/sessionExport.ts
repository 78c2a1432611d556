import type { SpooledBody } from '../../spool/spoolChunks.js';
import type { SpooledChunk } from '../../spool/spooledChunk.js';

/** Writes chunks of a session for other tools. */
export interface SessionExport {
  /** Frames or points written. */
  readonly items: number;
  /** Adds a chunk; rejects when it is not what it should be. */
  put(spooled: SpooledChunk, body: SpooledBody): Promise<void>;
  /** Told which chunks are written, writes what goes with all of them; what is to be said of it in the session's description. */
  finish(written: readonly SpooledChunk[]): Promise<object>;
}
