import { describe, expect, it } from '@jest/globals';
import { defer, NEVER, of, take } from 'rxjs';
import { hostClock } from '../../src/flow/hostClock.js';
import { repeatOnTicks, type Ticks } from '../../src/results/repeatOnTicks.js';
import { marbles } from '../../src/testing/marbles.js';

const ticks: Ticks = {
  intervalMs: 5,
  jitterMs: 0,
  isImmediate: true,
  count: Number.POSITIVE_INFINITY,
  atLeastMs: () => 0,
  scheduler: hostClock.scheduler,
  random: () => 0,
};

describe('repeatOnTicks', () => {
  it('subscribes at ticks, skips those that pass, and never subscribes twice at a time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a = cold('        a|                       ');
      const b = cold('             -------b|           ');
      const c = cold('                       c----|    ');
      const d = cold('                            ---d|');
      const windows = {
        a: '                  ^!                       ',
        b: '                  -----^-------!           ',
        c: '                  ---------------^----!    ',
        d: '                  --------------------^---!',
      };
      const left = '          ------------------------!';
      const expected = '      a-----------b--c-------d-';
      const sources = [a, b, c, d];
      expectObservable(defer(() => sources.shift()!).pipe(repeatOnTicks(ticks)), left).toBe(expected);
      expectSubscriptions(a.subscriptions).toBe(windows.a);
      expectSubscriptions(b.subscriptions).toBe(windows.b);
      expectSubscriptions(c.subscriptions).toBe(windows.c); // over at tick 20 itself, which is not missed
      expectSubscriptions(d.subscriptions).toBe(windows.d);
    });
  });

  it('begins a tick later when it is told to, and stops after so many times', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('    -a|         ');
      const expected = ' ------a----a|      ';
      const windows = ['-----^-!           ', '----------^-!      '];
      const late = { ...ticks, isImmediate: false, count: 2 };
      expectObservable(source.pipe(repeatOnTicks(late))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(windows);
    });
  });

  it('jitters each tick and moves none of those after it', () => {
    marbles(({ expectObservable }) => {
      const randoms = [0.9, 0, 0.5];
      const jittered = { ...ticks, intervalMs: 100, jitterMs: 10, count: 4, random: () => randoms.shift()! };
      const expected = 'a 108ms a 90ms a 104ms (a|)';
      expectObservable(of('a').pipe(repeatOnTicks(jittered))).toBe(expected);
    });
  });

  it('jitters by an interval at most', () => {
    marbles(({ expectObservable }) => {
      const jittered = { ...ticks, jitterMs: 1000, count: 3, random: () => 0.8 };
      expectObservable(of('a').pipe(repeatOnTicks(jittered))).toBe('a 8ms a 4ms (a|)');
    });
  });

  it('waits at least as long as it is asked to, until a tick', () => {
    marbles(({ expectObservable }) => {
      const asked = [12, 0];
      const patient = { ...ticks, count: 3, atLeastMs: () => asked.shift()! };
      expectObservable(of('a').pipe(repeatOnTicks(patient))).toBe('a 14ms a 4ms (a|)');
    });
  });

  it('does not drift: tick 1000 of a source that takes its time is where it belongs', () => {
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold('--a|');
      expectObservable(source.pipe(repeatOnTicks({ ...ticks, intervalMs: 7.3 })), '7310ms !');
      flush();
      const times = source.subscriptions.map(({ subscribedFrame }) => subscribedFrame);
      expect(times).toHaveLength(1002);
      expect(times[1000]).toBeCloseTo(7300, 6);
    });
  });

  it('passes an error, and lets go of source and timer when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing = cold('-#       ');
      const waiting = cold('|        ');
      const busy = cold('   --------|');
      expectObservable(failing.pipe(repeatOnTicks(ticks))).toBe('-#');
      expectObservable(waiting.pipe(repeatOnTicks(ticks)), '---!').toBe('----');
      expectObservable(busy.pipe(repeatOnTicks(ticks)), '   ---!').toBe('----');
      expectSubscriptions(failing.subscriptions).toBe('^!');
      expectSubscriptions(waiting.subscriptions).toBe('(^!)');
      expectSubscriptions(busy.subscriptions).toBe('^--!');
    });
  });

  it('never comes to a tick that no timer keeps', () => {
    marbles(({ expectObservable }) => {
      expectObservable(
        of('a').pipe(repeatOnTicks({ ...ticks, intervalMs: Number.POSITIVE_INFINITY })),
        '2592000s !',
      ).toBe('a');
      expectObservable(NEVER.pipe(repeatOnTicks(ticks)), '100ms !').toBe('-');
    });
  });

  it('stops a synchronous source', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield pulled++;
    })();
    defer(() => endless)
      .pipe(repeatOnTicks(ticks), take(2))
      .subscribe();
    expect(pulled).toBe(2);
  });
});
