import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, concat, NEVER, of, Subject, take } from 'rxjs';
import { admit, type Overflow } from '../../src/flow/admit.js';
import { Budget } from '../../src/flow/budget.js';
import { BudgetError, InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import type { Gap } from '../../src/model/gap.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { marbles } from '../../src/testing/marbles.js';

/** Six frames, captured at 100, 110, … 150. */
const [a, b, c, d, e, f] = frames(6, { fps: 100, startMs: 100 }) as [Frame, Frame, Frame, Frame, Frame, Frame];
const values: Record<string, Frame> = { a, b, c, d, e, f };

const policyGap = (count: number, fromMs: number, toMs: number): Gap => ({
  frames: count,
  fromMs,
  toMs,
  cause: 'policy',
});
const behind = (gapBefore: Gap, frame: Frame): Frame => ({ ...frame, gapBefore });

/** A budget of 100 that is charged as `changes` says, by time. */
const budgetOver = (changes: Record<number, number>) => {
  const budget = new Budget(100);
  const account = budget.account();
  for (const [time, bytes] of Object.entries(changes))
    asyncScheduler.schedule(() => (bytes > 0 ? account.charge(bytes) : account.release(-bytes)), Number(time));
  return budget;
};

describe('admit', () => {
  it('makes one contiguous gap of a stall, counted and timed on the frame behind it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      // Full at 1 ms; below the limit at 5 ms, which is not yet room; room at 7 ms.
      const budget = budgetOver({ 1: 100, 5: -20, 7: -40 });
      const gaps: Gap[] = [];
      const source = cold('    a-b-c-d-e-f|', values);
      const expected = '       a-------E-f|';
      const subscription = '   ^----------!';
      const gap = policyGap(3, 110, 130);
      const admitted = source.pipe(admit(budget, 'drop-newest', (one) => gaps.push(one)));
      expectObservable(admitted).toBe(expected, { a, E: behind(gap, e), f });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      flush();
      expect(gaps).toEqual([gap]);
    });
  });

  it('lets everything through, the identical frames, while there are bytes', () => {
    marbles(({ cold, expectObservable }) => {
      const budget = budgetOver({ 1: 99 });
      const source = cold('    a-b-c|', values);
      expectObservable(source.pipe(admit(budget, 'drop-newest'))).toBe('a-b-c|', values);
    });
    const received: Frame[] = [];
    of(a)
      .pipe(admit(new Budget(1), 'error'))
      .subscribe((frame) => received.push(frame));
    expect(received[0]).toBe(a);
  });

  it('tells of no gap that was there before', () => {
    const gaps: Gap[] = [];
    const already = behind(policyGap(1, 90, 90), a);
    const received: Frame[] = [];
    of(already)
      .pipe(admit(new Budget(1), 'drop-newest', (gap) => gaps.push(gap)))
      .subscribe((frame) => received.push(frame));
    expect([received[0] === already, gaps]).toEqual([true, []]);
  });

  it("fails with a BudgetError and leaves the source when the policy is 'error'", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const budget = budgetOver({ 1: 110 });
      const source = cold('    a-b-c|', values);
      const expected = '       a-#   ';
      const subscription = '   ^-!   ';
      expectObservable(source.pipe(admit(budget, 'error'))).toBe(expected, values, new BudgetError(110, 100));
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it.each([
    ['completes', '  a-b-c-|', 'a-----(C|)', '^-----!'],
    ['fails', '      a-b-c-#', 'a-----(C#)', '^-----!'],
  ])('lets the newest dropped frame through when the source %s in a gap', (_, drawn, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const gaps: Gap[] = [];
      const source = cold(drawn, values);
      const gap = policyGap(1, 110, 110);
      const admitted = source.pipe(admit(budgetOver({ 1: 100 }), 'drop-newest', (one) => gaps.push(one)));
      expectObservable(admitted).toBe(expected, { a, C: behind(gap, c) });
      expectSubscriptions(source.subscriptions).toBe(subscription);
      flush();
      expect(gaps).toEqual([gap]);
    });
  });

  it('has dropped nothing when the source ends behind the only frame in the gap', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const gaps: Gap[] = [];
      const admitted = cold('a-b-|', values).pipe(
        admit(budgetOver({ 1: 100 }), 'drop-newest', (gap) => gaps.push(gap)),
      );
      expectObservable(admitted).toBe('a---(b|)', values);
      flush();
      expect(gaps).toEqual([]);
    });
  });

  it('tells of the gap, with every frame in it, when it is left inside', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const gaps: Gap[] = [];
      const source = cold('    a-b-c-d|', values);
      const left = '           -----!  ';
      const admitted = source.pipe(admit(budgetOver({ 1: 100 }), 'drop-newest', (gap) => gaps.push(gap)));
      expectObservable(admitted, left).toBe('a', values);
      expectSubscriptions(source.subscriptions).toBe('^----!');
      flush();
      expect(gaps).toEqual([policyGap(2, 110, 120)]);
    });
  });

  it('merges its gap with those that the frames already had', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('    a-b-c-d|', {
        ...values,
        c: behind(policyGap(4, 111, 119), c),
        d: behind(policyGap(2, 121, 122), d),
      });
      const expected = '       a-----D|';
      const gap = policyGap(1 + 4 + 1 + 2, 110, 122);
      expectObservable(source.pipe(admit(budgetOver({ 1: 100, 5: -100 }), 'drop-newest'))).toBe(expected, {
        a,
        D: behind(gap, d),
      });
    });
  });

  it('times frames without a capture time by their arrival, and else by the clock', () => {
    marbles(({ cold, expectObservable }) => {
      const bare = grayFrame();
      const arrived = grayFrame({ arrivedAt: 777 });
      const source = cold('    -b-c-d|', { b: bare, c: bare, d: arrived });
      const other = cold('     -d-b-b|', { b: bare, d: arrived });
      const full = () => budgetOver({ 0: 100, 4: -100 });
      expectObservable(source.pipe(admit(full(), 'drop-newest'))).toBe('-----D|', {
        D: behind(policyGap(2, 1, 3), arrived),
      });
      expectObservable(other.pipe(admit(full(), 'drop-newest'))).toBe('-----B|', {
        B: behind(policyGap(2, 777, 3), bare),
      });
    });
  });

  it.each([
    ['never', '   -   ', '-   ', '^   '],
    ['empty', '   --| ', '--| ', '^-! '],
    ['an error', '--# ', '--# ', '^-! '],
    ['one', '     -a|', '-a|', '^-! '],
    ['many', '    abc|', 'abc|', '^--!'],
  ])('passes %s through', (_, drawn, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(drawn, values);
      expectObservable(source.pipe(admit(new Budget(1), 'drop-newest'))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('judges a frame that comes while another passes by the budget as it is then', () => {
    const budget = new Budget(100);
    const account = budget.account();
    const camera = new Subject<Frame>();
    const received: Frame[] = [];
    camera.pipe(admit(budget, 'drop-newest')).subscribe((frame) => {
      received.push(frame);
      if (received.length > 1) return;
      account.charge(100);
      camera.next(b);
      account.release(100);
    });
    for (const frame of [a, c]) camera.next(frame);
    expect(received).toEqual([a, behind(policyGap(1, 110, 110), c)]);
  });

  it('stops a synchronous source that was left, or that failed', () => {
    for (const [overflow, bytes] of [
      ['drop-newest', 100],
      ['error', 1],
    ] as const) {
      let pulled = 0;
      const budget = new Budget(bytes);
      if (overflow === 'error') budget.account().charge(1);
      const endless = (function* () {
        for (;;) {
          pulled++;
          yield a;
        }
      })();
      concat(endless, NEVER)
        .pipe(admit(budget, overflow), take(1))
        .subscribe({ error: () => {} });
      // One frame more is pulled before the source hears of it.
      expect(pulled).toBe(2);
    }
  });

  it('refuses a policy that nobody named', () => {
    const unnamed = () => admit(new Budget(1), undefined as unknown as Overflow);
    expect(unnamed).toThrow(InputError);
    expect(unnamed).toThrow(/^overflow must be 'error' or 'drop-newest'/);
  });
});
