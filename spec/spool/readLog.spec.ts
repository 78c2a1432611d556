import { describe, expect, it } from '@jest/globals';
import { foldLog, readLog } from '../../src/spool/readLog.js';
import { encodePayload, encodeRecord } from '../../src/spool/recordCodec.js';
import { recordFrame } from '../../src/spool/recordFrame.js';
import { segmentHeader } from '../../src/spool/recordSegment.js';
import { WatchedDisk } from './watchedDisk.js';

const record = (seq: number, at = seq): Uint8Array =>
  recordFrame(encodeRecord({ seq, at, said: { type: 'intent', step: 'end' } }));
const segment = (...seqs: number[]): Uint8Array => Buffer.concat([segmentHeader(), ...seqs.map((seq) => record(seq))]);

const read = async (disk: WatchedDisk) => {
  const { records, damage, ...rest } = await readLog(disk, '/s');
  const named = damage.map(({ file, offset, bytes, reason }) => `${file}@${offset}+${bytes.length} ${reason}`);
  return { seqs: records.map(({ seq }) => seq), damage: named, ...rest };
};
const whole = { damage: [], tornBytes: 0, version: 'known', unknown: 0 };

describe('readLog', () => {
  it('reads the segments in the order of their numbers', async () => {
    const disk = new WatchedDisk({
      'journal.1000000': segment(5),
      'journal.000010': segment(3, 4),
      'journal.000000': segment(0, 1),
      'journal.000002': segment(2),
    });
    expect(await read(disk)).toEqual({ ...whole, seqs: [0, 1, 2, 3, 4, 5], nextSeq: 6, nextSegment: 1_000_001 });
  });

  it('holds no more of a long log than the segments that may still overlap', async () => {
    const disk = new WatchedDisk({
      'journal.000000': segment(0, 1, 2),
      'journal.000001': segment(2, 3),
      'journal.000002': segment(4),
      'journal.000003': segment(5),
    });
    const told: number[] = [];
    const toldBefore: number[][] = [];
    const watched = {
      ...disk,
      list: (path: string) => disk.list(path),
      read: (path: string) => {
        toldBefore.push([...told]);
        return disk.read(path);
      },
    };
    await foldLog(watched as unknown as WatchedDisk, '/s', ({ seq }) => told.push(seq));
    expect(toldBefore).toEqual([[], [], [0, 1], [0, 1, 2, 3]]);
    expect(told).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('finds nothing in a session that has recorded nothing', async () => {
    expect(await read(new WatchedDisk({ asked: segment(0) }))).toEqual({
      ...whole,
      seqs: [],
      nextSeq: 0,
      nextSegment: 0,
    });
  });

  it('reads a record once that stands in two segments, as it stands in the first', async () => {
    const again = Buffer.concat([segmentHeader(), record(1, 77), record(2, 77), record(3)]);
    const disk = new WatchedDisk({ 'journal.000001': again, 'journal.000000': segment(0, 1, 2) });
    const { records } = await readLog(disk, '/s');
    expect(records.map(({ seq, at }) => [seq, at])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('reads copies of a segment, and what stands in the wrong one, once and in order', async () => {
    const disk = new WatchedDisk({
      'journal.000000': segment(2, 3),
      'journal.000001': segment(0, 1),
      'journal.000007': segment(2, 3),
    });
    expect(await read(disk)).toEqual({ ...whole, seqs: [0, 1, 2, 3], nextSeq: 4, nextSegment: 8 });
  });

  it('looks at nothing that is no segment', async () => {
    const disk = new WatchedDisk({
      'journal.000000': segment(0),
      'journal.000001.bak': segment(1),
      'journal.000001 (copy)': segment(2),
      '.DS_Store': segment(3),
      reserve: new Uint8Array(9),
      'journal.000009/x': segment(4), // a directory that has the name of one
    });
    disk.plant('/s/journal.000004', 'other');
    expect(await read(disk)).toEqual({ ...whole, seqs: [0], nextSeq: 1, nextSegment: 10 });
  });

  it('adds up what every segment was cut off at', async () => {
    const disk = new WatchedDisk({
      'journal.000000': segment(0, 1).subarray(0, -3),
      'journal.000001': Buffer.concat([segment(1), Uint8Array.of(1, 2)]),
      'journal.000002': new Uint8Array(0),
    });
    const tornBytes = record(1).length - 3 + 2;
    expect(await read(disk)).toEqual({ ...whole, seqs: [0, 1], tornBytes, nextSeq: 2, nextSegment: 3 });
  });

  it('names damage by file and place', async () => {
    const bytes = Buffer.concat([segment(0), new Uint8Array(4096), record(5)]);
    const at = segment(0).length;
    expect(await read(new WatchedDisk({ 'journal.000003': bytes }))).toEqual({
      ...whole,
      seqs: [0, 5],
      damage: [`journal.000003@${at}+4096 are no record`],
      nextSeq: 6,
      nextSegment: 4,
    });
  });

  it('names a segment that the system does not read, and keeps clear of the numbers it may hold', async () => {
    const disk = new WatchedDisk({
      'journal.000000': segment(0),
      'journal.000001': segment(1),
      'journal.000002': segment(2),
    });
    disk.fails = (kind, _, name) => (kind === 'read' && name.endsWith('1') ? 'EIO' : undefined);
    const log = await read(disk);
    expect(log).toMatchObject({ seqs: [0, 2], damage: ['journal.000001@0+0 cannot be read (EIO)'], nextSegment: 3 });
    expect(log.nextSeq).toBeGreaterThan(10_000_000);
  });

  it('leaves a log to the version that wrote it, if only a part of it', async () => {
    const later = Buffer.concat([segmentHeader(2), new Uint8Array(100)]);
    const log = await read(new WatchedDisk({ 'journal.000000': segment(0), 'journal.000001': later }));
    expect(log).toEqual({ ...whole, seqs: [0], version: 'future', nextSeq: 1, nextSegment: 2 });
  });

  it('counts what only a later version understands, and goes on behind its numbers', async () => {
    const bytes = Buffer.concat([segment(0), recordFrame(encodePayload([8, 0, { type: 'rotated' }]))]);
    expect(await read(new WatchedDisk({ 'journal.000000': bytes }))).toEqual({
      ...whole,
      seqs: [0],
      unknown: 1,
      nextSeq: 9,
      nextSegment: 1,
    });
  });

  it('fails when there is no such directory', async () => {
    await expect(readLog(new WatchedDisk(), '/t')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
