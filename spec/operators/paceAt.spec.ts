import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  bufferCount,
  concat,
  last,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  type Subscription,
  take,
  tap,
  timestamp,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';
import { paceAt } from '../../src/operators/paceAt.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

describe('paceAt', () => {
  it('spaces a ready source: the first item at once, the end with the last', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('    (abcd|)                ');
      const expected = '       a 9ms b 9ms c 9ms (d|) ';
      const subscription = '   (^!)                   ';
      expectObservable(source.pipe(paceAt(100))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('lets a late item within the slack pass at once, and does not move the schedule for it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // Due at 0, 10, 20, 30, 40; c comes at 25.
      const source = cold('    a 3ms b 20ms c d e|          ');
      const expected = '       a 9ms b 14ms c 4ms d 9ms (e|)';
      const subscription = '   ^ 27ms !                     ';
      expectObservable(source.pipe(paceAt(100))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('starts the schedule anew after a pause beyond the slack: no burst', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('    ab 3s        (cde|)            ');
      const expected = '       a 9ms b 2991ms c 9ms d 9ms (e|)';
      expectObservable(source.pipe(paceAt(100))).toBe(expected);
    });
  });

  it('catches up in a burst with infinite slack', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('    ab 3s        (cde|)');
      const expected = '       a 9ms b 2991ms (cde|)';
      expectObservable(source.pipe(paceAt(100, { slack: Infinity }))).toBe(expected);
    });
  });

  it('keeps the schedule up to exactly the slack: two periods, at least 50 ms', () => {
    marbles(({ cold, expectObservable }) => {
      // b is due at 10 and c at 20: 50 ms of lateness at 60, more at 61.
      expectObservable(cold('  a 59ms (bc|)').pipe(paceAt(100))).toBe('a 59ms (bc|)     ');
      expectObservable(cold('  a 60ms (bc|)').pipe(paceAt(100))).toBe('a 60ms b 9ms (c|)');
      expectObservable(cold('  a 299ms (bc|)').pipe(paceAt(10))).toBe('a 299ms (bc|)     ');
      expectObservable(cold('  a 300ms (bc|)').pipe(paceAt(10))).toBe('a 300ms b 99ms (c|)');
      expectObservable(cold('  a 11ms (bc|)').pipe(paceAt(100, { slack: 1 }))).toBe('a 11ms b 9ms (c|)');
    });
  });

  it('lets an error leave after what was accepted', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('    (abc#)           ');
      const expected = '       a 9ms b 9ms (c#) ';
      expectObservable(source.pipe(paceAt(100))).toBe(expected);
    });
  });

  it.each([
    ['never', '          -    ', '-      ', '^    '],
    ['empty', '          --|  ', '--|    ', '^-!  '],
    ['one', '            -a|  ', '-a|    ', '^-!  '],
    ['an early error', ' --#  ', '--#    ', '^-!  '],
  ])('passes %s through', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const items = cold(source);
      expectObservable(items.pipe(paceAt(100))).toBe(expected);
      expectSubscriptions(items.subscriptions).toBe(subscription);
    });
  });

  it('leaves the source and its timer when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const budget = new Budget(1000);
      const source = cold('    (abc)      ', { a: grayFrame(), b: grayFrame(), c: grayFrame() });
      const left = '           -----!     ';
      const expected = '       a          ';
      const subscription = '   ^----!     ';
      expectObservable(source.pipe(paceAt(100, { budget })), left).toBe(expected, { a: grayFrame() });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      flush();
      expect([budget.used, budget.peak]).toEqual([0, 24]);
    });
  });

  it('charges what waits, by the bytes of frames, arrays and chunks, until it leaves', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const budget = new Budget(1000);
      const values = { a: grayFrame(), b: frames(2), c: { frames: frames(3) }, d: new Uint16Array(2), e: 'nothing' };
      const source = cold('    (abcde|)               ', values);
      const expected = '       a 9ms b 9ms c 9ms d 9ms (e|)';
      expectObservable(source.pipe(paceAt(100, { budget }))).toBe(expected, values);
      for (const [at, bytes] of [
        [0, 64],
        [9, 64],
        [10, 40],
        [20, 4],
        [30, 0],
      ] as const)
        asyncScheduler.schedule(() => expect([at, budget.used]).toEqual([at, bytes]), at + 0.5);
      flush();
      expect([budget.used, budget.peak]).toEqual([0, 64]);
    });
  });

  it('gives every byte back on an error', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const budget = new Budget(1000);
      expectObservable(cold('(ab#)', { a: 1, b: frames(2) }).pipe(paceAt(100, { budget }))).toBe('a 9ms (b#)', {
        a: 1,
        b: frames(2),
      });
      flush();
      expect([budget.used, budget.peak]).toEqual([0, 24]);
    });
  });

  it('gives back what it took when a buffer is detached while it waits', () => {
    marbles(({ cold, flush }) => {
      const budget = new Budget(1000);
      const frame = grayFrame();
      cold('(ab)', { a: 1, b: frame }).pipe(paceAt(100, { budget })).subscribe();
      asyncScheduler.schedule(() => structuredClone(frame.data, { transfer: [frame.data.buffer as ArrayBuffer] }), 5);
      flush();
      expect([budget.used, budget.peak]).toEqual([0, 12]);
    });
  });

  it('does not drift: item 100,000 at 120 fps leaves within a nanosecond, and none is early', () => {
    const leaving: number[] = [];
    new TestScheduler(() => {}).run(() => {
      range(0, 100_001)
        .pipe(paceAt(120), timestamp(asyncScheduler))
        .subscribe(({ timestamp }) => leaving.push(timestamp));
    });
    expect(leaving).toHaveLength(100_001);
    expect(Math.abs(leaving[100_000]! - 100_000_000 / 120)).toBeLessThan(1e-6);
    expect(leaving.findIndex((time, index) => time < (index * 1000) / 120 - 1e-6)).toBe(-1);
  });

  it('moves by the scheduler it is given', () => {
    const scheduler = new TestScheduler(() => {});
    scheduler.maxFrames = Infinity;
    const leaving: number[] = [];
    range(0, 4)
      .pipe(paceAt(100, { scheduler }))
      .subscribe(() => leaving.push(scheduler.now()));
    scheduler.flush();
    expect(leaving).toEqual([0, 10, 20, 30]);
  });

  it('never leaves early when a timer fires too soon', () => {
    const leaving: number[] = [];
    new TestScheduler(() => {}).run(() => {
      const hasty = {
        now: () => asyncScheduler.now(),
        schedule: ((work: () => void, delay: number) => asyncScheduler.schedule(work, delay / 2)) as never,
      };
      range(0, 3)
        .pipe(paceAt(100, { scheduler: hasty }))
        .subscribe(() => leaving.push(asyncScheduler.now()));
    });
    expect(leaving.map((time) => Math.round(time * 1e5) / 1e5)).toEqual([0, 10, 20]);
  });

  it('leaves no timer behind when it is left', () => {
    const timers: Subscription[] = [];
    const noting = {
      now: () => asyncScheduler.now(),
      schedule: ((work: () => void, delay: number) => {
        timers.push(asyncScheduler.schedule(work, delay));
        return timers.at(-1);
      }) as never,
    };
    concat(of(1, 2), NEVER)
      .pipe(paceAt(100, { scheduler: noting }))
      .subscribe()
      .unsubscribe();
    expect(timers.map(({ closed }) => closed)).toEqual([true]);
  });

  it('starts no timer for what still waits when the last item wanted has left', () => {
    marbles(({ flush }) => {
      let timers = 0;
      const counting = {
        now: () => asyncScheduler.now(),
        schedule: ((work: () => void, delay: number) => {
          timers++;
          return asyncScheduler.schedule(work, delay);
        }) as never,
      };
      of(1, 2, 3)
        .pipe(paceAt(100, { scheduler: counting }), take(2))
        .subscribe();
      flush();
      expect(timers).toBe(1);
    });
  });

  it('keeps the schedule when an item comes while late ones still wait', () => {
    const scheduler = new TestScheduler(() => {});
    scheduler.maxFrames = Infinity;
    let asleep = 0;
    const sleepy = { now: () => scheduler.now() + asleep, schedule: scheduler.schedule.bind(scheduler) as never };
    const source = new Subject<string>();
    const leaving: [string, number][] = [];
    source.pipe(paceAt(100, { scheduler: sleepy })).subscribe((item) => leaving.push([item, sleepy.now()]));
    for (const item of ['a', 'b']) source.next(item);
    asleep = 1000;
    for (const item of ['c', 'd']) source.next(item);
    scheduler.flush();
    expect(leaving).toEqual([
      ['a', 0],
      ['b', 1010],
      ['c', 1010],
      ['d', 1010],
    ]);
  });

  it('sends what fell due while the computer slept at once, whatever its number', () => {
    const scheduler = new TestScheduler(() => {});
    scheduler.maxFrames = Infinity;
    let asleep = 0;
    const sleepy = { now: () => scheduler.now() + asleep, schedule: scheduler.schedule.bind(scheduler) as never };
    let sent = 0;
    range(0, 20_000)
      .pipe(paceAt(100, { scheduler: sleepy }))
      .subscribe(() => {
        sent++;
        if (sent === 2) asleep = 1e6;
      });
    scheduler.flush();
    expect([sent, scheduler.now()]).toEqual([20_000, 10]);
  });

  it('grows its queue at every hiccup of a live camera, unless it catches up', () => {
    // 100 fps; every 2 s the process is blocked for 200 ms, and the frames of that time come together.
    const queueAfterHiccups = (slack: number) => {
      const budget = new Budget(1e9);
      let queued = 0;
      new TestScheduler(() => {}).run(() => {
        const camera = new Observable<Uint8Array>((subscriber) => {
          for (let time = 0; time < 12_000; time += 10) {
            const phase = time % 2000;
            const arrival = phase > 1800 ? time - phase + 2000 : time;
            asyncScheduler.schedule(() => subscriber.next(new Uint8Array(1)), arrival);
          }
        });
        camera.pipe(paceAt(100, { slack, budget })).subscribe();
        asyncScheduler.schedule(() => (queued = budget.used), 11_790);
      });
      return queued;
    };
    expect(queueAfterHiccups(Infinity)).toBe(0);
    expect(queueAfterHiccups(50)).toBeGreaterThan(0);
  });

  it('queues an item that comes while another is leaving', () => {
    marbles(({ expectObservable }) => {
      const echo = new Subject<string>();
      const echoed = new Observable<string>((subscriber) => {
        const inner = echo.pipe(paceAt(100)).subscribe(subscriber);
        echo.next('a');
        return inner;
      }).pipe(tap((item) => item === 'a' && echo.next('b')));
      expectObservable(echoed, '--------------------!').toBe('a 9ms b');
    });
  });

  it('stops a synchronous source that was left', () => {
    const pulled: number[] = [];
    const endless = (function* () {
      for (let item = 0; ; item++) {
        pulled.push(item);
        yield item;
      }
    })();
    const received: number[] = [];
    concat(endless, NEVER)
      .pipe(paceAt(100), take(1))
      .subscribe((item) => received.push(item));
    // One item more is pulled before the source hears of it.
    expect([received, pulled]).toEqual([[0], [0, 1]]);
  });

  it('works with bufferCount: a chunk leaves with its last frame', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('    (abcde|)                     ');
      const expected = '       10ms x 19ms y 9ms (z|)       ';
      expectObservable(source.pipe(paceAt(100), bufferCount(2))).toBe(expected, {
        x: ['a', 'b'],
        y: ['c', 'd'],
        z: ['e'],
      });
    });
  });

  it.each([0, -1, Number.NaN, Infinity, '24'])('refuses %p fps at the call', (fps) => {
    expect(() => paceAt(fps as number)).toThrow(InputError);
    expect(() => paceAt(fps as number)).toThrow(/^fps must be a finite number above 0/);
  });

  it.each([-1, Number.NaN])('refuses a slack of %p at the call', (slack) => {
    expect(() => paceAt(24, { slack })).toThrow(/^slack must be 0 or more milliseconds/);
  });

  it('runs in real time as well', async () => {
    const started = performance.now();
    const items = new Promise((resolve) => of(1, 2, 3).pipe(paceAt(200), last()).subscribe(resolve));
    expect(await items).toBe(3);
    expect(performance.now() - started).toBeGreaterThanOrEqual(10 - 0.01);
  });
});
