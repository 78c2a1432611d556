import { describe, expect, it } from '@jest/globals';
import { concat, map, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { chargedMergeMap } from '../../src/flow/chargedMergeMap.js';
import { marbles } from '../../src/testing/marbles.js';

const ten = () => 10;

describe('chargedMergeMap', () => {
  it('charges from the arrival of an item to the end of its work, one at a time in order', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const budget = new Budget(100);
      const source = cold('   ab---c|        ');
      const work = cold('     --(x|)         ');
      const expected = '      --x-x--(x|)    ';
      const subscriptions = ['^-!            ', '--^-!          ', '-----^-!       '];
      const projected: unknown[] = [];
      const project = (item: string, index: number) => {
        projected.push([item, index]);
        return work;
      };
      expectObservable(source.pipe(chargedMergeMap(budget, ten, project))).toBe(expected);
      expectSubscriptions(work.subscriptions).toBe(subscriptions);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      const used = '          0-1-2-3-4-5-6-7|';
      const usedThen = '      x-y-x-x-o-o-o-o|';
      expectObservable(cold(used).pipe(map(() => budget.used))).toBe(usedThen, { x: 10, y: 20, o: 0 });
      flush();
      expect([projected, budget.used, budget.peak]).toEqual([
        [
          ['a', 0],
          ['b', 1],
          ['c', 2],
        ],
        0,
        20,
      ]);
    });
  });

  it('works on as many as it is told at once', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('   (abc|)      ');
      const work = cold('     ----(x|)    ');
      const expected = '      ----(xx)(x|)';
      const subscriptions = ['^---!       ', '^---!       ', '----^---!   '];
      expectObservable(source.pipe(chargedMergeMap(new Budget(1), ten, () => work, 2))).toBe(expected);
      expectSubscriptions(work.subscriptions).toBe(subscriptions);
    });
  });

  it.each([
    ['never', '   -   ', '-   ', '^   '],
    ['empty', '   --| ', '--| ', '^-! '],
    ['an error', '--# ', '--# ', '^-! '],
    ['one', '     -a|', '-a|', '^-! '],
  ])('passes %s through', (_, drawn, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(drawn);
      expectObservable(source.pipe(chargedMergeMap(new Budget(1), ten, (item) => of(item)))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it.each([
    ['the source fails', ' ab-#', '---#', '^--!'],
    ['the work fails', '   abe---|', '------#', '^-----!'],
  ])('gives every byte back when %s', (_, drawn, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const budget = new Budget(100);
      const source = cold(drawn);
      const project = (item: string): Observable<string> => (item === 'e' ? throwError(() => 'error') : cold('---|'));
      expectObservable(source.pipe(chargedMergeMap(budget, ten, project))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscription);
      flush();
      expect(budget.used).toBe(0);
    });
  });

  it('gives every byte back, and stops the work, when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const budget = new Budget(100);
      const source = cold('   abc------|');
      const work = cold('     ----|     ');
      const left = '          ---!      ';
      expectObservable(source.pipe(chargedMergeMap(budget, ten, () => work)), left).toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectSubscriptions(work.subscriptions).toBe('^--!');
      flush();
      expect([budget.used, budget.peak]).toEqual([0, 30]);
    });
  });

  it.each([
    ['take', take(2)],
    [
      'an operator that throws',
      map((item: string) => {
        if (item === 'b') throw new Error('downstream');
        return item;
      }),
    ],
  ])('gives every byte back behind %s', (_, operator) => {
    marbles(({ cold, flush }) => {
      const budget = new Budget(100);
      const ended: string[] = [];
      const source = cold('   abcdef|');
      source
        .pipe(
          chargedMergeMap(budget, ten, (item) => cold('--(x|)', { x: item })),
          operator,
        )
        .subscribe({ error: () => ended.push('error'), complete: () => ended.push('complete') });
      flush();
      expect([ended.length, budget.used]).toEqual([1, 0]);
    });
  });

  it('gives back what it took, also when an item has changed its size', () => {
    const budget = new Budget(100);
    const work = new Subject<never>();
    const bytes = new Uint8Array(10);
    concat(of(bytes), NEVER)
      .pipe(
        chargedMergeMap(
          budget,
          (item) => item.byteLength,
          () => work,
        ),
      )
      .subscribe();
    structuredClone(bytes, { transfer: [bytes.buffer] });
    work.complete();
    expect([budget.used, budget.peak]).toEqual([0, 10]);
  });

  it('turns a throwing sizeOf or project into an error of the stream', () => {
    const fail = () => {
      throw new Error('bad item');
    };
    for (const operator of [chargedMergeMap(new Budget(1), fail, of), chargedMergeMap(new Budget(1), ten, fail)]) {
      const errors: Error[] = [];
      of('a')
        .pipe(operator)
        .subscribe({ error: (error) => errors.push(error) });
      expect(errors.map(({ message }) => message)).toEqual(['bad item']);
    }
  });

  it('takes an item that comes while another is handled', () => {
    const source = new Subject<string>();
    const received: string[] = [];
    const budget = new Budget(100);
    source.pipe(chargedMergeMap(budget, ten, (item) => of(item))).subscribe((item) => {
      received.push(item);
      if (item === 'a') source.next('b');
    });
    source.next('a');
    expect([received, budget.used, budget.peak]).toEqual([['a', 'b'], 0, 20]);
  });

  it('stops a synchronous source that was left', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield pulled++;
    })();
    const budget = new Budget(100);
    concat(endless, NEVER)
      .pipe(
        chargedMergeMap(budget, ten, (item) => of(item)),
        take(2),
      )
      .subscribe();
    expect([pulled, budget.used]).toEqual([2, 0]);
  });
});
