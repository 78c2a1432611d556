import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, map, take, toArray } from 'rxjs';
import { splitLines } from '../../src/sources/splitLines.js';
import { marbles } from '../../src/testing/marbles.js';

const textsOf = (chunks: readonly (string | Uint8Array)[], options = {}) =>
  lastValueFrom(
    from(chunks).pipe(
      splitLines(options),
      map(({ text, fault }) => (fault ? `${text} (${fault.context.rule})` : text)),
      toArray(),
    ),
  );

describe('splitLines', () => {
  it('emits a line as soon as its end is there, and is left with its source', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const chunks = { a: '1\n2', b: '\r', c: '\n3\n\n4', d: '\r\n' };
      const source = hot('  -a--b-c---d-d-|', chunks);
      const lines = '       -x--y-z---w---|';
      const subscription = '^-------------!';
      const text$ = source.pipe(
        splitLines(),
        map(({ text }) => text),
      );
      expectObservable(text$).toBe(lines, { x: '1', y: '2', z: '3', w: '4' });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('passes an error at once, and nothing of a line that it cut', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-#', { a: '1' });
      expectObservable(source.pipe(splitLines())).toBe('---#');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('stops its source in the middle of a chunk', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-|', { a: '1\n2\n3\n' });
      const text$ = source.pipe(
        splitLines(),
        map(({ text }) => text),
        take(2),
      );
      expectObservable(text$).toBe('-(ab|)', { a: '1', b: '2' });
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('begins anew at each subscription', async () => {
    const line$ = from(['1\n', '2']).pipe(splitLines({ maxLength: 9 }), toArray());
    expect(await lastValueFrom(line$)).toEqual(await lastValueFrom(line$));
  });

  it.each([
    ['nothing', [], []],
    ['blank lines only', ['\n\r\n', '\r'], []],
    ['a line that the end has cut', ['1\n2', '3'], ['1', '23 (must be complete (the stream ended in it))']],
    ['all three ends', ['1\r2\n3\r\n4\n\r5\n'], ['1', '2', '3', '4', '5']],
  ])('of %s', async (_, chunks, lines) => {
    expect(await textsOf(chunks)).toEqual(lines);
  });

  it('cuts a line that is too long, once, and goes on with the next', async () => {
    const rule = 'must have at most 4 characters';
    expect(await textsOf(['12345678\n', 'ok\n', '1234\n'], { maxLength: 4 })).toEqual([`1234 (${rule})`, 'ok', '1234']);
    expect(await textsOf(['1234', '5', '678', '9\nok', '\n'], { maxLength: 4 })).toEqual([`1234 (${rule})`, 'ok']);
    expect(await textsOf(['12345', '678'], { maxLength: 4 })).toEqual([`1234 (${rule})`]);
  });

  it('does not wait for the end of a line that is too long', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('a-b-c-|', { a: '1234', b: '5', c: '6\nok\n' });
      const text$ = source.pipe(
        splitLines({ maxLength: 4 }),
        map(({ text }) => text),
      );
      expectObservable(text$).toBe('--x-y-|', { x: '1234', y: 'ok' });
    });
  });

  it('reads latin1 when it is told to', async () => {
    expect(await textsOf([Buffer.from('21 °C µ\n', 'latin1')], { encoding: 'latin1' })).toEqual(['21 °C µ']);
  });

  it('gives the same lines however the bytes are cut', async () => {
    const line = fc.string({ unit: fc.constantFrom('1', '.', '°', '𝛀', 'é'), minLength: 1, maxLength: 6 });
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    const property = fc.asyncProperty(fc.array(fc.tuple(line, end)), cuts, async (lines, sizes) => {
      const bytes = Buffer.from(lines.flat().join(''));
      const chunks: Uint8Array[] = [];
      for (let at = 0, n = 0; at < bytes.length; at += sizes[n++ % sizes.length]!)
        chunks.push(bytes.subarray(at, at + sizes[n % sizes.length]!));
      expect(await textsOf(chunks)).toEqual(lines.map(([text]) => text));
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
