import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Frame } from '../../src/model/frame.js';
import type { Gap } from '../../src/model/gap.js';
import { CaptureTimes } from '../../src/sinks/captureTimes.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

type Times = Partial<Pick<Frame, 'capturedAt' | 'arrivedAt' | 'timeBase' | 'gapBefore'>>;

const fps = 10;
const gap = (frames: number): Gap => ({ frames, fromMs: 0, toMs: 0, cause: 'policy' });

/** The times of frames that arrive one after another, 7 ms apart from 5000 on. */
const timesOf = (frames: readonly Times[], startMs?: number) => {
  const times = new CaptureTimes({ fps, ...(startMs === undefined ? {} : { startMs }) });
  return frames.map((frame, i) => {
    const { ms, timeBase } = times.of(grayFrame(frame), 5000 + 7 * i);
    return `${ms} ${timeBase}`;
  });
};

const holesOf = (...capturedAt: readonly (number | undefined)[]) => {
  const times = new CaptureTimes({ fps });
  return capturedAt.map((ms) => times.holeBefore(grayFrame(ms === undefined ? {} : { capturedAt: ms })));
};

describe('the time of a frame', () => {
  it('is its own', () => {
    expect(timesOf([{ capturedAt: 1234 }, { capturedAt: 1, timeBase: 'recorded' }])).toEqual([
      '1234 host',
      '1 recorded',
    ]);
  });

  it('is when it reached this computer, without one of its own', () => {
    expect(timesOf([{ arrivedAt: 1234 }, { arrivedAt: 99, capturedAt: 1 }])).toEqual(['1234 host', '1 host']);
  });

  it('counts on from the first arrival at the frame rate, whatever the later arrivals', () => {
    expect(timesOf([{}, {}, {}])).toEqual(['5000 host', '5100 host', '5200 host']);
  });

  it('counts back to frame 0 when the first frame without a time is a later one', () => {
    expect(timesOf([{ capturedAt: 1 }, { capturedAt: 2 }, {}, {}])).toEqual([
      '1 host',
      '2 host',
      '5014 host',
      '5114 host',
    ]);
  });

  it('counts on from startMs, and is then a recorded one', () => {
    expect(timesOf([{}, {}], 1000)).toEqual(['1000 recorded', '1100 recorded']);
  });

  it('counts on from startMs although the arrival is known, but not over a time of its own', () => {
    expect(timesOf([{ arrivedAt: 7 }, { capturedAt: 8 }, {}], 1000)).toEqual([
      '1000 recorded',
      '8 host',
      '1200 recorded',
    ]);
  });

  it('counts on from a startMs of 0', () => {
    expect(timesOf([{}, {}], 0)).toEqual(['0 recorded', '100 recorded']);
  });

  it('counts what a policy dropped before it', () => {
    expect(timesOf([{}, { gapBefore: gap(3) }, {}], 0)).toEqual(['0 recorded', '400 recorded', '500 recorded']);
  });

  it('does not drift, at any rate and however long', () => {
    const rate = fc.double({ min: 0.1, max: 500, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 3000 }), (fps, count) => {
        const times = new CaptureTimes({ fps, startMs: 0 });
        const frame = grayFrame();
        let last = 0;
        for (let i = 0; i < count; i++) last = times.of(frame, 0).ms;
        expect(last).toBeCloseTo(((count - 1) * 1000) / fps, 6);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the hole before a frame', () => {
  it('is one of more than one and a half periods', () => {
    expect(holesOf(0, 100, 250, 400.1)).toEqual([
      undefined,
      undefined,
      undefined,
      { frames: 1, fromMs: 250, toMs: 400.1, cause: 'time' },
    ]);
  });

  it('is counted in whole frames', () => {
    expect(holesOf(0, 1000)[1]).toEqual({ frames: 9, fromMs: 0, toMs: 1000, cause: 'time' });
    expect(holesOf(0, 249)[1]?.frames).toBe(1);
    expect(holesOf(0, 251)[1]?.frames).toBe(2);
  });

  it('is none where the clock steps back, nor after that', () => {
    expect(holesOf(1000, 0, 100)).toEqual([undefined, undefined, undefined]);
  });

  it('is not known beside a frame without a capture time', () => {
    expect(holesOf(0, undefined, 9000, 9100)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is not seen in arrival times', () => {
    const times = new CaptureTimes({ fps });
    expect(times.holeBefore(grayFrame({ arrivedAt: 0 }))).toBeUndefined();
    expect(times.holeBefore(grayFrame({ arrivedAt: 9000 }))).toBeUndefined();
  });

  it('is what a policy says it dropped, whatever the times', () => {
    const times = new CaptureTimes({ fps });
    times.holeBefore(grayFrame({ capturedAt: 0 }));
    expect(times.holeBefore(grayFrame({ capturedAt: 900, gapBefore: gap(3) }))).toEqual(gap(3));
    expect(times.holeBefore(grayFrame({ capturedAt: 1000 }))).toBeUndefined();
  });

  it('is never seen in the times of a camera that jitters by less than a quarter of a period', () => {
    const jitter = fc.array(fc.double({ min: -24.9, max: 24.9, noNaN: true }), { maxLength: 100 });
    fc.assert(
      fc.property(jitter, (offsets) => {
        expect(holesOf(...offsets.map((offset, i) => i * 100 + offset))).toEqual(offsets.map(() => undefined));
      }),
    );
  });
});
