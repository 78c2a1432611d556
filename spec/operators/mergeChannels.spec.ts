import { describe, expect, it } from '@jest/globals';
import { EMPTY, from, NEVER, Observable, of, take, throwError } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { Reading, Sample } from '../../src/model/sample.js';
import { mergeChannels } from '../../src/operators/mergeChannels.js';
import { marbles } from '../../src/testing/marbles.js';

const readings = { a: { t: 1, value: 10 }, b: { t: 2, value: 20 }, p: { t: 1, value: 0.1 }, q: { t: 3, value: 0.3 } };
const samples = {
  a: { channel: 'temperature', ...readings.a },
  b: { channel: 'temperature', ...readings.b },
  p: { channel: 'pressure', ...readings.p },
  q: { channel: 'pressure', ...readings.q },
};
const received = <T>(source: Observable<T>): T[] => {
  const items: T[] = [];
  let failure: unknown;
  source.subscribe({ next: (item) => items.push(item), error: (error) => (failure = error) });
  if (failure !== undefined) throw failure;
  return items;
};

describe('mergeChannels', () => {
  it('emits each reading as it arrives, with its channel, and completes with the last', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const temperature = cold('a---b-----|', readings);
      const pressure = cold('   --p---q|   ', readings);
      const expected = '        a-p-b-q---|';
      expectObservable(mergeChannels({ temperature, pressure })).toBe(expected, samples);
      expectSubscriptions(temperature.subscriptions).toBe('^---------!');
      expectSubscriptions(pressure.subscriptions).toBe('   ^------!   ');
    });
  });

  it('errors with the first channel that does, and leaves the others', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const temperature = cold('a---b-----|', readings);
      const pressure = cold('   --p#       ', readings);
      const expected = '        a-p#       ';
      expectObservable(mergeChannels({ temperature, pressure })).toBe(expected, samples);
      expectSubscriptions(temperature.subscriptions).toBe('^--!');
      expectSubscriptions(pressure.subscriptions).toBe('   ^--!');
    });
  });

  it('leaves every channel when it is left', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const temperature = hot('a---b-----|', readings);
      const pressure = cold('  --p---q|   ', readings);
      const left = '           ---!       ';
      const expected = '       a-p-       ';
      expectObservable(mergeChannels({ temperature, pressure }), left).toBe(expected, samples);
      expectSubscriptions(temperature.subscriptions).toBe('^--!');
      expectSubscriptions(pressure.subscriptions).toBe('   ^--!');
    });
  });

  it.each([
    ['never', '    -    ', '-      ', '^    '],
    ['empty', '    --|  ', '--|    ', '^-!  '],
    ['an error', ' --#  ', '--#    ', '^-!  '],
  ])('passes %s through', (_, source, expected, subscription) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const temperature = cold<Reading>(source);
      expectObservable(mergeChannels({ temperature, nothing: EMPTY })).toBe(expected);
      expectSubscriptions(temperature.subscriptions).toBe(subscription);
    });
  });

  it('adds the units it is told, leaves those the readings say, and needs neither', () => {
    const said = {
      temperature: of({ t: 1, value: 2 }),
      flux: of({ t: 1, value: 3, units: 'sccm' }),
      state: of({ t: 1, value: 1 }),
    };
    expect(received(mergeChannels(said, { units: { temperature: 'C' } }))).toEqual([
      { channel: 'temperature', t: 1, value: 2, units: 'C' },
      { channel: 'flux', t: 1, value: 3, units: 'sccm' },
      { channel: 'state', t: 1, value: 1 },
    ]);
  });

  it('gives a sample the name it has here, and keeps everything else a reading says', () => {
    const said: Sample = {
      channel: 'PV',
      t: 1,
      value: Number.NaN,
      timeBase: 'recorded',
      flag: 'over-range',
      raw: 9.9e9,
    };
    expect(received(mergeChannels({ pressure: of(said) }))).toEqual([{ ...said, channel: 'pressure' }]);
  });

  it('stops a synchronous channel that was left', () => {
    let pulled = 0;
    const endless = (function* () {
      for (;;) yield { t: ++pulled, value: 0 };
    })();
    expect(received(mergeChannels({ temperature: from(endless) }).pipe(take(2)))).toHaveLength(2);
    expect(pulled).toBeLessThanOrEqual(3);
  });

  it.each([
    [{}, {}, /^channels must name at least one channel/],
    [undefined, {}, /^channels must be an object of Observables by name/],
    [NEVER, {}, /^channels must be an object of Observables by name/],
    [{ temperature: 5 }, {}, /^channels\.temperature must be an Observable, and is 5/],
    [{ ' ': NEVER }, {}, /^channels must have names that are not empty/],
    [{ temperature: NEVER }, { units: { pressure: 'mbar' } }, /^units\.pressure must be of a channel \(temperature\)/],
  ])('refuses at the call: channels %p, options %p', (channels, options, message) => {
    const call = () => mergeChannels(channels as never, options as never);
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });

  it.each([
    [{ t: Number.NaN, value: 1 }, /^temperature\.t must be a finite number of ms UTC/],
    [{ t: 1686528003.7, value: 1 }, /^temperature\.t must be in milliseconds/],
    [{ t: 1, value: '300' }, /^temperature\.value must be a number/],
    [undefined, /^temperature must emit readings/],
    [{ t: 1, value: 300, units: 'K' }, /^temperature\.units must be C, as the option says, and is "K"/],
  ])('errors on %p', (reading, message) => {
    const merged = mergeChannels({ temperature: of(reading as Reading) }, { units: { temperature: 'C' } });
    expect(() => received(merged)).toThrow(InputError);
    expect(() => received(merged)).toThrow(message);
  });

  it('knows its channels by name, and keeps the options from narrowing them', () => {
    const merged: Observable<Sample<'temperature' | 'pressure'>> = mergeChannels(
      { temperature: NEVER as Observable<Reading>, pressure: throwError(() => new Error('none')) },
      { units: { temperature: 'C' } },
    );
    // @ts-expect-error: not a channel.
    expect(() => mergeChannels({ temperature: of({ t: 1, value: 1 }) }, { units: { flux: 'sccm' } })).toThrow();
    expect(merged).toBeInstanceOf(Observable);
  });
});
