import { describe, expect, it } from '@jest/globals';
import { filter, from, type Observable, of, take } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { Sample } from '../../src/model/sample.js';
import { type StaleAfterOptions, staleAfter } from '../../src/operators/staleAfter.js';
import { marbles } from '../../src/testing/marbles.js';

const sample = (channel: string, t: number, value = t): Sample => ({ channel, t, value });
const watched = (channel: string, t: number, value = t) => ({ type: 'sample', ...sample(channel, t, value) });

/** What a watch says of samples that come without a pause. */
const said = (samples: readonly Sample[], options: StaleAfterOptions) => {
  const received: unknown[] = [];
  let failure: unknown;
  from(samples)
    .pipe(
      staleAfter(1000, options),
      filter(({ type }) => type !== 'sample'),
    )
    .subscribe({ next: (event) => received.push(event), error: (error) => (failure = error) });
  if (failure !== undefined) throw failure;
  return received;
};
const gauge = (...values: readonly number[]) => values.map((value, t) => sample('MIG', t, value));

describe('staleAfter', () => {
  it('tells when a channel falls silent, once, and when it returns', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const T = (t: number) => sample('T', t);
      const source = cold('  a--b-------c----d|', { a: T(100), b: T(103), c: T(109), d: T(114) });
      const expected = '     a--b----S--(Rc)-d|';
      const subscription = ' ^----------------!';
      expectObservable(source.pipe(staleAfter(5))).toBe(expected, {
        a: watched('T', 100),
        b: watched('T', 103),
        c: watched('T', 109),
        d: watched('T', 114),
        S: { type: 'silent', channel: 'T', since: 103 },
        R: { type: 'returned', channel: 'T', from: 'silent', since: 103, t: 109 },
      });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('watches each channel by itself', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = { a: sample('T', 0), p: sample('p', 1), b: sample('T', 4), c: sample('T', 8) };
      const source = cold('  ap--b---c--|', values);
      const expected = '     ap--b-S-c--|';
      const subscription = ' ^----------!';
      expectObservable(source.pipe(staleAfter(5))).toBe(expected, {
        a: watched('T', 0),
        p: watched('p', 1),
        b: watched('T', 4),
        c: watched('T', 8),
        S: { type: 'silent', channel: 'p', since: 1 },
      });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
  });

  it('watches for silence by name, when times are given by name', () => {
    marbles(({ cold, expectObservable }) => {
      const values = { a: sample('T', 0), s: sample('Ga', 0), p: sample('p', 0) };
      const source = cold('  (asp) 20ms |', values);
      const expected = '     (asp)TP 18ms |';
      expectObservable(source.pipe(staleAfter({ T: 5, p: 6 }))).toBe(expected, {
        a: watched('T', 0),
        s: watched('Ga', 0),
        p: watched('p', 0),
        T: { type: 'silent', channel: 'T', since: 0 },
        P: { type: 'silent', channel: 'p', since: 0 },
      });
    });
  });

  it.each([
    ['never', '            -     ', '-     ', '^     '],
    ['empty', '            --|   ', '--|   ', '^-!   '],
    ['an early error', '   --#   ', '--#   ', '^-!   '],
    ['an end', '           a---| ', 'a---| ', '^---! '],
    ['an error', '         a---# ', 'a---# ', '^---! '],
  ])('passes %s through, and waits for nothing after it', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const samples = cold(source, { a: sample('T', 0) });
      expectObservable(samples.pipe(staleAfter(5))).toBe(expected, { a: watched('T', 0) });
      expectSubscriptions(samples.subscriptions).toBe(subscription);
    });
  });

  it('leaves the source and its timers when it is left', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  a---b-----', { a: sample('T', 0), b: sample('T', 4) });
      const left = '         ------!   ';
      const expected = '     a---b-    ';
      expectObservable(source.pipe(staleAfter(5)), left).toBe(expected, { a: watched('T', 0), b: watched('T', 4) });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    });
  });

  it('tells a value that has not changed for the time, after the sample that makes it so, and the return before its sample', () => {
    const received: unknown[] = [];
    from(gauge(1, 7, 7, 7, 7, 8))
      .pipe(staleAfter(1000, { flatAfterMs: 2 }))
      .subscribe((event) => received.push(event.type === 'sample' ? event.value : event));
    expect(received).toEqual([
      ...[1, 7, 7, 7],
      { type: 'flat', channel: 'MIG', since: 1, value: 7 },
      7,
      { type: 'returned', channel: 'MIG', from: 'flat', since: 1, t: 5 },
      8,
    ]);
  });

  it('tells it once, also when a sample out of order comes between', () => {
    const samples = [0, 1, 2, 1, 3].map((t) => sample('MIG', t, 1000));
    expect(said(samples, { flatAfterMs: 2 })).toEqual([{ type: 'flat', channel: 'MIG', since: 0, value: 1000 }]);
  });

  it('finds nothing flat unless asked, and of several channels only those that are named', () => {
    const samples = [0, 1, 2, 3].flatMap((t) => [sample('MIG', t, 1000), sample('Ga', t, 0)]);
    expect(said(samples, {})).toEqual([]);
    expect(said(samples, { flatAfterMs: { MIG: 3 } })).toEqual([
      { type: 'flat', channel: 'MIG', since: 0, value: 1000 },
    ]);
    expect(said(samples, { flatAfterMs: 3 })).toHaveLength(2);
  });

  it('takes no value for a value: an instrument that goes on saying nothing is stuck', () => {
    expect(said(gauge(1, NaN, NaN, NaN, 1), { flatAfterMs: 2 })).toEqual([
      { type: 'flat', channel: 'MIG', since: 1, value: NaN },
      { type: 'returned', channel: 'MIG', from: 'flat', since: 1, t: 4 },
    ]);
  });

  it('lets a channel that is flat and silent return from both, or from silence alone', () => {
    marbles(({ cold, expectObservable }) => {
      const values = { a: sample('T', 0, 1), b: sample('T', 1, 1), c: sample('T', 8, 1), d: sample('T', 20, 2) };
      const source = cold('  ab 10ms c 10ms d----|', values);
      const expected = '     a(bF)-S 5ms (Rc)-T 5ms (UVd)|';
      expectObservable(source.pipe(staleAfter(5, { flatAfterMs: 1 }))).toBe(expected, {
        a: watched('T', 0, 1),
        b: watched('T', 1, 1),
        c: watched('T', 8, 1),
        d: watched('T', 20, 2),
        F: { type: 'flat', channel: 'T', since: 0, value: 1 },
        S: { type: 'silent', channel: 'T', since: 1 },
        R: { type: 'returned', channel: 'T', from: 'silent', since: 1, t: 8 },
        T: { type: 'silent', channel: 'T', since: 8 },
        U: { type: 'returned', channel: 'T', from: 'silent', since: 8, t: 20 },
        V: { type: 'returned', channel: 'T', from: 'flat', since: 0, t: 20 },
      });
    });
  });

  it('keeps samples samples: a filter gives a sink what it takes', () => {
    const over: Sample<'MIG'> = { channel: 'MIG', t: 1, value: NaN, units: 'mbar', flag: 'over-range', raw: 9.9e9 };
    const samples: Observable<Sample<'MIG'>> = of(over).pipe(
      staleAfter(1000),
      filter((event) => event.type === 'sample'),
    );
    const received: Sample[] = [];
    samples.subscribe((event) => received.push(event));
    expect(received).toEqual([{ ...over, type: 'sample' }]);
  });

  it('stops a synchronous source that was left', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield sample('T', ++pulled);
    })();
    from(endless).pipe(staleAfter(5), take(2)).subscribe();
    expect(pulled).toBeLessThanOrEqual(3);
  });

  it('begins anew with each subscription', () => {
    const twice = from(gauge(7, 7)).pipe(staleAfter(1000, { flatAfterMs: 1 }));
    const types: string[] = [];
    for (let round = 0; round < 2; round++) twice.subscribe(({ type }) => types.push(type));
    expect(types).toEqual(['sample', 'sample', 'flat', 'sample', 'sample', 'flat']);
  });

  it.each([
    [{ t: 1, value: 1 }, /^channel of a sample must be a name/],
    [{ channel: 'T', t: NaN, value: 1 }, /^sample\.t must be a finite number of ms UTC/],
    [{ channel: 'T', t: 1, value: '1' }, /^sample\.value must be a number/],
    [undefined, /^sample must emit readings/],
  ])('errors on %p', (bad, message) => {
    expect(() => said([bad as Sample], {})).toThrow(InputError);
    expect(() => said([bad as Sample], {})).toThrow(message);
  });

  it.each([
    [0, {}, /^ms must be a number of milliseconds above 0, and is 0/],
    [Infinity, {}, /^ms must be/],
    [undefined, {}, /^ms must be/],
    [{ T: -1 }, {}, /^ms\.T must be/],
    [1, { flatAfterMs: 0 }, /^flatAfterMs must be/],
    [1, { flatAfterMs: { T: '1' } }, /^flatAfterMs\.T must be/],
  ])('refuses at the call: %p, %p', (ms, options, message) => {
    const call = () => staleAfter(ms as number, options as StaleAfterOptions);
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });
});
