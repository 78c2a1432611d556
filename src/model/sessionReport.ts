import type { StreamKind } from './asked.js';
import type { Gap } from './gap.js';
import type { DataId, SessionId } from './identifiers.js';
import type { Problem } from './problem.js';
import type { ChunkRef, Outcome, SessionRecord } from './sessionEvent.js';

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

/** The report of a session about which nothing has been recorded yet. */
export const emptyReport = (session: SessionId, kind: StreamKind): SessionReport => ({
  session,
  kind,
  streams: [],
  outcome: 'running',
  ended: false,
  offered: 0,
  delivered: 0,
  kept: 0,
  rejected: 0,
  dropped: 0,
  lost: 0,
  deadLetters: [],
  gaps: [],
  linksRefused: [],
  orphans: [],
});

const settle = (report: SessionReport, items: number, as: 'delivered' | 'rejected' | 'lost'): SessionReport => ({
  ...report,
  kept: report.kept - items,
  [as]: report[as] + items,
});

/** One step of the fold. Frames change their column, and never leave the table. */
export const addToReport = (report: SessionReport, record: SessionRecord): SessionReport => {
  switch (record.type) {
    case 'accepted':
      return { ...report, offered: report.offered + record.chunk.items, kept: report.kept + record.chunk.items };
    case 'delivered':
      return settle(report, record.chunk.items, 'delivered');
    case 'rejected':
      return {
        ...settle(report, record.chunk.items, 'rejected'),
        deadLetters: [...report.deadLetters, { chunk: record.chunk, problem: record.problem }],
      };
    case 'lost':
      return settle(report, record.chunk.items, 'lost');
    case 'gap': {
      const dropped = record.gap.cause === 'policy' ? record.gap.frames : 0;
      return {
        ...report,
        offered: report.offered + dropped,
        dropped: report.dropped + dropped,
        gaps: [...report.gaps, record.gap],
      };
    }
    case 'opened':
      return { ...report, streams: [...report.streams, record.dataId] };
    case 'linkRefused':
      return { ...report, linksRefused: [...report.linksRefused, record.problem] };
    case 'orphaned':
      return { ...report, orphans: [...report.orphans, record.streamName] };
    case 'ending':
      return { ...report, outcome: record.outcome };
    case 'closed':
      return { ...report, ended: true };
    case 'asked':
    case 'durable':
    case 'intent':
    case 'gaveUp':
      return report;
  }
};

/** Whether every frame that reached the session is on the platform and the stream has its end. */
export const isComplete = (report: SessionReport): boolean =>
  report.ended && report.kept === 0 && report.rejected === 0 && report.lost === 0;
