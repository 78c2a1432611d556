import { describe, expect, it } from '@jest/globals';
import { concat, delay, map, mergeMap, NEVER, of, throwError } from 'rxjs';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import type { Reply } from '../../src/testing/fakeIngest.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const asked = { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 };

describe('attempts', () => {
  it('probe a storage one at a time, although its uploads move before they are refused', () => {
    marbles(({ hot, flush }) => {
      const refused = of(0).pipe(
        delay(10),
        mergeMap(() => throwError(() => ingestFailure('put', 503))),
      );
      const moving = concat(of({ sentBytes: 1 }), refused);
      const platform = fakePlatform({ replies: { send: [...Array(9).fill(moving), {}] }, retry: { baseMs: 4 } });
      const begun: number[] = [];
      platform.events$.subscribe((event) => event.type === 'retrying' && begun.push(event.at));
      hot('(ab|)')
        .pipe(
          map(() => grayFrame()),
          rheedSink(platform, asked),
        )
        .subscribe();
      flush();
      // Both at first, then one after the other.
      expect(begun.slice(0, 2)).toEqual([10, 10]);
      expect(new Set(begun.slice(1)).size).toBe(begun.length - 1);
    });
  });

  /** What is told, and when, of one chunk whose first attempt is refused for the key. */
  const toldAfter401 = (...answers: readonly Reply[]): string[] => {
    const told: string[] = [];
    marbles(({ hot, flush }) => {
      const send = [{ fail: ingestFailure('presign', 401) }, ...answers];
      const platform = fakePlatform({ keyMayChange: true, replies: { send }, retry: { baseMs: 4 } });
      platform.events$.subscribe(
        ({ type, at }) => ['paused', 'resumed', 'delivered'].includes(type) && told.push(`${at} ${type}`),
      );
      hot('a|')
        .pipe(
          map(() => grayFrame()),
          rheedSink(platform, asked),
        )
        .subscribe();
      flush();
    });
    return told;
  };

  it('stay paused in an outage: nobody has mended the key yet', () => {
    const outage = { fail: ingestFailure('presign', 'network') };
    expect(toldAfter401(outage, {})).toEqual(['0 paused', '12 resumed', '12 delivered']);
  });

  it('go on after a pause as soon as the key is taken, and do not wait for the upload', () => {
    const upload = concat(of({ sentBytes: 1 }), of({ sentBytes: 2 }).pipe(delay(50)));
    expect(toldAfter401(upload)).toEqual(['0 paused', '4 resumed', '54 delivered']);
  });

  it('remember the last failure until something succeeds', () => {
    marbles(({ hot, cold, flush }) => {
      const busy = { fail: ingestFailure('presign', 503) };
      const told: string[] = [];
      const run = (send: readonly Reply[]) => {
        const platform = fakePlatform({ replies: { send }, retry: { baseMs: 4 } });
        platform.events$.subscribe((event) => event.type === 'gaveUp' && told.push(event.problem.message));
        hot('(ab)')
          .pipe(
            map(() => grayFrame()),
            rheedSink(platform, asked),
          )
          .subscribe({ error: () => {} });
        cold('20ms x').subscribe(() => void platform.close({ deadlineMs: 10 }));
      };
      run([busy, busy, {}, NEVER]);
      run([busy, busy, { afterMs: 20, ...busy }, NEVER]);
      flush();
      expect(told).toEqual(['delivery was stopped', 'delivery was stopped; the last failure: presign: answered 503']);
    });
  });
});
