import type { Asked } from './asked.js';
import type { ChunkRef, ChunkTime } from './chunkRef.js';
import type { FrameInfo } from './frame.js';
import type { Gap } from './gap.js';
import type { DataId, SessionId } from './identifiers.js';
import type { Outcome } from './outcome.js';
import type { Problem } from './problem.js';
import type { SessionReport } from './sessionReport.js';
/** What a session has promised or learned: a line of its journal. */
export type SessionRecord =
  /** The session exists, and this is what was asked of it. */
  | { readonly type: 'asked'; readonly asked: Asked }
  /** A chunk has an index and is ours. */
  | {
      readonly type: 'accepted';
      readonly chunk: ChunkRef;
      readonly time: ChunkTime;
      readonly frames?: readonly FrameInfo[];
    }
  /** A chunk survives a power cut (never from the in-memory journal). */
  | { readonly type: 'durable'; readonly chunk: ChunkRef; readonly bytes: number }
  /** The platform is about to be asked to create a stream, or to end it; a lost reply to the first would leave an orphan. */
  | { readonly type: 'intent'; readonly step: 'create' | 'end' }
  /** The platform has created a stream (for a continuation, from chunk `firstIndex` on); its links are still to come. */
  | { readonly type: 'created'; readonly dataId: DataId; readonly firstIndex?: number }
  /** The platform was not reached, or said no: nothing came of the last intent to create. */
  | { readonly type: 'notCreated' }
  /** The reply to a create was lost, or the opening given up: a stream of this name may stand there beside the session's own. */
  | { readonly type: 'orphaned'; readonly streamName: string; readonly problem: Problem }
  /** The platform has created and linked the stream (or the continuation of a stream it closed, from chunk `firstIndex` on). */
  | { readonly type: 'opened'; readonly dataId: DataId; readonly continues?: DataId; readonly firstIndex?: number }
  /** A sample, project or tag could not be linked; the stream goes on without it. */
  | { readonly type: 'linkRefused'; readonly problem: Problem }
  /** The platform has a chunk, as chunk `as` of stream `to`. */
  | { readonly type: 'delivered'; readonly chunk: ChunkRef; readonly to: DataId; readonly as: number }
  /** The platform refused a chunk for good: a dead letter. */
  | { readonly type: 'rejected'; readonly chunk: ChunkRef; readonly problem: Problem }
  /** A dead letter is to be sent again: somebody asked for it. */
  | { readonly type: 'retried'; readonly chunk: ChunkRef }
  /** A chunk is gone: memory was its only home and the session is over, or its bytes were damaged on the disk. */
  | { readonly type: 'lost'; readonly chunk: ChunkRef; readonly problem: Problem }
  /** Frames are missing from the stream. */
  | { readonly type: 'gap'; readonly gap: Gap }
  /** Nothing more will be accepted. */
  | { readonly type: 'ending'; readonly outcome: Outcome; readonly problem?: Problem }
  /** The platform has been told that the stream is over. */
  | { readonly type: 'closed'; readonly dataId: DataId; readonly report: SessionReport }
  /** Delivery stopped before the end was reached. */
  | {
      readonly type: 'gaveUp';
      readonly phase: 'open' | 'deliver' | 'end';
      readonly problem: Problem;
      readonly report: SessionReport;
    };

/** What is worth telling and not worth keeping. */
export type SessionNotice =
  /** A step failed and will be tried again. */
  | { readonly type: 'retrying'; readonly step: string; readonly inMs: number; readonly problem: Problem }
  /** Delivery waits for somebody: a key is refused (401, all sessions) or forbidden (403, this session). */
  | { readonly type: 'paused'; readonly problem: Problem }
  | { readonly type: 'resumed' }
  /** A session of an earlier process has been taken over, with so many chunks to deliver. */
  | { readonly type: 'recovered'; readonly undelivered: number }
  /** Part of the session's directory could not be read: it is set aside there, and named. */
  | { readonly type: 'damaged'; readonly problem: Problem }
  /**
   * Chunk `index` begins before the last frame of the one before it, told where that begins: frames come faster than `fps`, or a
   * clock was set back. Capture times are kept as they are; arrival times count on.
   */
  | { readonly type: 'overlap'; readonly index: number; readonly byMs: number };

/** A record or a notice, with whose it is and when (host time, ms UTC). */
export type SessionEvent = (SessionRecord | SessionNotice) & { readonly session: SessionId; readonly at: number };
