import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, from, map, NEVER, type Observable, of, Subject, take, timer } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { Reading } from '../../src/model/sample.js';
import { type FrameWithReading, WaitingFrames } from '../../src/operators/waitingFrames.js';
import { withChannel } from '../../src/operators/withChannel.js';
import { fromFrames } from '../../src/sources/fromFrames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

type Times = Readonly<Record<string, number>>;
const mapped = <T>(times: Times, make: (t: number, marble: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(times).map(([marble, t]) => [marble, make(t, marble)]));
/** Marble values: frames by when they were captured, readings by their time; they come where they stand. */
const frames = (times: Times) => mapped(times, (t) => grayFrame({ capturedAt: t }));
const readings = (times: Times) => mapped(times, (t) => ({ t, value: 100 * t }));
const pairs = (frameTimes: Times, found: Readonly<Record<string, number | undefined>>) =>
  mapped(frameTimes, (t, marble): FrameWithReading => {
    const reading = found[marble];
    return {
      frame: grayFrame({ capturedAt: t }),
      reading: reading === undefined ? undefined : { t: reading, value: 100 * reading },
    };
  });

/** What each frame is joined with, as frames and readings come in this order; both end at the end. */
const joined = (arrivals: readonly (Frame | Reading)[], options: Parameters<typeof withChannel>[2] = {}) => {
  const [frame$, channel$] = [new Subject<Frame>(), new Subject<Reading>()];
  const received: (readonly [number | undefined, number | undefined])[] = [];
  let failure: unknown;
  withChannel(frame$, channel$, options).subscribe({
    next: ({ frame, reading }) => received.push([frame.capturedAt, reading?.value]),
    error: (error) => (failure = error),
  });
  for (const arrival of arrivals) {
    if ('data' in arrival) frame$.next(arrival);
    else channel$.next(arrival);
  }
  const before = received.length;
  frame$.complete();
  channel$.complete();
  if (failure !== undefined) throw failure;
  return { received, before };
};
const frame = (capturedAt: number) => grayFrame({ capturedAt });
const reading = (t: number, value = t) => ({ t, value });

describe('withChannel', () => {
  it('joins each frame with the reading valid at its capture, by its time and not by its arrival', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 2, c: 4, d: 6 };
      const frame$ = cold('   a-b-c-d|      ', frames(times));
      const channel$ = cold(' ----P-----Q---', readings({ P: 1, Q: 7 }));
      const expected = '      ----a-----(bcd|)';
      expectObservable(withChannel(frame$, channel$)).toBe(expected, pairs(times, { b: 1, c: 1, d: 1 }));
      expectSubscriptions(frame$.subscriptions).toBe('  ^------!      ');
      expectSubscriptions(channel$.subscriptions).toBe('^---------!   ');
    });
  });

  it('gives a frame up when another has come that is the lateness from it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 1, c: 2, d: 3, e: 4 };
      const frame$ = cold('   abcde---------|', frames(times));
      const channel$ = cold(' P-------Q------', readings({ P: 0, Q: 4 }));
      const expected = '      a---b---(cde)-|';
      expectObservable(withChannel(frame$, channel$, { lateness: 3 })).toBe(
        expected,
        pairs(times, { a: 0, b: 0, c: 0, d: 0, e: 4 }),
      );
      expectSubscriptions(frame$.subscriptions).toBe('  ^-------------!');
      expectSubscriptions(channel$.subscriptions).toBe('^-------------!');
    });
  });

  it('waits after the last frame for the lateness of the clock, and then leaves the channel', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 1 };
      const frame$ = cold('   ab--|            ', frames(times));
      const channel$ = cold(' -----------------', readings({}));
      const expected = '      ---- 10ms (ab|)  ';
      expectObservable(withChannel(frame$, channel$, { lateness: 10 })).toBe(expected, pairs(times, {}));
      expectSubscriptions(frame$.subscriptions).toBe('  ^---!            ');
      expectSubscriptions(channel$.subscriptions).toBe('^--- 10ms !');
    });
  });

  it('waits for nothing once the channel is over', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 1, c: 5 };
      const frame$ = cold('   a-b---c-|', frames(times));
      const channel$ = cold(' P---|    ', readings({ P: 0 }));
      const expected = '      a---b-c-|';
      expectObservable(withChannel(frame$, channel$)).toBe(expected, pairs(times, { a: 0, b: 0, c: 0 }));
      expectSubscriptions(frame$.subscriptions).toBe('  ^-------!');
      expectSubscriptions(channel$.subscriptions).toBe('^---!    ');
    });
  });

  it('leaves both when it is left', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 1 };
      const frame$ = hot('    ab---|', frames(times));
      const channel$ = cold(' P-----', readings({ P: 0 }));
      const left = '          ---!  ';
      const expected = '      a---  ';
      expectObservable(withChannel(frame$, channel$), left).toBe(expected, pairs(times, { a: 0 }));
      expectSubscriptions(frame$.subscriptions).toBe('  ^--!');
      expectSubscriptions(channel$.subscriptions).toBe('^--!');
    });
  });

  it.each([
    ['the frames', 'ab#   ', '------', '--(ab#)'],
    ['the channel', 'ab----', '--#   ', '--(ab#)'],
  ])('errors with %s, after the frames that wait', (_, frameMarbles, channelMarbles, expected) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 1 };
      const frame$ = cold(frameMarbles, frames(times));
      const channel$ = cold<Reading>(channelMarbles);
      expectObservable(withChannel(frame$, channel$)).toBe(expected, pairs(times, {}));
      expectSubscriptions(frame$.subscriptions).toBe('  ^-!');
      expectSubscriptions(channel$.subscriptions).toBe('^-!');
    });
  });

  it.each([
    ['never', '    -    ', '-      ', '^    '],
    ['no frame', ' --|  ', '--|    ', '^-!  '],
    ['an error', ' --#  ', '--#    ', '^-!  '],
  ])('passes %s through, whatever the channel does', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const frame$ = cold<Frame>(source);
      const channel$ = cold<Reading>('-');
      expectObservable(withChannel(frame$, channel$)).toBe(expected);
      expectSubscriptions(frame$.subscriptions).toBe(subscription);
      expectSubscriptions(channel$.subscriptions).toBe(subscription);
    });
  });

  it('finds the previous, the nearest, a line or the state that holds, within the tolerance', () => {
    const arrivals = [reading(0, 0), reading(10, 10), reading(40, 40), frame(4), frame(6), frame(20), frame(30)];
    const values = (options: Parameters<typeof withChannel>[2]) =>
      joined(arrivals, { lateness: Infinity, ...options }).received.map(([, value]) => value);
    expect(values({ tolerance: 10 })).toEqual([0, 0, 10, undefined]);
    expect(values({ tolerance: 10, fill: 'nearest' })).toEqual([0, 10, 10, 40]);
    expect(values({ tolerance: 10, fill: 'linear' })).toEqual([4, 6, undefined, undefined]);
    expect(values({ fill: 'hold' })).toEqual([0, 0, 10, 10]);
    expect(values({})).toEqual([0, 0, 10, 10]);
  });

  it('gives the reading as it was said, and on a line what both ends have in common', () => {
    const said = {
      t: 0,
      value: Number.NaN,
      units: 'mbar',
      flag: 'over-range',
      raw: 9.9e9,
      timeBase: 'recorded',
    } as const;
    const found = (fill: 'previous' | 'linear') => {
      const received: (Reading | undefined)[] = [];
      withChannel(of(frame(5)), of(said, { ...said, t: 10 }), { fill }).subscribe(({ reading }) =>
        received.push(reading),
      );
      return received;
    };
    expect(found('previous')).toEqual([said]);
    expect(found('linear')).toEqual([{ t: 5, value: Number.NaN, units: 'mbar', timeBase: 'recorded' }]);
  });

  it('goes by when a frame came where nobody says when it was captured, and lets one without times pass', () => {
    const timeless = grayFrame();
    const arrivals = [
      reading(10),
      reading(20),
      grayFrame({ arrivedAt: 15 }),
      timeless,
      grayFrame({ capturedAt: 12, arrivedAt: 25 }),
    ];
    expect(joined(arrivals).received.map(([, value]) => value)).toEqual([10, undefined, 10]);
    expect(joined([timeless, timeless]).before).toBe(2);
  });

  it('keeps every frame in its place, also one without a time behind one that waits', () => {
    const { received, before } = joined([frame(5), grayFrame(), frame(6), reading(5), frame(6), frame(3)]);
    expect([received.map(([t]) => t), before]).toEqual([[5, undefined, 6, 6, 3], 2]);
  });

  it('is not stopped by a frame whose time is wrong', () => {
    const arrivals = [reading(0), frame(1), frame(1e13), frame(2), reading(3), frame(3)];
    const { received, before } = joined(arrivals, { lateness: 100 });
    expect([received, before]).toEqual([
      [
        [1, 0],
        [1e13, undefined],
        [2, 0],
        [3, 3],
      ],
      4,
    ]);
  });

  it('knows readings for frames that are a little out of order', () => {
    const readings = Array.from({ length: 50 }, (_, t) => reading(t));
    const { received } = joined([...readings, frame(49), frame(44)], { lateness: 10 });
    expect(received).toEqual([
      [49, 49],
      [44, 44],
    ]);
  });

  it('tells readings that it does not use: out of order, and from the far future', () => {
    const unused: number[] = [];
    const onUnused = ({ t }: Reading) => unused.push(t);
    const arrivals = [reading(5), reading(5), reading(4), reading(1e13), reading(6), frame(6)];
    expect(joined(arrivals, { onUnused }).received).toEqual([[6, 6]]);
    expect(unused).toEqual([5, 4, 1e13]);
  });

  it('knows a channel that was silent for a night, by its end at the latest', () => {
    const day = 86_400_000;
    const found: unknown[] = [];
    withChannel(of(frame(day + 2)), of(reading(0), reading(day), reading(day + 1)), { lateness: Infinity }).subscribe(
      ({ reading }) => found.push(reading?.t),
    );
    expect(found).toEqual([day + 1]);
  });

  it('warns of the first when nobody asked', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      joined([reading(5), reading(5), reading(5)]);
      expect(warn.mock.calls.map(([, options]) => Object(options).code)).toEqual(['EPISTREAM_UNUSED']);
    } finally {
      warn.mockRestore();
    }
  });
});

