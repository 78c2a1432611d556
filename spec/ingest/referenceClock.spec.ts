import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, defer, EMPTY, map, type Observable, switchMap, throwError, timer } from 'rxjs';
import type { Clock } from '../../src/flow/clock.js';
import type { TimeReply } from '../../src/ingest/codecs.js';
import { failure } from '../../src/ingest/failure.js';
import { referenceClock } from '../../src/ingest/referenceClock.js';
import type { ClockReading } from '../../src/model/clockReading.js';
import { marbles } from '../../src/testing/marbles.js';

/** A host in virtual time. */
const clock: Clock = { scheduler: asyncScheduler, wallMs: () => asyncScheduler.now() };

/** A platform that is so many ms ahead at its n-th question, and takes 2 ms each way; notes when it was asked. */
const platform = (ahead: (attempt: number) => number | Error) => {
  const askedAt: number[] = [];
  const ask$ = defer((): Observable<TimeReply> => {
    const sentAt = asyncScheduler.now();
    const offset = ahead(askedAt.push(sentAt) - 1);
    const time = sentAt + 2 + Number(offset);
    return timer(4).pipe(
      switchMap(() => (offset instanceof Error ? throwError(() => offset) : [time])),
      map((at) => ({ receivedAtUnixMs: at, transmittedAtUnixMs: at })),
    );
  });
  return { askedAt, ask$ };
};

const notFound = failure({ step: 'clock', from: 'api', status: 404, what: 'no such route' });
const offline = failure({ step: 'clock', from: 'network', what: 'no answer' });

const reading = (offsetMs: number, takenAt: number, uncertaintyMs = 2): ClockReading => ({
  offsetMs,
  uncertaintyMs,
  takenAt,
});

describe('referenceClock', () => {
  it('takes four samples two seconds apart, then one every five minutes', () => {
    const { ask$, askedAt } = platform(() => 100);
    marbles(({ expectObservable }) => {
      const readings = { a: 4, b: 2_008, c: 4_012, d: 6_016, e: 306_020, f: 606_024 };
      const clock$ = referenceClock(ask$, clock);
      // A late subscriber gets the last reading alone.
      expectObservable(clock$, '3s ^!').toBe('3s l', { l: reading(100, 2_008) });
      expectObservable(clock$, '^ 700s !').toBe(
        '4ms a 2003ms b 2003ms c 2003ms d 300003ms e 300003ms f',
        Object.fromEntries(Object.entries(readings).map(([name, at]) => [name, reading(100, at)])),
      );
    });
    expect(askedAt).toEqual([0, 2_004, 4_008, 6_012, 306_016, 606_020]);
  });

  it('asks nothing before it is subscribed to, nor after it is left', () => {
    const { ask$, askedAt } = platform(() => 100);
    marbles(({ expectObservable }) => {
      const clock$ = referenceClock(ask$, clock);
      expectObservable(clock$, '5ms ^ 3s !').toBe('9ms a 2003ms b', { a: reading(100, 9), b: reading(100, 2_013) });
      expectObservable(timer(999_999)).toBe('999999ms (a|)', { a: 0 });
    });
    expect(askedAt).toEqual([5, 2_009]);
  });

  it('is shared, tells late subscribers the last reading, and begins anew when everybody had left', () => {
    const { ask$, askedAt } = platform((attempt) => attempt);
    marbles(({ expectObservable }) => {
      const clock$ = referenceClock(ask$, clock);
      expectObservable(clock$, '^ 99ms !').toBe('4ms a', { a: reading(0, 4) });
      expectObservable(clock$, '50ms ^ 99ms !').toBe('50ms a', { a: reading(0, 4) });
      expectObservable(clock$, '1s ^ 99ms !').toBe('1004ms b', { b: reading(1, 1_004) });
    });
    expect(askedAt).toEqual([0, 1_000]);
  });

  it('says once that nothing is known while attempts fail, and completes its burst when they no longer do', () => {
    const { ask$, askedAt } = platform((attempt) => (attempt < 2 ? offline : 100));
    marbles(({ expectObservable }) => {
      expectObservable(referenceClock(ask$, clock), '^ 63s !').toBe('4ms u 60007ms a 2003ms b', {
        u: undefined,
        a: reading(100, 60_012),
        b: reading(100, 62_016),
      });
    });
    expect(askedAt).toEqual([0, 30_004, 60_008, 62_012]);
  });

  it('keeps its reading when a later attempt fails', () => {
    const { ask$, askedAt } = platform((attempt) => (attempt === 1 ? notFound : 100));
    marbles(({ expectObservable }) => {
      expectObservable(referenceClock(ask$, clock), '^ 33s !').toBe('4ms a 2003ms b 30003ms c', {
        a: reading(100, 4),
        b: reading(100, 2_008),
        c: reading(100, 32_012),
      });
    });
    expect(askedAt).toEqual([0, 2_004, 32_008]);
  });

  it('asks a platform without a clock once, also for later subscribers', () => {
    const { ask$, askedAt } = platform(() => notFound);
    marbles(({ expectObservable }) => {
      const clock$ = referenceClock(ask$, clock);
      expectObservable(clock$).toBe('4ms (u|)', { u: undefined });
      expectObservable(clock$, '1s ^').toBe('1s (u|)', { u: undefined });
    });
    expect(askedAt).toEqual([0]);
  });

  it('takes an answer of nothing for a failure', () => {
    marbles(({ expectObservable }) => {
      expectObservable(referenceClock(EMPTY, clock), '^ 99s !').toBe('u', { u: undefined });
    });
  });

  it('tells where the offset stands as it slews', () => {
    // Of equal delays the newest wins: the fifth sample, 2 ms higher.
    const { ask$ } = platform((attempt) => (attempt < 4 ? 100 : 102));
    marbles(({ expectObservable }) => {
      expectObservable(referenceClock(ask$, clock), '^ 320s !').toBe(
        '4ms a 2003ms b 2003ms c 2003ms d 300003ms e 1999ms f 1999ms g',
        {
          a: reading(100, 4),
          b: reading(100, 2_008),
          c: reading(100, 4_012),
          d: reading(100, 6_016),
          e: reading(100, 306_020, 4),
          f: reading(101, 308_020, 3),
          g: reading(102, 310_020),
        },
      );
    });
  });

  it('discards a sample during which the host’s clock was set', () => {
    const { ask$, askedAt } = platform(() => 100);
    // The wall clock jumps an hour between question and answer of the first sample.
    const wallMs = () => asyncScheduler.now() + (asyncScheduler.now() < 2 ? 0 : 3_600_000);
    marbles(({ expectObservable }) => {
      expectObservable(referenceClock(ask$, { ...clock, wallMs }), '^ 31s !').toBe('4ms u 30003ms a', {
        u: undefined,
        a: reading(100 - 3_600_000, 3_630_008),
      });
    });
    expect(askedAt).toEqual([0, 30_004]);
  });
});
