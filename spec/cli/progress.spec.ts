import { describe, expect, it } from '@jest/globals';
import { type Progress, progressText } from '../../src/cli/progress.js';

interface Counts {
  readonly frames?: number;
  readonly bytes?: number;
  readonly files?: number;
  readonly delivered?: number;
}

const at = ({
  frames = 0,
  bytes = 0,
  files = 100,
  delivered = 0,
  ...more
}: Partial<Progress> & Counts = {}): Progress => ({
  atMs: 0,
  feeds: [{ noun: 'frame', read: frames, bytes, total: files, delivered }],
  retries: 0,
  heldBytes: 0,
  budgetBytes: 1000,
  undelivered: 0,
  ...more,
});

const spool = { dir: '/spool', usedBytes: 1.25e9, roomBytes: 8.75e9, isFull: false };

describe('progressText', () => {
  it.each<[string, Progress, Progress, string]>([
    ['at the start', at(), at(), '0 of 100 frames, 0.0 MB/s, 0 delivered, 0 retries, budget 0 %'],
    [
      'on the way',
      at({ atMs: 5000, frames: 50, bytes: 60e6, delivered: 40, retries: 1, heldBytes: 251 }),
      at({ atMs: 1000, frames: 10, bytes: 10e6 }),
      '50 of 100 frames, 12.5 MB/s, 40 delivered, 1 retry, 5 s left, budget 25 %',
    ],
    [
      'in a stall',
      at({ atMs: 5000, frames: 50, bytes: 60e6, retries: 3, heldBytes: 500 }),
      at({ atMs: 1000, frames: 50, bytes: 60e6 }),
      '50 of 100 frames, 0.0 MB/s, 0 delivered, 3 retries, budget 50 %',
    ],
    [
      'for long',
      at({ atMs: 1000, frames: 1, files: 10_001 }),
      at({ files: 10_001 }),
      '1 of 10001 frames, 0.0 MB/s, 0 delivered, 0 retries, 2 h 46 min left, budget 0 %',
    ],
    [
      'for minutes',
      at({ atMs: 1000, frames: 1, files: 126 }),
      at({ files: 126 }),
      '1 of 126 frames, 0.0 MB/s, 0 delivered, 0 retries, 2 min 5 s left, budget 0 %',
    ],
    [
      'with more frames than files',
      at({ atMs: 1000, frames: 101 }),
      at(),
      '101 frames, 0.0 MB/s, 0 delivered, 0 retries, budget 0 %',
    ],
    [
      'without an answer',
      at({ undelivered: 1, spool: { ...spool, hoursLeft: 3.26 } }),
      at(),
      '0 of 100 frames, 0.0 MB/s, 0 delivered, 1 chunk waiting, 0 retries, spool 1.3 GB of 10.0 GB (full in 3 h 15 min), budget 0 %',
    ],
    [
      'with a disk for ages',
      at({ undelivered: 20, spool: { ...spool, hoursLeft: 721 } }),
      at(),
      '0 of 100 frames, 0.0 MB/s, 0 delivered, 20 chunks waiting, 0 retries, spool 1.3 GB of 10.0 GB, budget 0 %',
    ],
    [
      'with a disk that has not been asked',
      at({ spool: { ...spool, roomBytes: Number.POSITIVE_INFINITY } }),
      at(),
      '0 of 100 frames, 0.0 MB/s, 0 delivered, 0 retries, spool 1.3 GB, budget 0 %',
    ],
    [
      'when it was stopped',
      at({ atMs: 5000, frames: 50, bytes: 60e6, delivered: 40, isStopped: true }),
      at({ atMs: 1000, frames: 10, bytes: 10e6 }),
      '50 frames read, 12.5 MB/s, 40 delivered, 0 retries, budget 0 %',
    ],
    [
      'without a key',
      at({ frames: 5, waitsFor: 'a key that works' }),
      at({ frames: 5 }),
      'waiting for a key that works, 5 of 100 frames, 0.0 MB/s, 0 delivered, 0 retries, budget 0 %',
    ],
    [
      'with a full disk',
      at({ spool: { ...spool, roomBytes: 0, isFull: true, hoursLeft: 0 } }),
      at(),
      '0 of 100 frames, 0.0 MB/s, 0 delivered, 0 retries, spool full: 1.3 GB of 1.3 GB, budget 0 %',
    ],
  ])('says how far a run is %s', (_, now, before, text) => {
    expect(progressText(now, before)).toBe(text);
  });

  it('counts frames and points apart', () => {
    const points = (read: number, delivered: number) => ({ noun: 'point', read, delivered });
    const frames = { noun: 'frame', read: 5, bytes: 0, total: 9, delivered: 4 };
    const now = { ...at({ atMs: 2000 }), feeds: [frames, points(500, 300)] };
    const before = { ...at(), feeds: [{ ...frames, read: 1 }, points(0, 0)] };
    expect(progressText(now, before)).toBe(
      '5 of 9 frames, 0.0 MB/s, 4 delivered, 500 points, 300 delivered, 0 retries, 2 s left, budget 0 %',
    );
    expect(progressText({ ...now, isStopped: true, feeds: [points(1, 0)] }, before)).toBe(
      '1 point read, 0 delivered, 0 retries, budget 0 %',
    );
  });
});
