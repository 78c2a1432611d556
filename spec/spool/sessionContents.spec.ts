import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToReport, emptyReport } from '../../src/model/addToReport.js';
import type { DataId, SessionId } from '../../src/model/identifiers.js';
import type { LogEntry } from '../../src/spool/recordShapes.js';
import { SessionContents } from '../../src/spool/sessionContents.js';
import { accepted, chunk, delivered, lost, problem } from '../journal/sessionJournalContract.js';
import { sessionRecords } from '../model/sessionRecords.js';

const id = 'session' as SessionId;
const to = 'stream-1' as DataId;
const durable = (index: number): LogEntry => ({
  type: 'durable',
  chunk: chunk(index),
  bytes: 10,
  file: `${index}.chunk`,
  crc: 1,
});
const rejected = (index: number): LogEntry => ({ type: 'rejected', chunk: chunk(index), problem });
const contentsOf = (...records: readonly LogEntry[]): SessionContents => {
  const contents = new SessionContents(id);
  for (const [at, record] of records.entries()) contents.add(record, at);
  return contents;
};
const indices = (chunks: SessionContents['undelivered']) => [...chunks.values()].map(({ chunk: { index } }) => index);

describe('the contents of a session', () => {
  it('report the fold of its records', () => {
    fc.assert(
      fc.property(sessionRecords, (records) => {
        expect(contentsOf(...records).report).toEqual(records.reduce(addToReport, emptyReport(id, 'rheed')));
      }),
      { numRuns: 100 },
    );
  });

  it('tell what is undelivered, where its bytes are, and when it was accepted', () => {
    const { undelivered, isDurable } = contentsOf(accepted(0), accepted(1), durable(1), accepted(2), delivered(0));
    expect([...undelivered.values()]).toEqual([
      { chunk: chunk(1), time: { startMs: 1000, timeBase: 'host' }, acceptedAt: 1, bytes: 10, file: '1.chunk' },
      { chunk: chunk(2), time: { startMs: 2000, timeBase: 'host' }, acceptedAt: 3, bytes: 0 },
    ]);
    expect(isDurable).toBe(true);
  });

  it('add up whichever of their records are damaged, in whatever order, however often', () => {
    const records: LogEntry[] = [0, 1, 2].flatMap((index) => [accepted(index), durable(index)]);
    records.push(delivered(0), rejected(1), lost(2), { type: 'retried', chunk: chunk(1) }, delivered(1));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...records), { maxLength: 20 }), (some) => {
        const { report, undelivered, deadLetters } = contentsOf(...some);
        const { offered, delivered, kept, rejected, dropped, lost } = report;
        expect(offered).toBe(delivered + kept + rejected + dropped + lost);
        expect([kept, rejected]).toEqual([2 * undelivered.size, 2 * deadLetters.size]);
        expect(report.deadLetters).toHaveLength(deadLetters.size);
      }),
    );
  });

  it('need nothing of frames that are delivered, although they are the last: nothing is added to a chunk of frames', () => {
    const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2 };
    const asked: LogEntry = { type: 'asked', asked: { kind: 'rheed', options } };
    const contents = contentsOf(asked, accepted(0), durable(0), delivered(0));
    expect([contents.chunk(chunk(0)), contents.bytes]).toEqual([undefined, 0]);
  });

  it('move a dead letter back when somebody has it sent again', () => {
    const dead = contentsOf(accepted(0), durable(0), rejected(0));
    expect([indices(dead.undelivered), indices(dead.deadLetters)]).toEqual([[], [0]]);
    expect([...dead.deadLetters.values()][0]).toMatchObject({ problem, file: '0.chunk' });
    dead.add({ type: 'retried', chunk: chunk(0) }, 9);
    expect([indices(dead.undelivered), indices(dead.deadLetters)]).toEqual([[0], []]);
    expect([...dead.undelivered.values()][0]).not.toHaveProperty('problem');
  });

  it('adopt the file of a dead letter, too, when damage has taken the record of it', () => {
    const contents = contentsOf(accepted(0), rejected(0));
    const time = { startMs: 5, timeBase: 'host' } as const;
    expect(contents.adopt(chunk(0), time, '0.chunk', 7, 9)).toBe(true);
    expect([...contents.deadLetters.values()]).toMatchObject([{ file: '0.chunk', bytes: 7, problem }]);
    expect([contents.undelivered.size, contents.report.rejected, contents.report.kept]).toEqual([0, 2, 0]);
  });

  it('look at no dead letter again for the sake of another: an outage of days may leave thousands', () => {
    let looks = 0;
    const refs = Array.from({ length: 300 }, (_, at) => ({
      get index() {
        looks++;
        return at;
      },
      revision: 0,
      items: 2,
    }));
    const contents = contentsOf(
      ...refs.map((one): LogEntry => ({ type: 'rejected', chunk: one, problem })),
      ...refs.map((one): LogEntry => ({ type: 'retried', chunk: one })),
    );
    expect(looks).toBeLessThan(20 * refs.length);
    expect(contents.report).toMatchObject({ rejected: 0, kept: 600, deadLetters: [] });
  });

  it('adopt the file of a chunk that is in need of one, and of no other', () => {
    const contents = contentsOf(accepted(0), accepted(1), durable(1), accepted(2), delivered(2));
    const time = { startMs: 5, timeBase: 'host' } as const;
    expect([0, 1, 2, 3].map((index) => contents.adopt(chunk(index), time, `${index}x.chunk`, 7, 9))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([...contents.undelivered.values()].map(({ file }) => file)).toEqual(['0x.chunk', '1.chunk', '3x.chunk']);
    expect(contents.report.offered).toBe(8);
    expect(contents.bytes).toBe(24);
  });

  it.each<[string, readonly LogEntry[], object | undefined]>([
    ['nothing yet', [{ type: 'intent', step: 'create' }], undefined],
    ['a stream without links', [{ type: 'created', dataId: to }], { isOpened: false, isEndAsked: false }],
    ['an open stream', [{ type: 'opened', dataId: to }], { isOpened: true, isEndAsked: false, isEnded: false }],
    [
      'a stream that is being ended',
      [
        { type: 'opened', dataId: to },
        { type: 'intent', step: 'end' },
      ],
      { isEndAsked: true, isEnded: false },
    ],
    [
      'a continuation',
      [
        { type: 'opened', dataId: to },
        { type: 'opened', dataId: 'stream-2' as DataId, continues: to, firstIndex: 4 },
      ],
      { dataId: 'stream-2', firstIndex: 4, isEnded: false },
    ],
    [
      'a stream that is over',
      [
        { type: 'opened', dataId: to },
        { type: 'closed', dataId: to, report: emptyReport(id, 'rheed') },
      ],
      { isEnded: true },
    ],
  ])('know of the platform: %s', (_, records, stream) => {
    const found = contentsOf(...records).stream;
    if (stream === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(stream);
  });

  it.each<[boolean, readonly LogEntry[]]>([
    [true, [{ type: 'intent', step: 'create' }]],
    [false, [{ type: 'intent', step: 'create' }, { type: 'notCreated' }]],
    [
      false,
      [
        { type: 'intent', step: 'create' },
        { type: 'orphaned', streamName: 'run', problem },
      ],
    ],
    [
      false,
      [
        { type: 'intent', step: 'create' },
        { type: 'created', dataId: to },
      ],
    ],
    [true, [{ type: 'intent', step: 'create' }, { type: 'notCreated' }, { type: 'intent', step: 'create' }]],
  ])('say %s to whether a stream may stand there unknown', (mayBe, records) => {
    expect(contentsOf(...records).mayBeOrphaned).toBe(mayBe);
  });
});