describe('withChannel holds frames', () => {
  it('no more bytes of them than it may: the oldest leaves with what is known', () => {
    const arrivals = [reading(0), frame(1), frame(2), frame(3), frame(4)];
    // 12 bytes each.
    expect(joined(arrivals, { holdBytes: 36 }).before).toBe(1);
    expect(joined(arrivals, { holdBytes: 35 })).toEqual({
      before: 2,
      received: [
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0],
      ],
    });
    expect(joined([frame(1)], { holdBytes: 1 }).before).toBe(1);
  });

  it('without making a source wait that it waits for itself', async () => {
    const budget = new Budget(24);
    const source = fromFrames(
      Array.from({ length: 10 }, (_, t) => frame(t)),
      { budget },
    );
    const received: (number | undefined)[] = [];
    await withChannel(source, NEVER, { lateness: 5 }).forEach(({ frame }) => received.push(frame.capturedAt));
    expect([received, budget.peak]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0]);
  });

  it('and readings only as long as a frame may ask for them', () => {
    const kept = (lateness: number, frameOf: (t: number) => Frame) => {
      const waiting = new WaitingFrames<Frame>({
        lateness,
        holdBytes: 1000,
        fill: 'hold',
        tolerance: 0,
        onUnused: () => {},
      });
      let most = 0;
      for (let t = 0; t < 200; t++) {
        waiting.hear(reading(t));
        if (t % 2 === 1) waiting.add(frameOf(t));
        expect([...waiting.leave()]).toHaveLength(t % 2);
        most = Math.max(most, waiting.readings);
      }
      return most;
    };
    expect([kept(10, frame), kept(Infinity, frame)]).toEqual([11, 2]);
    // One without a time asks for nothing.
    expect(kept(Infinity, (t) => (t % 4 === 1 ? frame(t) : grayFrame()))).toBe(4);
  });

  it('for longer than a timer can wait', async () => {
    const late = timer(20).pipe(map(() => reading(1, 42)));
    const found: unknown[] = [];
    await withChannel(of(frame(1)), late, { lateness: 2 ** 31 }).forEach((pair) => found.push(pair.reading));
    expect(found).toEqual([reading(1, 42)]);
  });

  it('to the end of the channel, when the lateness has none', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const times = { a: 0, b: 5000 };
      const frame$ = cold('   (ab|)           ', frames(times));
      const channel$ = cold(' ---- 9s P--- |  ', readings({ P: 4000 }));
      const expected = '      ---- 9s a--- (b|)';
      expectObservable(withChannel(frame$, channel$, { lateness: Infinity })).toBe(expected, pairs(times, { b: 4000 }));
      expectSubscriptions(channel$.subscriptions).toBe('^--- 9s ---- !');
    });
  });
});

