import { describe, expect, it } from '@jest/globals';
import { emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { SessionRecord } from '../../src/model/sessionEvent.js';
import { SessionContents } from '../../src/spool/sessionContents.js';
import type { SpooledSession } from '../../src/spool/spoolSessions.js';
import { spoolState } from '../../src/spool/spoolState.js';

const id = 's' as SessionId;
const dataId = 'd' as DataId;
const chunk = { index: 0, revision: 0, items: 4 };
const problem = { tag: 'IngestError', message: 'too large' };
const asked = {
  type: 'asked',
  asked: { kind: 'rheed', options: { fps: 1, rotationsPerMin: 0, chunkSize: 4 } },
} as const;
const accepted = { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } } as const;
const created = { type: 'created', dataId } as const;
const closed = { type: 'closed', dataId, report: emptyReport(id, 'rheed') } as const;
const delivered = { type: 'delivered', chunk, to: dataId, as: 0 } as const;
const rejected = { type: 'rejected', chunk, problem } as const;
const unread = { file: 'journal.000000', offset: 9, bytes: new Uint8Array(4), reason: 'holds what is no record' };

const sessionOf = (records: readonly SessionRecord[], more: Partial<SpooledSession> = {}): SpooledSession => {
  const contents = new SessionContents(id);
  for (const record of records) contents.add(record, 0);
  return {
    id,
    contents,
    isRunning: false,
    isFuture: false,
    damage: [],
    setAside: [],
    leftovers: [],
    unreadable: [],
    next: { nextSeq: 0, nextSegment: 0 },
    ...more,
  } as SpooledSession;
};

describe('spoolState', () => {
  it.each<[string, string, SpooledSession]>([
    ['running', 'a process has it', sessionOf([asked, accepted], { isRunning: true })],
    ['running', 'a process is only just beginning', sessionOf([], { isRunning: true })],
    ['future', 'a later version wrote it', sessionOf([asked, accepted], { isFuture: true, isRunning: true })],
    ['waiting', 'chunks are undelivered', sessionOf([asked, accepted])],
    ['waiting', 'its stream has no end', sessionOf([asked, accepted, created, delivered])],
    ['waiting', 'its stream may stand there', sessionOf([asked, { type: 'intent', step: 'create' }])],
    ['waiting', 'something was refused, and its end is to come', sessionOf([asked, accepted, created, rejected])],
    [
      'waiting',
      'refused chunks are to be sent again',
      sessionOf([asked, accepted, created, rejected, closed, { type: 'retried', chunk }]),
    ],
    ['refused', 'all that is left was refused', sessionOf([asked, accepted, created, rejected, closed])],
    ['finished', 'all was delivered and ended', sessionOf([asked, accepted, created, delivered, closed])],
    [
      'damaged',
      'all was delivered but what damage left',
      sessionOf([asked, accepted, created, delivered, closed], { setAside: ['0.chunk'] }),
    ],
    [
      'damaged',
      'all was delivered as far as can be read',
      sessionOf([asked, accepted, created, delivered, closed], { damage: [unread] }),
    ],
    ['damaged', 'nothing was done as far as can be read', sessionOf([asked], { setAside: ['journal.000000.9'] })],
    ['empty', 'nothing was done', sessionOf([asked])],
    ['empty', 'it was not even asked', sessionOf([])],
    ['unreadable', 'what was asked is gone', sessionOf([accepted])],
    ['unreadable', 'nothing can be read', sessionOf([], { damage: [unread] })],
    ['unreadable', 'only a chunk is there that nothing is known of', sessionOf([], { unreadable: ['0.chunk'] })],
  ])('is %s when %s', (state, _, session) => {
    expect(spoolState(session)).toBe(state);
  });
});
