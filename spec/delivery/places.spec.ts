import { describe, expect, it } from '@jest/globals';
import { Places } from '../../src/delivery/places.js';
import { marbles } from '../../src/testing/marbles.js';

describe('places', () => {
  it('let as many pass as there are, the longest waiting first, and the next when one is over', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const places = new Places(2);
      const sources = [cold('---a|'), cold('-#'), cold('b-|'), cold('c|')];
      const drawn = ['       ---a|', '     -#', '   -b-|', '   ---c|'];
      for (const [i, source] of sources.entries()) expectObservable(source.pipe(places.pass())).toBe(drawn[i]!);
      const windows = ['     ^---!', '     ^!', '   -^-!', '   ---^!'];
      for (const [i, source] of sources.entries()) expectSubscriptions(source.subscriptions).toBe(windows[i]!);
    });
  });

  it('are given back by who leaves, and not kept for who has left the queue', () => {
    marbles(({ cold, expectObservable }) => {
      const places = new Places(1);
      expectObservable(cold('-----').pipe(places.pass()), '^---!').toBe('-----');
      expectObservable(cold('-----').pipe(places.pass()), '^-!').toBe('  ---');
      expectObservable(cold('a|').pipe(places.pass())).toBe('          ----a|');
    });
  });

  it('are offered to the next when who was told of one does not take it', () => {
    marbles(({ cold, expectObservable }) => {
      const places = new Places(1);
      expectObservable(cold('--|').pipe(places.pass())).toBe('  --|');
      expectObservable(places.free$).toBe('                     --(f|)', { f: undefined });
      expectObservable(places.free$).toBe('                     --(f|)', { f: undefined });
      expectObservable(cold('a|').pipe(places.pass())).toBe('   --a|');
      expectObservable(cold('b|').pipe(places.pass())).toBe('   ---b|');
    });
  });

  it('are free at once while there are some', () => {
    const told: string[] = [];
    new Places(1).free$.subscribe({ next: () => told.push('free'), complete: () => told.push('once') });
    expect(told).toEqual(['free', 'once']);
  });
});
