import { describe, expect, it, jest } from '@jest/globals';
import {
  combineLatest,
  delay,
  EMPTY,
  from,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  timer,
  withLatestFrom,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { AlignedRow } from '../../src/model/alignedRow.js';
import { InputError } from '../../src/model/errors.js';
import type { Reading } from '../../src/model/sample.js';
import { alignChannels } from '../../src/operators/alignChannels.js';
import type { AlignChannelsOptions } from '../../src/operators/alignChannelsOptions.js';
import type { Fill } from '../../src/operators/readingAt.js';
import { marbles } from '../../src/testing/marbles.js';

/** Marble values: a reading at an event time; it arrives where its marble stands. */
const readings = (said: Readonly<Record<string, readonly [t: number, value: number]>>) =>
  Object.fromEntries(Object.entries(said).map(([marble, [t, value]]) => [marble, { t, value }]));
const rows = (said: Readonly<Record<string, readonly [t: number, values: Record<string, number>]>>) =>
  Object.fromEntries(Object.entries(said).map(([marble, [t, values]]) => [marble, { t, values }]));
const at = (...times: readonly (number | readonly [number, number])[]): Reading[] =>
  times.map((time) => (typeof time === 'number' ? { t: time, value: time } : { t: time[0], value: time[1] }));

type Said = readonly [channel: string, reading: Reading];

/** What comes of readings that arrive in this order; channels complete together, after the last. */
const aligned = (channels: readonly string[], arrivals: readonly Said[], options: AlignChannelsOptions) => {
  const subjects = Object.fromEntries(channels.map((channel) => [channel, new Subject<Reading>()]));
  const received: AlignedRow[] = [];
  let failure: unknown;
  alignChannels(subjects, options).subscribe({
    next: (row) => received.push(row),
    error: (error) => (failure = error),
  });
  for (const [channel, reading] of arrivals) subjects[channel]!.next(reading);
  for (const subject of Object.values(subjects)) subject.complete();
  if (failure !== undefined) throw failure;
  return received;
};
const said = (channel: string, readings: readonly Reading[]): Said[] => readings.map((reading) => [channel, reading]);

describe('alignChannels', () => {
  it('previous, rows at the readings of the fast channel: a delayed pyrometer lands on its own event time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const i = cold(
        '  abcdef|              ',
        readings({ a: [0, 1], b: [1, 2], c: [2, 3], d: [3, 4], e: [4, 5], f: [5, 6] }),
      );
      const T = cold('  ---P---Q 20ms |      ', readings({ P: [0, 100], Q: [4, 200] }));
      const expected = '---a---(bcde) 15ms (f|)';
      const options = { axis: { follow: 'i' }, lateness: 10, tolerance: { i: 0, T: 4 } } as const;
      expectObservable(alignChannels({ i, T }, options)).toBe(
        expected,
        rows({
          a: [0, { i: 1, T: 100 }],
          b: [1, { i: 2, T: 100 }],
          c: [2, { i: 3, T: 100 }],
          d: [3, { i: 4, T: 100 }],
          e: [4, { i: 5, T: 200 }],
          f: [5, { i: 6, T: 200 }],
        }),
      );
      expectSubscriptions(i.subscriptions).toBe('^-----!');
      expectSubscriptions(T.subscriptions).toBe('^------- 20ms !');
    });
  });

  it('linear and nearest on a grid: never extrapolates, neighbours too far apart give NaN, empty rows are left out', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const T = cold('  a--b 6ms c---|  ', readings({ a: [0, 0], b: [10, 100], c: [30, 300] }));
      const i = cold('  -p--q 6ms r--|  ', readings({ p: [5, 1], q: [15, 2], r: [25, 3] }));
      const expected = '-a-bc 5ms de--(f|)';
      const options = {
        axis: { period: 5 },
        lateness: 100,
        fill: { T: 'linear', i: 'nearest' },
        tolerance: { T: 10, i: 2 },
      } as const;
      expectObservable(alignChannels({ T, i }, options)).toBe(
        expected,
        rows({
          a: [0, { T: 0, i: Number.NaN }],
          b: [5, { T: 50, i: 1 }],
          c: [10, { T: 100, i: Number.NaN }],
          d: [15, { T: Number.NaN, i: 2 }],
          e: [25, { T: Number.NaN, i: 3 }],
          f: [30, { T: 300, i: Number.NaN }],
        }),
      );
      expectSubscriptions(T.subscriptions).toBe('^---------- 3ms !');
      expectSubscriptions(i.subscriptions).toBe('^---------- 3ms !');
    });
  });

  it('bounded lateness: a silent channel stalls rows for 20 ms of event time, then is NaN, then is back', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const said = { a: [0, 1], b: [10, 2], c: [20, 3], d: [30, 4], e: [40, 5], f: [50, 6] } as const;
      const f = cold('  abcde-f--|  ', readings(said));
      const T = cold('  P-------Q|  ', readings({ P: [0, 100], Q: [40, 200] }));
      const expected = 'a--bc-d-e(f|)';
      const options = { axis: { follow: 'f' }, lateness: 20, tolerance: { f: 0, T: 15 } } as const;
      expectObservable(alignChannels({ f, T }, options)).toBe(
        expected,
        rows({
          a: [0, { f: 1, T: 100 }],
          b: [10, { f: 2, T: 100 }],
          c: [20, { f: 3, T: Number.NaN }],
          d: [30, { f: 4, T: Number.NaN }],
          e: [40, { f: 5, T: 200 }],
          f: [50, { f: 6, T: 200 }],
        }),
      );
      expectSubscriptions(f.subscriptions).toBe('^--------!');
      expectSubscriptions(T.subscriptions).toBe('^--------!');
    });
  });

  it('is right where combineLatest is 13.0 K wrong: 500 Hz beside a 1 Hz pyrometer on a 10 K/s ramp, 300 ms late', () => {
    const truth = (t: number) => 500 + t / 100;
    const largest: Record<string, string> = {};
    const missing: Record<string, number> = {};
    new TestScheduler(() => {}).run(() => {
      const i = timer(0, 2).pipe(
        take(5000),
        map((n) => ({ t: n * 2, value: n })),
      );
      const T = timer(0, 1000).pipe(
        take(10),
        map((n) => ({ t: n * 1000, value: truth(n * 1000) })),
        delay(300),
      );
      const note = (name: string, rows: Observable<readonly [t: number, T: number]>) => {
        let worst = 0;
        missing[name] = 0;
        rows.subscribe(([t, T]) => {
          if (Number.isNaN(T)) missing[name]!++;
          else worst = Math.max(worst, Math.abs(T - truth(t)));
          largest[name] = worst.toFixed(2);
        });
      };
      const alignedBy = (fill: Fill, lateness: number) =>
        alignChannels({ i, T }, { axis: { follow: 'i' }, lateness, fill: { T: fill }, tolerance: { T: 1000 } }).pipe(
          map(({ t, values }) => [t, values.T] as const),
        );
      note('combineLatest', combineLatest([i, T]).pipe(map(([{ t }, { value }]) => [t, value])));
      note('withLatestFrom', i.pipe(withLatestFrom(T)).pipe(map(([{ t }, { value }]) => [t, value])));
      note('previous', alignedBy('previous', 400));
      note('linear', alignedBy('linear', 1400));
      note('linear, too little lateness', alignedBy('linear', 400));
    });
    expect(largest).toEqual({
      combineLatest: '13.00',
      withLatestFrom: '13.00',
      previous: '9.98',
      linear: '0.00',
      'linear, too little lateness': '0.00',
    });
    // After the last reading of the pyrometer there is nothing to draw a line to.
    expect([missing.linear! < 500, missing['linear, too little lateness']! > 2000]).toEqual([true, true]);
  });

  it('leaves every channel when it is left', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const i = cold('  ab-c|   ', readings({ a: [0, 1], b: [1, 2], c: [3, 3] }));
      const T = hot('   (P)----|', readings({ P: [10, 100] }));
      const left = '    --!     ';
      const expected = 'ab-     ';
      const options = { axis: { follow: 'i' }, lateness: 100, tolerance: 5 } as const;
      expectObservable(alignChannels({ i, T }, options), left).toBe(
        expected,
        rows({ a: [0, { i: 1, T: Number.NaN }], b: [1, { i: 2, T: Number.NaN }] }),
      );
      expectSubscriptions(i.subscriptions).toBe('^-!');
      expectSubscriptions(T.subscriptions).toBe('^-!');
    });
  });

  it('errors with the first channel that does, after the rows of what has come', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const i = cold('  ab-#  ', readings({ a: [0, 1], b: [1, 2] }));
      const T = cold('  P-----', readings({ P: [0, 100] }));
      const expected = 'a--(b#)';
      const options = { axis: { follow: 'i' }, lateness: 100, tolerance: 5 } as const;
      expectObservable(alignChannels({ i, T }, options)).toBe(
        expected,
        rows({ a: [0, { i: 1, T: 100 }], b: [1, { i: 2, T: 100 }] }),
      );
      expectSubscriptions(T.subscriptions).toBe('^--!');
    });
  });

  it.each([
    ['never', '    -    ', '-      ', '^    '],
    ['empty', '    --|  ', '--|    ', '^-!  '],
    ['an error', ' --#  ', '--#    ', '^-!  '],
  ])('passes %s through', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const i = cold<Reading>(source);
      expectObservable(alignChannels({ i, none: EMPTY }, { axis: { period: 1 }, lateness: 0, tolerance: 0 })).toBe(
        expected,
      );
      expectSubscriptions(i.subscriptions).toBe(subscription);
    });
  });

  it('does not wait for a channel that is over', () => {
    marbles(({ cold, expectObservable }) => {
      const i = cold('  abc|  ', readings({ a: [0, 1], b: [10, 2], c: [20, 3] }));
      const T = cold('  P|    ', readings({ P: [0, 100] }));
      const expected = 'abc|  ';
      expectObservable(alignChannels({ i, T }, { axis: { follow: 'i' }, lateness: 1000, fill: { T: 'hold' } })).toBe(
        expected,
        rows({ a: [0, { i: 1, T: 100 }], b: [10, { i: 2, T: 100 }], c: [20, { i: 3, T: 100 }] }),
      );
    });
  });

  it('holds a state without limit and without a tolerance: a shutter is never half open', () => {
    const arrivals = [...said('Ga', at([0, 0], [7_000_000, 1])), ...said('i', at(1_000, 6_999_999, 7_000_000))];
    const result = aligned(['Ga', 'i'], arrivals, {
      axis: { follow: 'i' },
      lateness: Infinity,
      fill: { Ga: 'hold' },
      farFutureMs: Infinity,
    });
    expect(result.map(({ values }) => values.Ga)).toEqual([0, 0, 1]);
  });

  it('nearest takes the earlier of two as near', () => {
    const arrivals = [...said('p', at([0, 1], [10, 2])), ...said('i', at(4, 5, 6))];
    const options = { axis: { follow: 'i' }, lateness: Infinity, fill: 'nearest', tolerance: 5 } as const;
    expect(aligned(['p', 'i'], arrivals, options).map(({ values }) => values.p)).toEqual([1, 1, 2]);
  });

  it('has no value where the instrument had none, nor on a line from or to there, nor across a change of units', () => {
    const T = [
      { t: 0, value: 0, units: 'C' },
      { t: 10, value: Number.NaN, flag: 'over-range' as const, raw: 9.9e9, units: 'C' },
      { t: 20, value: 20, units: 'C' },
      { t: 30, value: 303, units: 'K' },
    ];
    const values = (fill: Fill) =>
      aligned(['T', 'i'], [...said('T', T), ...said('i', at(5, 10, 15, 20, 25))], {
        axis: { follow: 'i' },
        lateness: Infinity,
        fill: { T: fill },
        tolerance: { T: 10 },
      }).map(({ values }) => values.T);
    expect(values('previous')).toEqual([0, NaN, NaN, 20, 20]);
    expect(values('linear')).toEqual([NaN, NaN, NaN, 20, NaN]);
  });

  it('says the units of each channel once they are known, and whose clock the times are of', () => {
    const i = [
      { t: 0, value: 1 },
      { t: 1, value: 2, timeBase: 'recorded' as const },
      { t: 99, value: 3 },
    ];
    const T = [{ t: 1, value: 3, units: 'C' }];
    const follow = aligned(['i', 'T'], [...said('i', i), ...said('T', T)], {
      axis: { follow: 'i' },
      lateness: Infinity,
      tolerance: 5,
    });
    expect(follow).toEqual([
      { t: 0, values: { i: 1, T: Number.NaN } },
      { t: 1, values: { i: 2, T: 3 }, units: { T: 'C' }, timeBase: 'recorded' },
      { t: 99, values: { i: 3, T: Number.NaN }, units: { T: 'C' } },
    ]);
    const recorded = (...bases: ('recorded' | 'host')[]) =>
      aligned(
        ['a', 'b'],
        bases.map((timeBase, index) => [index === 0 ? 'a' : 'b', { t: 0, value: 1, timeBase }]),
        { axis: { period: 1 }, lateness: Infinity, tolerance: 0 },
      ).map(({ timeBase }) => timeBase);
    expect(recorded('recorded', 'recorded')).toEqual(['recorded']);
    expect(recorded('recorded', 'host')).toEqual([undefined]);
  });

  it('begins a grid with the earliest reading, not with the first to arrive', () => {
    const arrivals = [...said('i', at(20)), ...said('T', at(1, 20))];
    const result = aligned(['i', 'T'], arrivals, { axis: { period: 10, origin: 5 }, lateness: 100, tolerance: 14 });
    expect(result.map(({ t }) => t)).toEqual([5, 15]);
  });

  it('keeps a grid exact: row 30,000 of a period of a third stands where it is computed', () => {
    const last = 10_000;
    const result = aligned(['i'], said('i', at(0, last)), {
      axis: { period: 1 / 3 },
      lateness: Infinity,
      fill: 'linear',
      tolerance: Infinity,
    });
    expect([result.length, result.at(-1)!.t, result[29_998]!.t]).toEqual([30_001, 30_000 / 3, 29_998 * (1 / 3)]);
  });
});

