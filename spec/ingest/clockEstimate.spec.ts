import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addSample,
  type ClockEstimate,
  type ClockSample,
  clockSample,
  isSettled,
  offsetAt,
  readingOf,
} from '../../src/ingest/clockEstimate.js';

const moment = (wallMs: number, monotonicMs = wallMs) => ({ wallMs, monotonicMs });
const reply = (receivedAtUnixMs: number, transmittedAtUnixMs = receivedAtUnixMs) => ({
  receivedAtUnixMs,
  transmittedAtUnixMs,
});

describe('clockSample', () => {
  it.each([
    ['equal ways', moment(100), reply(1_110, 1_115), moment(125), { offsetMs: 1_000, delayMs: 20 }],
    ['no delay at all', moment(100), reply(100), moment(100), { offsetMs: 0, delayMs: 0 }],
    ['a way out only', moment(100), reply(120), moment(120), { offsetMs: 10, delayMs: 20 }],
    ['a host in the future', moment(5_000), reply(10), moment(5_020), { offsetMs: -5_000, delayMs: 20 }],
    [
      'a monotonic clock of another origin',
      moment(100, 7),
      reply(1_110),
      moment(120, 27),
      { offsetMs: 1_000, delayMs: 20 },
    ],
    [
      'a wait measured more finely than the wall tells',
      moment(100, 7.25),
      reply(110),
      moment(120, 26.25),
      { offsetMs: 0.5, delayMs: 19 },
    ],
  ])('works out %s', (_, sent, time, back, sample) => {
    expect(clockSample(sent, time, back)).toEqual({ ...sample, atMs: back.monotonicMs });
  });

  it.each([
    ['the platform took longer than the whole wait', moment(100), reply(0, 30), moment(120)],
    ['the platform answered before it was asked', moment(100), reply(10, 5), moment(120)],
    ['the wall clock was set back meanwhile', moment(100, 100), reply(100), moment(50, 120)],
    ['the wall clock was set forward meanwhile', moment(100, 100), reply(100), moment(3_720, 120)],
  ])('discards a sample when %s', (_, sent, time, back) => {
    expect(clockSample(sent, time, back)).toBeUndefined();
  });

  it('is off by at most half the delay, however the delay is split', () => {
    const ms = fc.double({ min: 0, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), ms, ms, ms, (offset, outMs, holdMs, backMs) => {
        const sent = 1e9;
        const time = reply(sent + offset + outMs, sent + offset + outMs + holdMs);
        const sample = clockSample(moment(sent), time, moment(sent + outMs + holdMs + backMs));
        // A hair of floating point, at numbers of 1e9.
        if (sample === undefined) return expect(outMs + backMs).toBeLessThan(1e-5);
        expect(sample.delayMs).toBeCloseTo(outMs + backMs, 4);
        expect(Math.abs(sample.offsetMs - offset)).toBeLessThanOrEqual(sample.delayMs / 2 + 1e-5);
      }),
    );
  });
});

const sample = (offsetMs: number, delayMs: number, atMs: number): ClockSample => ({ offsetMs, delayMs, atMs });

const estimateOf = (...samples: readonly ClockSample[]): ClockEstimate =>
  samples.slice(1).reduce(addSample, addSample(undefined, samples[0]!));

/** A burst that agrees on an offset. */
const burst = (offsetMs: number, delayMs = 20): ClockSample[] =>
  [0, 2_000, 4_000, 6_000].map((atMs) => sample(offsetMs, delayMs, atMs));

