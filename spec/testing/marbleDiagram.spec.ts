import { describe, expect, it } from '@jest/globals';
import { marbleDiagram } from '../../src/testing/marbleDiagram.js';

const next = (frame: number, value: unknown) => ({ frame, notification: { kind: 'N' as const, value } });
const complete = (frame: number) => ({ frame, notification: { kind: 'C' as const } });

const drawn = (...lines: string[]) => lines.join('\n');

describe('marbleDiagram', () => {
  it('lets a letter stand for itself, and groups what comes at one time', () => {
    const diagram = marbleDiagram([next(0, 'x'), next(0, 'y'), complete(5)], [next(0, 'x'), complete(5)]);
    expect(diagram).toBe(drawn('ms        0     5', 'actual    (xy)  |', 'expected  x     |', '          ^'));
  });

  it('gives equal values the same letter, and none that a value already is', () => {
    const diagram = marbleDiagram([next(0, { n: 1 }), next(1, 'a')], [next(0, { n: 1 }), next(1, { n: 2 })]);
    expect(diagram).toBe(
      drawn('ms        0  1', 'actual    b  a', 'expected  b  c', '             ^', 'b = { n: 1 }', 'c = { n: 2 }'),
    );
  });

  it('draws a stream that said nothing', () => {
    expect(marbleDiagram([], [complete(3)])).toBe(drawn('ms        3', 'actual    -', 'expected  |', '          ^'));
  });

  it('draws each subscription from its begin to its end', () => {
    const actual = [{ subscribedFrame: 0, unsubscribedFrame: 4 }];
    const expected = [{ subscribedFrame: 0, unsubscribedFrame: Infinity }];
    expect(marbleDiagram(actual, expected)).toBe(
      drawn('subscription 1', 'ms        0  4', 'actual    ^  !', 'expected  ^  -', '             ^'),
    );
    const atOnce = [{ subscribedFrame: 2, unsubscribedFrame: 2 }];
    expect(marbleDiagram(atOnce, [])).toBe(
      drawn('subscription 1', 'ms        2', 'actual    (^!)', 'expected  -', '          ^'),
    );
  });
});