describe('alignChannels, out of the order of time', () => {
  it('tells a late reading, and uses it for later rows', () => {
    const told: unknown[] = [];
    const arrivals = [...said('i', at(0, 10, 20, 30)), ...said('T', at([5, 100])), ...said('i', at(40))];
    const result = aligned(['i', 'T'], arrivals, {
      axis: { follow: 'i' },
      lateness: 20,
      tolerance: { T: 30 },
      onLate: (...late) => told.push(late),
    });
    expect(told).toEqual([['T', { t: 5, value: 100 }, true]]);
    expect(result.map(({ values }) => values.T)).toEqual([NaN, NaN, 100, 100, NaN]);
  });

  it('tells one that comes right after the row at its time, and makes no row twice', () => {
    const told: unknown[] = [];
    const arrivals = [...said('i', at(0, 10, 20, 30)), ...said('T', at([10, 100], [20, 200])), ...said('i', at(40))];
    const result = aligned(['i', 'T'], arrivals, {
      axis: { period: 10 },
      lateness: 20,
      tolerance: 0,
      onLate: (_, { t }) => told.push(t),
    });
    expect(told).toEqual([10]);
    expect(result.map(({ t, values }) => [t, values.T])).toEqual([
      [0, NaN],
      [10, NaN],
      [20, 200],
      [30, NaN],
      [40, NaN],
    ]);
  });

  it('tells a reading that is not after the last of its channel, and does not use it', () => {
    const told: unknown[] = [];
    const arrivals = said('i', at([0, 1], [10, 2], [10, 3], [5, 4], [20, 5]));
    const result = aligned(['i'], arrivals, {
      axis: { follow: 'i' },
      lateness: 20,
      onLate: (channel, { value }, used) => told.push([channel, value, used]),
    });
    expect(told).toEqual([
      ['i', 3, false],
      ['i', 4, false],
    ]);
    expect(result.map(({ values }) => values.i)).toEqual([1, 2, 5]);
  });

  it('makes a row of a followed reading however late, without values that are forgotten', () => {
    const arrivals = [...said('T', at(0, 10, 20, 30, 100)), ...said('i', at(15, 30, 95))];
    const options = { axis: { follow: 'i' }, lateness: 10, fill: 'nearest', tolerance: 100 } as const;
    const result = aligned(['T', 'i'], arrivals, options);
    expect(result.map(({ t, values }) => [t, values.T])).toEqual([
      [15, NaN],
      [30, 30],
      [95, 100],
    ]);
  });

  it('warns of the first unused reading of a channel when nobody asked', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      aligned(['i', 'T'], [...said('i', at(1, 1, 1, 5)), ...said('T', at(2, 3, 1e10, 4))], {
        axis: { period: 1 },
        lateness: 1,
        tolerance: 0,
      });
      expect(warn.mock.calls.map(([text, options]) => [text, Object(options).code])).toEqual([
        [
          'a reading of i at 1 (ms UTC) is not after the last of its channel, and not used; told of the first only',
          'EPISTREAM_DISORDER',
        ],
        [
          'a reading of T at 10000000000 (ms UTC) is far ahead of all channels, and not used; told of the first only',
          'EPISTREAM_JUMP',
        ],
      ]);
    } finally {
      warn.mockRestore();
    }
  });
});

