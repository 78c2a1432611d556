import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, map, of, take, tap } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { Reading } from '../../src/model/sample.js';
import { type OscillationPeriod, oscillationPeriod } from '../../src/operators/oscillationPeriod.js';
import type { OscillationPeriodOptions } from '../../src/operators/oscillationPeriodOptions.js';
import { marbles } from '../../src/testing/marbles.js';

/** What one wants to know of a look: when, and the period in ms. */
const look = map(({ t, value }: OscillationPeriod) => `${t}: ${(1000 * value).toFixed(1)}`);

/** A period of 4 ms, one reading a ms: for marbles. */
const small = { minPeriodMs: 3, maxPeriodMs: 5, cycles: 2, windowMs: 12, everyMs: 6, rotationsPerMin: 0 };
const everyMs = map((_: unknown, t: number): Reading => ({ t, value: Math.cos((Math.PI * t) / 2) }));

/** One for seconds. */
const options: OscillationPeriodOptions = { minPeriodMs: 500, maxPeriodMs: 5000, rotationsPerMin: 0 };

const looksAt = (readings: readonly Reading[], more: Partial<OscillationPeriodOptions> = {}): OscillationPeriod[] => {
  const looks: OscillationPeriod[] = [];
  let failure: unknown;
  from(readings)
    .pipe(oscillationPeriod({ ...options, ...more }))
    .subscribe({ next: (value) => looks.push(value), error: (error) => (failure = error) });
  if (failure !== undefined) throw failure;
  return looks;
};

/** Uniform numbers that a seed determines. */
const randomOf = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
const gaussOf = (random: () => number) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** `seconds` of a channel, `fps` readings a second that come up to a third of their distance late. */
const channel = (
  fps: number,
  seconds: number,
  seed: number,
  valueAt: (seconds: number, gauss: () => number) => number,
) => {
  const random = randomOf(seed);
  const gauss = gaussOf(random);
  return Array.from({ length: fps * seconds }, (_, n): Reading => {
    const at = (n + random() / 3) / fps;
    return { t: 1000 * at, value: valueAt(at, gauss) };
  });
};
const wave = (periodSeconds: number) => (seconds: number) => Math.cos((2 * Math.PI * seconds) / periodSeconds);

