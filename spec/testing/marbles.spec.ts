import { describe, expect, it } from '@jest/globals';
import { map, timer } from 'rxjs';
import { marbles } from '../../src/testing/marbles.js';

const failureOf = (work: () => void): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing failed');
};

describe('marbles', () => {
  it('passes a stream that is as drawn, timers and all', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-|');
      expectObservable(source).toBe('-a-|');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectObservable(timer(2000)).toBe('2s (a|)', { a: 0 });
    });
  });

  it('shows what differs, as marbles one under the other', () => {
    const failure = failureOf(() =>
      marbles(({ cold, expectObservable }) => {
        const source = cold('a-b 7ms c|').pipe(map((letter) => ({ letter })));
        expectObservable(source).toBe('a-b 8ms (c|)', { a: { letter: 'a' }, b: { letter: 'B' }, c: { letter: 'c' } });
      }),
    );
    expect(failure.message.split('\n').slice(2, -1)).toEqual([
      'ms        0  2  10  11',
      'actual    a  b  c   |',
      'expected  a  d  -   (c|)',
      '             ^  ^   ^',
      "a = { letter: 'a' }",
      "b = { letter: 'b' }",
      "c = { letter: 'c' }",
      "d = { letter: 'B' }",
    ]);
  });

  it('points at the line of the test that failed', () => {
    const failure = failureOf(() => marbles(({ cold, expectObservable }) => expectObservable(cold('a|')).toBe('b|')));
    expect(failure.stack?.split('\n').find((line) => line.trim().startsWith('at '))).toContain('marbles.spec');
  });

  it('shows subscriptions and errors that differ', () => {
    const subscriptions = failureOf(() =>
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('--|');
        expectObservable(source).toBe('--|');
        expectSubscriptions(source.subscriptions).toBe(['^-!', '---^']);
      }),
    );
    expect(subscriptions.message).toContain('subscription 2\nms        3\nactual    -\nexpected  ^\n');
    const errors = failureOf(() =>
      marbles(({ cold, expectObservable }) => expectObservable(cold('#', {}, new Error('x'))).toBe('#', {}, 'y')),
    );
    expect(errors.message).toContain("# actual = Error: x\n# expected = 'y'");
  });

  it('refuses a callback that returns a promise: its expectations would never run', async () => {
    let reached = false;
    const asynchronous = async () => {
      await Promise.resolve();
      reached = true;
      throw new Error('unseen');
    };
    expect(() => marbles(asynchronous)).toThrow('a marble test must be synchronous');
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(reached).toBe(true);
  });

  it('passes on what the test itself throws, and gives the clocks back', () => {
    expect(() =>
      marbles(() => {
        throw new RangeError('mine');
      }),
    ).toThrow(RangeError);
    marbles(({ expectObservable }) => expectObservable(timer(1)).toBe('-(a|)', { a: 0 }));
  });
});