describe('alignChannels, when time is strange', () => {
  const day = 86_400_000;

  it('jumps over a long silence instead of looking at every row of it', () => {
    const arrivals = said('i', at(0, 1, 20_000 * day, 20_000 * day + 1));
    const result = aligned(['i'], arrivals, {
      axis: { period: 0.01 },
      lateness: 0,
      tolerance: 0.005,
      farFutureMs: Infinity,
    });
    expect(result.map(({ t }) => t)).toEqual([0, 1, 20_000 * day, 20_000 * day + 1]);
  });

  it('jumps only as far as rows wait for nobody', () => {
    const arrivals = [...said('i', at(0, 100)), ...said('T', at([50, 7])), ...said('i', at(101))];
    const result = aligned(['i', 'T'], arrivals, { axis: { period: 1 }, lateness: 80, tolerance: 0 });
    expect(result.map(({ t, values }) => [t, values.T])).toEqual([
      [0, NaN],
      [50, 7],
      [100, NaN],
      [101, NaN],
    ]);
  });

  it.each([
    ['a held state', { fill: 'hold' as const }],
    ['an endless nearest', { fill: 'nearest' as const, tolerance: Infinity }],
  ])('makes no more than 100,000 rows after the last reading of any channel: %s', (_, options) => {
    const far = 4e12;
    let count = 0;
    let last = 0;
    alignChannels(
      { shutter: from(at(0, far, far + 1)) },
      { axis: { period: 1 }, lateness: 0, farFutureMs: Infinity, ...options },
    ).subscribe(({ t }) => {
      count++;
      last = t;
    });
    expect([count, last]).toEqual([100_003, far + 1]);
  });

  it('uses no reading from the far future, tells it, and goes on as if it had not come', () => {
    const told: unknown[] = [];
    const late: unknown[] = [];
    const arrivals = [
      ...said('i', at(0)),
      ...said('T', at(0)),
      ...said('i', at(1, 2)),
      ...said('T', at(50 * 365 * day)),
      ...said('i', at(3)),
      ...said('T', at(3)),
    ];
    const result = aligned(['i', 'T'], arrivals, {
      axis: { period: 1 },
      lateness: 2,
      fill: 'hold',
      onJump: (channel, { t }) => told.push([channel, t]),
      onLate: (...args) => late.push(args),
    });
    expect(told).toEqual([['T', 50 * 365 * day]]);
    expect(late).toEqual([]);
    expect(result.map(({ t, values }) => [t, values.i, values.T])).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 3],
    ]);
  });

  it('tells what is still not believed when a channel fails, and at the end', () => {
    const told: unknown[] = [];
    const options = {
      axis: { period: 1 },
      lateness: 2,
      tolerance: 0,
      onJump: (_: string, { t }: Reading) => told.push(t),
    };
    aligned(['i'], said('i', at(0, day)), options);
    const failing = new Subject<Reading>();
    alignChannels({ i: failing }, options).subscribe({ error: (error) => told.push(error) });
    for (const reading of at(0, 2 * day)) failing.next(reading);
    failing.error('gone');
    expect(told).toEqual([day, 2 * day, 'gone']);
  });

  it('goes on after a night in which no channel said anything', () => {
    const arrivals = [0, 1, 2, day, day + 1, day + 2].flatMap((t) => [...said('i', at(t)), ...said('T', at(t + 0.5))]);
    const result = aligned(['i', 'T'], arrivals, {
      axis: { period: 1 },
      lateness: 2,
      tolerance: 1,
      onJump: () => expect('told').toBe('not told'),
      onLate: () => expect('late').toBe('not late'),
    });
    expect(result.map(({ t }) => t)).toEqual([0, 1, 2, 3, day, day + 1, day + 2]);
  });
});