describe('oscillationPeriod', () => {
  it("looks on a grid of the readings' own times, says NaN until it has seen enough, and ends with the readings", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('aaaaaaaaaaaaaaaaaaaa|');
      const expected = '   ------n-----p-----q-|';
      const subscription = '^-------------------!';
      const period$ = source.pipe(everyMs, oscillationPeriod(small), look);
      expectObservable(period$).toBe(expected, { n: '6: NaN', p: '12: 4.0', q: '18: 4.0' });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('begins anew at the moment of a restart, and looks on a grid from there', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = cold('aaaaaaaaaaaaaaaaaaaaaaaaaaaaa|');
      const restart = hot('-------------r---------------', { r: { t: 14 } });
      const expected = '   ------n-----p-------o-----q--|';
      const subscription = '^----------------------------!';
      const period$ = source.pipe(everyMs, oscillationPeriod({ ...small, restart$: restart }), look);
      expectObservable(period$).toBe(expected, { n: '6: NaN', p: '12: 4.0', o: '20: NaN', q: '26: 4.0' });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      expectSubscriptions(restart.subscriptions).toBe(subscription);
    });
  });

  it('waits for the reading of a restart that is told ahead, and forgets what a late one was before', () => {
    marbles(({ cold, expectObservable }) => {
      const readings = '       aaaaaaaaaaaaaaaaaaaaaaaaa-|';
      const ahead = cold('     (rs|)', { r: { t: 14 }, s: { t: 99 } });
      const expectedAhead = '  ------n-----p-------o-----|';
      const late = cold('      ----------------r-----------', { r: { t: 14 } });
      const restarted = (restart$: typeof ahead) =>
        cold(readings).pipe(everyMs, oscillationPeriod({ ...small, restart$ }), look);
      const values = { n: '6: NaN', p: '12: 4.0', o: '20: NaN' };
      expectObservable(restarted(ahead)).toBe(expectedAhead, values);
      expectObservable(restarted(late)).toBe(expectedAhead, values);
    });
  });

  it('leaves readings and restarts when it is left', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = cold('aaaaaaaaaa');
      const restart = hot<Reading>('----------');
      const left = '       -------!  ';
      const expected = '   ------n   ';
      const subscription = '^------!  ';
      const period$ = source.pipe(everyMs, oscillationPeriod({ ...small, restart$: restart }), look);
      expectObservable(period$, left).toBe(expected, { n: '6: NaN' });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      expectSubscriptions(restart.subscriptions).toBe(subscription);
    });
  });

  it.each([
    ['never', '                  -     ', '-     ', '----', '^     '],
    ['empty', '                  --|   ', '--|   ', '----', '^-!   '],
    ['one', '                    -a|   ', '--|   ', '----', '^-!   '],
    ['an error', '               -a#   ', '--#   ', '----', '^-!   '],
    ['an error of the restarts', ' -a-a- ', '---#  ', '---#', '^--!  '],
    ['restarts that are over', ' -a-a-| ', '-----|', '-|  ', '^----!'],
  ])('passes %s through', (_, source, expected, restart, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const readings = cold(source);
      const restart$ = cold<Reading>(restart);
      expectObservable(readings.pipe(everyMs, oscillationPeriod({ ...small, restart$ }))).toBe(expected);
      expectSubscriptions(readings.subscriptions).toBe(subscription);
    });
  });

  it('stops a synchronous source when downstream has enough', () => {
    let pulled = 0;
    from(channel(10, 60, 1, wave(2)))
      .pipe(
        tap(() => pulled++),
        oscillationPeriod(options),
        take(1),
      )
      .subscribe();
    expect(pulled).toBeLessThanOrEqual(12);
  });

  it('is a reading of seconds, at the end of its window, by the clock of the readings', () => {
    const readings = channel(10, 21, 1, wave(2)).map((reading) => ({ ...reading, timeBase: 'recorded' as const }));
    const [found] = looksAt(readings, { everyMs: 20_000 });
    expect(found).toEqual({
      t: readings.find(({ t }) => t >= readings[0]!.t + 20_000)!.t,
      value: expect.closeTo(2, 2),
      units: 's',
      timeBase: 'recorded',
      strength: expect.closeTo(1, 2),
    });
    expect(Object.keys(looksAt(channel(10, 2, 1, wave(1)))[0]!)).not.toContain('timeBase');
  });

  describe('finds, at 10 and at 120 readings a second,', () => {
    const growth = fc.record({
      fps: fc.constantFrom(10, 120),
      seed: fc.nat(),
      period: fc.double({ min: 0.6, max: 4.5, noNaN: true }),
      phase: fc.double({ min: 0, max: 6.28, noNaN: true }),
      decay: fc.double({ min: 0, max: 2.5, noNaN: true }),
      drift: fc.double({ min: -60, max: 60, noNaN: true }),
    });

    it('a decaying oscillation on a drift, in noise, within 5 %', () => {
      fc.assert(
        fc.property(growth, ({ fps, seed, period, phase, decay, drift }) => {
          const readings = channel(fps, 20, seed, (at, gauss) => {
            const amplitude = 10 * Math.exp((-decay * at) / 20);
            const trend = drift * (at / 20) * (1 + at / 20);
            return 90 + trend + amplitude * Math.cos((2 * Math.PI * at) / period + phase) + gauss();
          });
          const [found] = looksAt(readings, { everyMs: 19_800 });
          expect(Math.abs(found!.value / period - 1)).toBeLessThan(0.05);
          expect(found!.strength).toBeGreaterThan(0.4);
        }),
        { numRuns: 80 },
      );
    });

    it('the same with a tenth of the readings gone and a gap of a second', () => {
      fc.assert(
        fc.property(growth, ({ fps, seed, period, phase }) => {
          const random = randomOf(seed + 1);
          const gapAt = 1000 * (2 + 14 * random());
          const readings = channel(
            fps,
            20,
            seed,
            (at, gauss) => 10 * Math.cos((2 * Math.PI * at) / period + phase) + gauss(),
          );
          const left = readings.filter(({ t }) => random() > 0.1 && (t < gapAt || t > gapAt + 1000));
          const found = looksAt(left, { everyMs: 19_000 })[0]!;
          expect(Math.abs(found.value / period - 1)).toBeLessThan(0.05);
        }),
        { numRuns: 40 },
      );
    });
  });

  it('follows a period that changes', () => {
    const readings = channel(10, 60, 5, (at) => (at < 30 ? wave(2)(at) : wave(1.25)(at)));
    const periods = looksAt(readings, { maxPeriodMs: 3000, windowMs: 10_000 }).map(({ value }) => value);
    expect(periods.length).toBe(59);
    expect(periods[25]).toBeCloseTo(2, 1);
    expect(periods[50]).toBeCloseTo(1.25, 1);
  });

  describe('says that there is no period', () => {
    const none = (readings: readonly Reading[], more: Partial<OscillationPeriodOptions> = {}) =>
      looksAt(readings, { everyMs: 19_500, ...more }).map(({ value }) => value);

    it.each([12, 20, 40, 200, 2400])('in white noise, of %d readings', (count) => {
      const found = Array.from(
        { length: count > 1000 ? 20 : 100 },
        (_, seed) =>
          none(
            channel(count / 20, 20, seed, (_at, gauss) => gauss()),
            { everyMs: 17_000 },
          )[0]!,
      ).filter((value) => !Number.isNaN(value));
      expect(found.length).toBeLessThanOrEqual(1);
    });

    it.each<[string, (at: number, gauss: () => number) => number]>([
      ['a constant', () => 90],
      ['a constant, nearly', (at) => 90 + 1e-15 * at],
      ['a parabola', (at) => 90 + at * (20 - at)],
      ['a decay', (at, gauss) => 50 * Math.exp(-at / 4) + gauss()],
      ['a step', (at, gauss) => (at > 8 ? 50 : 0) + gauss()],
      ['a period longer than asked for', wave(6)],
      ['a period shorter than asked for', wave(0.4)],
      ['readings that say nothing', () => Number.NaN],
      ['readings that say too much', () => Infinity],
    ])('in %s', (_, valueAt) => {
      expect(none(channel(10, 20, 3, valueAt))).toEqual([Number.NaN]);
    });

    it('in fewer periods than asked for, also while the window fills', () => {
      const readings = channel(10, 20, 3, wave(4));
      const periods = (more: Partial<OscillationPeriodOptions>) =>
        looksAt(readings, { everyMs: 1000, ...more }).map(({ value }) => Number.isNaN(value));
      expect(periods({}).indexOf(false)).toBe(11);
      expect(periods({ cycles: 2 }).indexOf(false)).toBe(8);
    });

    it('faster than 2.5 readings', () => {
      expect(none(channel(2, 20, 3, wave(1)), { everyMs: 19_000 })).toEqual([Number.NaN]);
    });

    it('weaker than asked for', () => {
      const readings = channel(10, 20, 3, (at, gauss) => wave(2)(at) + gauss());
      const [{ value, strength }] = looksAt(readings, { everyMs: 19_500 }) as [OscillationPeriod];
      expect([value, strength > 0.2 && strength < 0.4]).toEqual([Number.NaN, true]);
      expect(none(readings, { minStrength: 0.2 })[0]).toBeCloseTo(2, 1);
    });
  });

  describe('of a rotating sample', () => {
    /** A turn of 4 s, as six harmonics show it. */
    const turning = (at: number) =>
      [8, 30, -12, 5, 9, 4].reduce(
        (sum, height, k) => sum + height * Math.cos(((k + 1) * 2 * Math.PI * at) / 4 + k),
        0,
      );

    it.each([undefined, false])('is refused with maskRotation %p, at once', (maskRotation) => {
      const mask = maskRotation === undefined ? {} : { maskRotation };
      expect(() => oscillationPeriod({ ...options, rotationsPerMin: 15, ...mask })).toThrow(
        `maskRotation must be true or a number of harmonics while the sample rotates (rotationsPerMin is 15): its turns are periodic without any growth, and is ${maskRotation}`,
      );
    });

    it('is not the period of its rotation, which is there when nobody masks it', () => {
      const readings = channel(20, 20, 1, (at, gauss) => turning(at) + gauss() / 5);
      const masked = { rotationsPerMin: 15, maskRotation: true, everyMs: 19_500 };
      expect(looksAt(readings, masked)[0]!.value).toBeNaN();
      expect(looksAt(readings, { everyMs: 19_500 })[0]!.value).toBeCloseTo(2, 1);
      expect(looksAt(readings, { ...masked, maskRotation: 1 })[0]!.value).toBeCloseTo(2, 1);
    });

    it('is found under a rotation that is many times stronger', () => {
      const period = fc.double({ min: 0.6, max: 4.5, noNaN: true }).filter((seconds) => {
        const turns = 4 / seconds;
        return Math.abs(turns - Math.round(turns)) > 0.3;
      });
      fc.assert(
        fc.property(period, fc.nat(), (seconds, seed) => {
          const readings = channel(20, 20, seed, (at, gauss) => turning(at) + 3 * wave(seconds)(at) + gauss() / 2);
          const masked = { rotationsPerMin: 15, maskRotation: true, everyMs: 19_500 };
          expect(Math.abs(looksAt(readings, masked)[0]!.value / seconds - 1)).toBeLessThan(0.05);
        }),
        { numRuns: 25 },
      );
    });

    it('is found where growth changes how strong the rotation is seen, with periods above two rotations', () => {
      const readings = channel(10, 120, 1, (at) => turning(at) * (1 + 0.3 * wave(11)(at)) + 4 * wave(11)(at));
      const masked = { rotationsPerMin: 15, maskRotation: true, windowMs: 120_000, everyMs: 119_000 };
      const periodAbove = (minPeriodMs: number) =>
        looksAt(readings, { ...masked, minPeriodMs, maxPeriodMs: 15_000, minStrength: 0.2 })[0]!.value;
      expect(periodAbove(8000)).toBeCloseTo(11, 0);
      // Else the sum of both is stronger than the growth.
      expect(periodAbove(1000)).toBeCloseTo(1 / (2 / 4 + 1 / 11), 1);
    });

    it('is not a harmonic that is too fast for the bins', () => {
      const fast = (at: number) => 90 * Math.cos((7 * 2 * Math.PI * at) / 3.7);
      const masked = {
        rotationsPerMin: 60 / 3.7,
        maskRotation: true,
        windowMs: 60_000,
        everyMs: 59_000,
        minStrength: 0,
      };
      const looks = looksAt(channel(30, 60, 1, fast), { ...masked, minPeriodMs: 4000, maxPeriodMs: 15_000 });
      expect(looks.map(({ value }) => value)).toEqual([Number.NaN]);
    });

    it('needs a window of four rotations', () => {
      const rotating = { ...options, rotationsPerMin: 10, maskRotation: true };
      expect(() => oscillationPeriod({ ...rotating, windowMs: 23_999 })).toThrow(
        'windowMs must hold 4 rotations, 24000 ms at 10 a minute, and is 23999',
      );
      expect(() => oscillationPeriod({ ...rotating, windowMs: 24_000 })).not.toThrow();
    });
  });

  describe('takes readings', () => {
    const found = (readings: readonly Reading[]) => looksAt(readings, { everyMs: 19_000 })[0]!.value;
    const steady = channel(20, 20, 9, wave(2)).map(({ t, value }) => ({ t: t + 7_200_000, value }));

    it('as they come: one that is late counts as if it were not', () => {
      const late = steady.map((reading, n) => ({ reading, comes: n + (n % 7 === 0 ? 15 : 0) }));
      const shuffled = late.sort((a, b) => a.comes - b.comes).map(({ reading }) => reading);
      expect(shuffled).not.toEqual(steady);
      expect(found(shuffled)).toBeCloseTo(found(steady), 3);
    });

    it('without those that have no value', () => {
      const holes = steady.map((reading, n) =>
        n % 3 === 0 ? { ...reading, value: n % 2 === 0 ? Number.NaN : Infinity } : reading,
      );
      expect(found(holes)).toBeCloseTo(2, 2);
    });

    it('of the window only', () => {
      const readings = channel(10, 40, 9, (at) => (at < 19 ? 40 * wave(1)(at) : wave(2)(at)));
      const looks = looksAt(readings, { windowMs: 20_000, everyMs: 39_500 });
      expect(looks.map(({ value }) => Math.round(value * 100) / 100)).toEqual([2]);
    });

    it.each([3_600_000, -3_600_000])('of a clock that has jumped by %d ms, anew from there', (jumpMs) => {
      const jumped = steady.map(({ t, value }) => ({ t: t + 20_000 + jumpMs, value }));
      const looks = looksAt([...steady.slice(0, 200), ...jumped], { everyMs: 15_000 });
      expect(looks.map(({ t, value }) => [t - jumped[0]!.t >= 15_000, Math.round(value * 10) / 10])).toEqual([
        [true, 2],
      ]);
    });

    it.each([Number.NaN, 1.7e9])('at a time, which %d is not', (t) => {
      expect(() => looksAt([{ t, value: 1 }])).toThrow(InputError);
      expect(() => looksAt([], { restart$: of({ t }) })).toThrow('t of restart$ must be');
    });
  });

  it.each([
    ['minPeriodMs', 0],
    ['minPeriodMs', Number.NaN],
    ['minPeriodMs', undefined],
    ['maxPeriodMs', 500],
    ['maxPeriodMs', Infinity],
    ['rotationsPerMin', undefined],
    ['rotationsPerMin', -1],
    ['maskRotation', 0],
    ['maskRotation', 2.5],
    ['maskRotation', 'all'],
    ['windowMs', 14_999],
    ['cycles', 1.9],
    ['minStrength', 1.1],
    ['minStrength', -0.1],
    ['everyMs', 0],
    ['windowSeconds', 20],
  ])('refuses %s %p at once, by name', (field, value) => {
    const wrong = { ...options, [field]: value } as OscillationPeriodOptions;
    expect(() => oscillationPeriod(wrong)).toThrow(
      expect.objectContaining({ context: expect.objectContaining({ field, value }) }),
    );
  });

  it.each([undefined, null, 5])('refuses %p in place of options', (wrong) => {
    expect(() => oscillationPeriod(wrong as never)).toThrow(InputError);
  });
});