describe('addSample', () => {
  it.each([
    ['the first sample', [sample(10, 20, 0)], 10],
    ['the lowest delay', [sample(10, 20, 0), sample(30, 5, 2_000), sample(90, 40, 4_000)], 30],
    ['of equal delays the newest', [sample(10, 20, 0), sample(30, 20, 2_000)], 30],
    ['in the burst outright, without slewing', [sample(10, 20, 0), sample(910, 19, 2_000)], 910],
    ['a step of more than a second outright, also later', [...burst(10), sample(1_011, 15, 306_000)], 1_011],
    ['after the burst nothing at once', [...burst(10), sample(500, 15, 306_000)], 10],
    ['nothing of a slow sample', [...burst(10), sample(500, 80, 306_000)], 10],
  ])('takes %s', (_, samples, offsetMs) => {
    expect(offsetAt(estimateOf(...samples), samples.at(-1)!.atMs)).toBe(offsetMs);
  });

  it('slews half a millisecond a second towards the best sample, and stops there', () => {
    const up = estimateOf(...burst(10), sample(30, 5, 306_000));
    expect([0, 1_000, 10_000, 39_000, 40_000, 90_000].map((ms) => offsetAt(up, 306_000 + ms))).toEqual([
      10, 10.5, 15, 29.5, 30, 30,
    ]);
    const down = estimateOf(...burst(10), sample(-10, 5, 306_000));
    expect([0, 1_000, 40_000, 90_000].map((ms) => offsetAt(down, 306_000 + ms))).toEqual([10, 9.5, -10, -10]);
    expect([isSettled(up, 306_000), isSettled(up, 345_999), isSettled(up, 346_000)]).toEqual([false, false, true]);
  });

  it('goes on from where it had slewed to when the next sample comes', () => {
    const estimate = estimateOf(...burst(10), sample(310, 5, 306_000), sample(-90, 4, 316_000));
    expect(offsetAt(estimate, 316_000)).toBe(15);
    expect(offsetAt(estimate, 317_000)).toBe(14.5);
  });

  it('forgets older samples after a jump of more than a second and the delay', () => {
    const jumped = estimateOf(...burst(10, 5), sample(5_000, 900, 306_000));
    expect(jumped.window).toEqual([sample(5_000, 900, 306_000)]);
    // As far as its delay allows it may be no jump at all.
    const doubtful = estimateOf(...burst(10, 5), sample(1_500, 900, 306_000));
    expect(doubtful.window).toHaveLength(5);
    expect(offsetAt(doubtful, 306_000)).toBe(10);
  });

  it('remembers eight samples', () => {
    const later = (delayMs: number, count: number) =>
      Array.from({ length: count }, (__, at) => sample(20, delayMs, 306_000 + at * 300_000));
    const remembering = estimateOf(...burst(10, 1), ...later(50, 4));
    expect(offsetAt(remembering, 1e9)).toBe(10);
    const forgotten = estimateOf(...burst(10, 1), ...later(50, 8));
    expect(forgotten.window).toHaveLength(8);
    expect(offsetAt(forgotten, 1e9)).toBe(20);
  });

  it('stays among the offsets it has seen, and never slews faster than it should', () => {
    const samples = fc.array(
      fc.record({
        offsetMs: fc.integer({ min: -400, max: 400 }),
        delayMs: fc.integer({ min: 0, max: 200 }),
        waitMs: fc.integer({ min: 1, max: 400_000 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(samples, fc.nat(1e6), (steps, laterMs) => {
        let atMs = 0;
        let estimate: ClockEstimate | undefined;
        for (const { offsetMs, delayMs, waitMs } of steps) {
          atMs += waitMs;
          const before = estimate && offsetAt(estimate, atMs);
          estimate = addSample(estimate, { offsetMs, delayMs, atMs });
          if (before !== undefined && estimate.taken > 4) expect(offsetAt(estimate, atMs)).toBe(before);
        }
        const offsets = steps.map(({ offsetMs }) => offsetMs);
        const now = offsetAt(estimate!, atMs + laterMs);
        expect(now).toBeGreaterThanOrEqual(Math.min(...offsets) - 1e-9);
        expect(now).toBeLessThanOrEqual(Math.max(...offsets) + 1e-9);
        expect(Math.abs(now - offsetAt(estimate!, atMs))).toBeLessThanOrEqual(laterMs * 0.0005 + 1e-9);
      }),
    );
  });
});

describe('readingOf', () => {
  it('is half the delay uncertain, and by what is still to slew', () => {
    const estimate = estimateOf(...burst(10), sample(30, 5, 306_000));
    expect(readingOf(estimate, moment(99, 306_000))).toEqual({ offsetMs: 10, uncertaintyMs: 22.5, takenAt: 99 });
    expect(readingOf(estimate, moment(99, 400_000))).toEqual({ offsetMs: 30, uncertaintyMs: 2.5, takenAt: 99 });
  });
});
