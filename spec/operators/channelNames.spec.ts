import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import type { Reading } from '../../src/model/sample.js';
import { alignChannels } from '../../src/operators/alignChannels.js';
import { mergeChannels } from '../../src/operators/mergeChannels.js';
import { staleAfter } from '../../src/operators/staleAfter.js';

/** What every object of the language has, and a lab may call a channel as well. */
const channels = Object.fromEntries(
  ['__proto__', 'constructor', 'toString'].map((name, i) => [name, of<Reading>({ t: 1000, value: i })]),
);

describe('Channels with the names of what every object has', () => {
  it('are merged, without units that nobody gave', async () => {
    const merged = await lastValueFrom(mergeChannels(channels, { units: {} }).pipe(toArray()));
    expect(merged.map(({ channel, units }) => [channel, units])).toEqual([
      ['__proto__', undefined],
      ['constructor', undefined],
      ['toString', undefined],
    ]);
  });

  it('are aligned, each with its column', async () => {
    const row = await firstValueFrom(
      alignChannels(channels, {
        axis: { period: 1000 },
        lateness: 1000,
        fill: {},
        tolerance: Object.fromEntries(Object.keys(channels).map((name) => [name, 10])),
      }),
    );
    expect(Object.entries(row.values)).toEqual([
      ['__proto__', 0],
      ['constructor', 1],
      ['toString', 2],
    ]);
  });

  it('are watched only when somebody gave them a time', async () => {
    const samples = await lastValueFrom(mergeChannels(channels).pipe(staleAfter({ toString: 1000 }), toArray()));
    expect(samples.map(({ type }) => type)).toEqual(['sample', 'sample', 'sample']);
  });
});