describe('alignChannels, as a stream', () => {
  const follow = { axis: { follow: 'i' }, lateness: 0 } as const;

  it('stops a synchronous channel that was left, and makes no row that nobody takes', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield { t: ++pulled, value: 0 };
    })();
    const received: number[] = [];
    alignChannels({ i: from(endless) }, follow)
      .pipe(take(2))
      .subscribe(({ t }) => received.push(t));
    expect([received, pulled <= 3]).toEqual([[1, 2], true]);
    const grid = alignChannels(
      { i: of({ t: 0, value: 0 }, { t: 9e5, value: 0 }) },
      { axis: { period: 1 }, lateness: 0, fill: 'hold' },
    );
    grid.pipe(take(5)).subscribe(({ t }) => received.push(t));
    expect(received).toEqual([1, 2, 0, 1, 2, 3, 4]);
  });

  it('begins anew with each subscription', () => {
    const twice = alignChannels({ i: from(at(0, 1)) }, follow);
    const received: number[] = [];
    for (let round = 0; round < 2; round++) twice.subscribe(({ t }) => received.push(t));
    expect(received).toEqual([0, 1, 0, 1]);
  });

  it('keeps the order of rows when a row brings about the next reading', () => {
    const i = new Subject<Reading>();
    const received: number[] = [];
    alignChannels({ i }, { axis: { period: 1 }, lateness: 0, fill: 'hold' }).subscribe(({ t }) => {
      received.push(t);
      if (t === 2) i.next({ t: 5, value: 5 });
    });
    for (const reading of at(0, 3)) i.next(reading);
    expect(received).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('errors with what a callback throws', () => {
    const failure = new Error('the notebook is full');
    let received: unknown;
    const onLate = () => {
      throw failure;
    };
    alignChannels({ i: from(at(1, 0)) }, { ...follow, onLate }).subscribe({ error: (error) => (received = error) });
    expect(received).toBe(failure);
  });

  it.each([
    [{ t: Number.POSITIVE_INFINITY, value: 1 }, /^i\.t must be a finite number of ms UTC/],
    [{ t: 1686528003.7, value: 1 }, /^i\.t must be in milliseconds/],
    [{ t: 1, value: undefined }, /^i\.value must be a number/],
  ])('errors on %p', (reading, message) => {
    let error: unknown;
    alignChannels({ i: of(reading as Reading) }, follow).subscribe({ error: (failure) => (error = failure) });
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(new RegExp(message.source.replace('^', '^InputError: ')));
  });

  it.each([
    [undefined, /^options must say axis and lateness/],
    [{ lateness: 0, tolerance: 0 }, /^axis must be \{ period \} or \{ follow \}, and is undefined/],
    [{ axis: { period: 1, follow: 'i' }, lateness: 0, tolerance: 0 }, /^axis must be \{ period \} or \{ follow \}/],
    [
      { axis: { period: 0 }, lateness: 0, tolerance: 0 },
      /^axis\.period must be a finite number of milliseconds above 0/,
    ],
    [{ axis: { period: Infinity }, lateness: 0, tolerance: 0 }, /^axis\.period/],
    [{ axis: { period: 1, origin: NaN }, lateness: 0, tolerance: 0 }, /^axis\.origin/],
    [{ axis: { follow: 'T' }, lateness: 0, tolerance: 0 }, /^axis\.follow must be a channel \(i\), and is "T"/],
    [{ axis: { period: 1 }, tolerance: 0 }, /^lateness must be 0 or more milliseconds, and is undefined/],
    [{ axis: { period: 1 }, lateness: -1, tolerance: 0 }, /^lateness must be 0 or more milliseconds, and is -1/],
    [{ axis: { period: 1 }, lateness: NaN, tolerance: 0 }, /^lateness/],
    [{ axis: { period: 1 }, lateness: 0 }, /^tolerance\.i must be 0 or more milliseconds, and is undefined/],
    [{ axis: { period: 1 }, lateness: 0, tolerance: -1 }, /^tolerance\.i must be 0 or more milliseconds, and is -1/],
    [{ axis: { period: 1 }, lateness: 0, tolerance: { T: 1 } }, /^tolerance\.T must be of a channel \(i\), and is 1/],
    [
      { axis: { period: 1 }, lateness: 0, tolerance: 0, fill: 'next' },
      /^fill\.i must be one of previous, nearest, linear, hold, and is "next"/,
    ],
    [{ axis: { period: 1 }, lateness: 0, tolerance: 0, fill: { T: 'hold' } }, /^fill\.T must be of a channel/],
    [
      { axis: { period: 1 }, lateness: 0, tolerance: 0, farFutureMs: 0 },
      /^farFutureMs must be a number of milliseconds above 0/,
    ],
    [
      { axis: { period: 1 }, lateness: 0, tolerance: 0, late: 1 },
      /^late is not an option of alignChannels \(axis, lateness,/,
    ],
  ])('refuses at the call: %p', (options, message) => {
    const call = () => alignChannels({ i: NEVER as Observable<Reading> }, options as never);
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });

  it('refuses no channels at the call', () => {
    expect(() => alignChannels({}, { axis: { period: 1 }, lateness: 0, tolerance: 0 })).toThrow(
      /^channels must name at least one channel/,
    );
  });

  it('knows its channels by name: following one does not make it the only one', () => {
    const i = NEVER as Observable<Reading>;
    const both: Observable<AlignedRow<'i' | 'T'>> = alignChannels(
      { i, T: i },
      { axis: { follow: 'i' }, lateness: 0, fill: { T: 'linear' }, tolerance: { T: 1 } },
    );
    // @ts-expect-error: not a channel.
    expect(() => alignChannels({ i }, { axis: { follow: 'T' }, lateness: 0 })).toThrow();
    expect(both).toBeInstanceOf(Observable);
  });
});
