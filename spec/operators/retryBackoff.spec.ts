import { describe, expect, it } from '@jest/globals';
import { concat, defer, NEVER, of, queueScheduler, Subject, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { retryBackoff } from '../../src/operators/retryBackoff.js';
import { marbles } from '../../src/testing/marbles.js';

/** The longest wait every time, so that marbles can be drawn. */
const random = () => 1;

describe('retryBackoff', () => {
  it('doubles its waits up to the cap, then passes the last error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('   #                                  ');
      const expected = '      10ms       20ms 25ms 25ms         #';
      const subscriptions = [
        '                     (^!)                               ',
        '                     10ms (^!)                          ',
        '                     30ms (^!)                          ',
        '                     55ms (^!)                          ',
        '                     80ms (^!)                          ',
      ];
      expectObservable(source.pipe(retryBackoff({ baseMs: 10, capMs: 25, maxRetries: 4, random }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscriptions);
    });
  });

  it('jitters the whole wait, and emits what the last attempt emits', () => {
    marbles(({ cold, expectObservable }) => {
      const attempts = [cold('--#'), cold('              --#'), cold('                      --(r|)')];
      const expected = '      --     10ms                --    10ms                         --(r|)';
      const randoms = [0.5, 0.25];
      const policy = { baseMs: 20, random: () => randoms.shift()! };
      expectObservable(defer(() => attempts.shift()!).pipe(retryBackoff(policy))).toBe(expected);
    });
  });

  it('waits at least as long as the server asks, and passes a fatal error at once', () => {
    marbles(({ expectObservable }) => {
      const fatal = new Error('401');
      const errors = [Object.assign(new Error('503'), { afterMs: 100 }), fatal];
      const policy = {
        baseMs: 10,
        random: () => 0.5,
        retryAfterMs: (error: unknown) => (error as { afterMs?: number }).afterMs,
        shouldRetry: (error: unknown) => error !== fatal,
      };
      const source = defer(() => throwError(() => errors.shift()));
      expectObservable(source.pipe(retryBackoff(policy))).toBe('105ms #', undefined, fatal);
    });
  });

  it('counts from the start after a value only when it is told to', () => {
    marbles(({ cold, expectObservable }) => {
      const left = '     45ms !                          ';
      const forever = '  p 9ms p 9ms p 9ms p 9ms p        ';
      const bounded = '  p 9ms p 9ms p#                   ';
      const policy = { baseMs: 9, capMs: 9, maxRetries: 2, random };
      expectObservable(cold('p#').pipe(retryBackoff({ ...policy, resetOnSuccess: true })), left).toBe(forever);
      expectObservable(cold('p#').pipe(retryBackoff(policy))).toBe(bounded);
    });
  });

  it('lets go of the timer when it is left during a wait', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('    #       ');
      const left = '           20ms !  ';
      const subscription = '   (^!)    ';
      expectObservable(source.pipe(retryBackoff({ baseMs: 50, random })), left).toBe('-');
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it.each([
    ['never', '-     ', '^     '],
    ['empty', '--|   ', '^-!   '],
    ['one', '  -a-|  ', '^--!  '],
    ['many', ' -ab-c|', '^----!'],
  ])('passes %s through', (_, drawn, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(drawn);
      expectObservable(source.pipe(retryBackoff())).toBe(drawn);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('makes 8 retries unless told otherwise, and none for 0', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold('#');
      const once = cold('#');
      expectObservable(source.pipe(retryBackoff({ random: () => 0 }))).toBe('#');
      expectObservable(once.pipe(retryBackoff({ maxRetries: 0 }))).toBe('#');
      flush();
      expect([source.subscriptions.length, once.subscriptions.length]).toEqual([9, 1]);
    });
  });

  it('tells of each wait before it begins', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const told: unknown[] = [];
      const policy = { baseMs: 10, maxRetries: 2, random, onRetry: (retry: unknown) => told.push(retry) };
      expectObservable(cold('#', undefined, 'x').pipe(retryBackoff(policy))).toBe('30ms #', undefined, 'x');
      flush();
      expect(told).toEqual([
        { error: 'x', retryNo: 1, delayMs: 10 },
        { error: 'x', retryNo: 2, delayMs: 20 },
      ]);
    });
  });

  it('moves by the scheduler it is given', () => {
    const scheduler = new TestScheduler(() => {});
    scheduler.maxFrames = Infinity;
    const failed: number[] = [];
    throwError(() => 'x')
      .pipe(retryBackoff({ baseMs: 10, maxRetries: 2, random }, scheduler))
      .subscribe({ error: () => failed.push(scheduler.now()) });
    scheduler.flush();
    expect(failed).toEqual([30]);
  });

  it('starts a second run of the source from within the first', () => {
    const restarted = new Subject<string>();
    const received: string[] = [];
    let attempts = 0;
    defer(() => (++attempts === 1 ? restarted : of('second')))
      .pipe(retryBackoff({ baseMs: 0 }, queueScheduler))
      .subscribe((value) => {
        received.push(value);
        if (value === 'first') restarted.error('again');
      });
    restarted.next('first');
    expect(received).toEqual(['first', 'second']);
  });

  it('stops a synchronous source that was left', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield pulled++;
    })();
    concat(endless, NEVER).pipe(retryBackoff(), take(2)).subscribe();
    expect(pulled).toBe(2);
  });
});
