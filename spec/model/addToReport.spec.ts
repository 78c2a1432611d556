import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { sessionRecords } from './sessionRecords.js';

const empty = emptyReport('session' as SessionId, 'rheed');
const fold = (...records: readonly SessionRecord[]): SessionReport => records.reduce(addToReport, empty);

const problem = { tag: 'IngestError', message: 'send: answered 422', status: 422 };
const to = 'stream-1' as DataId;
const chunk = (index: number, items: number) => ({ index, revision: 0, items });
const accepted = (index: number, items: number): SessionRecord => ({
  type: 'accepted',
  chunk: chunk(index, items),
  time: { startMs: 0, timeBase: 'host' },
});
const gap = (cause: 'policy' | 'time', frames: number) => ({ frames, fromMs: 1, toMs: 2, cause });

describe('a session report', () => {
  it('adds up at every moment of every session', () => {
    fc.assert(
      fc.property(sessionRecords, (records) => {
        let report = empty;
        for (const record of records) {
          report = addToReport(report, record);
          const { offered, delivered, kept, rejected, dropped, lost } = report;
          expect(delivered + kept + rejected + dropped + lost).toBe(offered);
          expect(Math.min(delivered, kept, rejected, dropped, lost)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('holds nothing after a session has come to its end', () => {
    const ends = sessionRecords.filter((records) => ['closed', 'gaveUp'].includes(records.at(-1)?.type ?? ''));
    fc.assert(
      fc.property(ends, (records) => {
        expect(fold(...records)).toMatchObject({ kept: 0, ended: records.at(-1)?.type === 'closed' });
      }),
    );
  });

  it('says in the last record what the fold of all of them says', () => {
    fc.assert(
      fc.property(sessionRecords, (records) => {
        const last = records.at(-1);
        if (last?.type === 'closed' || last?.type === 'gaveUp') expect(last.report).toEqual(fold(...records));
      }),
    );
  });

  it('moves the frames of a chunk from kept to their fate', () => {
    const before = [accepted(0, 5), accepted(1, 7), accepted(2, 11)] as const;
    expect(fold(...before)).toMatchObject({ offered: 23, kept: 23 });
    expect(
      fold(
        ...before,
        { type: 'delivered', chunk: chunk(1, 7), to, as: 1 },
        { type: 'rejected', chunk: chunk(0, 5), problem },
        { type: 'lost', chunk: chunk(2, 11), problem },
      ),
    ).toMatchObject({ offered: 23, delivered: 7, rejected: 5, lost: 11, kept: 0 });
  });

  it('names what was rejected, refused and left behind', () => {
    const report = fold(
      { type: 'orphaned', streamName: 'Growth run 42', problem },
      { type: 'opened', dataId: to },
      { type: 'linkRefused', problem },
      accepted(0, 5),
      { type: 'rejected', chunk: chunk(0, 5), problem },
      { type: 'opened', dataId: 'stream-2' as DataId, continues: to },
    );
    expect(report).toMatchObject({
      orphans: ['Growth run 42'],
      streams: ['stream-1', 'stream-2'],
      linksRefused: [problem],
      deadLetters: [{ chunk: chunk(0, 5), problem }],
    });
  });

  it('counts what a policy dropped as offered, and a hole in the times not at all', () => {
    const report = fold({ type: 'gap', gap: gap('policy', 7) }, { type: 'gap', gap: gap('time', 3) });
    expect(report).toMatchObject({ offered: 7, dropped: 7, gaps: [gap('policy', 7), gap('time', 3)] });
  });

  it('leaves the report it started from as it was', () => {
    const before = structuredClone(empty);
    fold(accepted(0, 5), { type: 'gap', gap: gap('policy', 7) }, { type: 'opened', dataId: to });
    expect(empty).toEqual(before);
  });

  it('runs until an outcome is recorded, and has ended when the platform knows', () => {
    expect(fold(accepted(0, 1))).toMatchObject({ outcome: 'running', ended: false });
    const ending = { type: 'ending', outcome: 'cancelled' } as const;
    expect(fold(ending)).toMatchObject({ outcome: 'cancelled', ended: false });
    expect(fold(ending, { type: 'closed', dataId: to, report: empty })).toMatchObject({ ended: true });
    expect(fold(ending, { type: 'gaveUp', phase: 'end', problem, report: empty })).toMatchObject({ ended: false });
  });
});