describe('withChannel, as a stream', () => {
  it('stops synchronous frames that were left', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield frame(++pulled);
    })();
    const received: (number | undefined)[] = [];
    withChannel(from(endless), EMPTY)
      .pipe(take(2))
      .subscribe(({ frame }) => received.push(frame.capturedAt));
    expect([received, pulled <= 3]).toEqual([[1, 2], true]);
  });

  it('begins anew with each subscription', () => {
    const twice = withChannel(of(frame(1)), of(reading(1)));
    const received: unknown[] = [];
    for (let round = 0; round < 2; round++) twice.subscribe(({ reading }) => received.push(reading));
    expect(received).toEqual([reading(1), reading(1)]);
  });

  it.each([
    [{ t: Number.NaN, value: 1 }, /^channel\.t must be a finite number of ms UTC/],
    [{ t: 1, value: '1' }, /^channel\.value must be a number/],
  ])('errors on the reading %p', (bad, message) => {
    expect(() => joined([bad as Reading])).toThrow(InputError);
    expect(() => joined([bad as Reading])).toThrow(message);
  });

  it.each([
    [{ fill: 'next' }, /^fill must be one of previous, nearest, linear, hold/],
    [{ tolerance: -1 }, /^tolerance must be 0 or more milliseconds/],
    [{ lateness: Number.NaN }, /^lateness must be 0 or more milliseconds/],
    [{ farFutureMs: 0 }, /^farFutureMs must be/],
    [{ holdBytes: 0 }, /^holdBytes must be a number of bytes above 0/],
    [{ axis: 1 }, /^axis is not an option of withChannel \(fill, tolerance, lateness,/],
  ])('refuses at the call: %p', (options, message) => {
    const call = () => withChannel(NEVER as Observable<Frame>, NEVER, options as never);
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });
});
