import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER } from 'rxjs';
import { staleWarnings } from '../../src/cli/staleWarnings.js';
import { marbles } from '../../src/testing/marbles.js';

const sample = (t: number, value: number) => ({ channel: 'MIG', t, value, units: 'mbar' });
const samples = { a: sample(1000, 5), b: sample(2000, 5), c: sample(3000, 6) };

describe('staleWarnings', () => {
  it('lets samples pass as they are', () => {
    for (const asked of [undefined, { silentAfterMs: 100 }])
      marbles(({ hot, expectObservable, expectSubscriptions }) => {
        const warned: string[] = [];
        const source = hot('a-b--c-|', samples);
        const warnings = staleWarnings((text) => warned.push(text), asked);
        expectObservable(source.pipe(warnings)).toBe('a-b--c-|', samples);
        expectSubscriptions(source.subscriptions).toBe('^------!');
      });
  });

  it('warns of a channel that is silent or flat for as long as was asked, and when it returns', () => {
    const warned: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const source = hot('a-b------c-|', samples);
      const warnings = staleWarnings((text) => warned.push(text), { silentAfterMs: 5, flatAfterMs: 1000 });
      expectObservable(source.pipe(warnings)).toBe('a-b------c-|', samples);
    });
    expect(warned).toEqual([
      'MIG is flat: it has been 5 since 1970-01-01T00:00:01.000Z',
      'MIG is silent: its last reading is of 1970-01-01T00:00:02.000Z',
      'MIG has returned: it is no longer silent',
      'MIG has returned: it is no longer flat',
    ]);
  });

  it('warns at the end of what has said one value only, and not when it is left', () => {
    const warned: string[] = [];
    const many$ = from(Array.from({ length: 60 }, (_, second) => sample(1000 * second, 5)));
    const warnings = staleWarnings((text) => warned.push(text), undefined);
    concat(many$, NEVER).pipe(warnings).subscribe().unsubscribe();
    expect(warned).toEqual([]);
    const twice$ = many$.pipe(warnings);
    for (const _ of [1, 2]) twice$.subscribe();
    expect(warned).toEqual(Array(2).fill('MIG is flat: all its 60 readings are 5'));
  });
});
