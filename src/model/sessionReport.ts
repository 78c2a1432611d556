import type { StreamKind } from './asked.js';
import type { ChunkRef } from './chunkRef.js';
import type { Gap } from './gap.js';
import type { DataId, SessionId } from './identifiers.js';
import type { Outcome } from './outcome.js';
import type { Problem } from './problem.js';

/**
 * What became of a session: the fold of its records.
 *
 * It adds up, at every moment: `offered = delivered + kept + rejected + dropped + lost`, in frames (or points).
 */
export interface SessionReport {
  readonly session: SessionId;
  readonly kind: StreamKind;
  /** The platform's streams that hold the session: one, and a continuation when the platform closed the first. */
  readonly streams: readonly DataId[];
  readonly outcome: Outcome | 'running';
  /** The platform has been told that the stream is over. */
  readonly ended: boolean;
  /** Frames that reached the session, and those that a policy dropped on the way to it. */
  readonly offered: number;
  readonly delivered: number;
  /** Ours, not yet delivered. */
  readonly kept: number;
  /** Refused by the platform for good; named in `deadLetters`. */
  readonly rejected: number;
  /** Dropped by a named overflow policy; timed in `gaps`. */
  readonly dropped: number;
  /** Accepted, and gone before anything made them durable. */
  readonly lost: number;
  readonly deadLetters: readonly { readonly chunk: ChunkRef; readonly problem: Problem }[];
  readonly gaps: readonly Gap[];
  readonly linksRefused: readonly Problem[];
  /** Names of streams that may exist on the platform although their creation was never confirmed. */
  readonly orphans: readonly string[];
}
