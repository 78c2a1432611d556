import type { StreamKind } from './asked.js';
import type { ChunkRef } from './chunkRef.js';
import type { SessionId } from './identifiers.js';
import type { SessionRecord } from './sessionEvent.js';
import type { SessionReport } from './sessionReport.js';

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

const isSame = (one: ChunkRef, other: ChunkRef): boolean => one.index === other.index && one.channel === other.channel;

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
    case 'retried':
      return {
        ...settle(report, -record.chunk.items, 'rejected'),
        deadLetters: report.deadLetters.filter(({ chunk }) => !isSame(chunk, record.chunk)),
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
    case 'created':
    case 'notCreated':
    case 'gaveUp':
      return report;
  }
};
