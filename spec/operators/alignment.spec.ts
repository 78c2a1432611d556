import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import type { Reading } from '../../src/model/sample.js';
import { alignChannels } from '../../src/operators/alignChannels.js';
import type { RowTimes } from '../../src/operators/alignChannelsOptions.js';
import { Alignment } from '../../src/operators/alignment.js';
import type { Fill } from '../../src/operators/readingAt.js';

interface Channel {
  readonly name: string;
  readonly fill: Fill;
  readonly tolerance: number;
  readonly readings: readonly Reading[];
  /** How late each of its readings is. */
  readonly delays: readonly number[];
}

/** What a channel says of a moment, looking at all that it has ever said. */
const valueAt = (t: number, { readings, fill, tolerance }: Channel): number => {
  const before = readings.filter((reading) => reading.t <= t).at(-1);
  const after = readings.find((reading) => reading.t >= t);
  if (before && before.t === t) return before.value;
  if (fill === 'hold') return before?.value ?? Number.NaN;
  if (fill === 'previous') return before && t - before.t <= tolerance ? before.value : Number.NaN;
  if (fill === 'linear') {
    if (!before || !after || after.t - before.t > tolerance) return Number.NaN;
    return before.value + ((after.value - before.value) * (t - before.t)) / (after.t - before.t);
  }
  const [toBefore, toAfter] = [t - (before?.t ?? -Infinity), (after?.t ?? Infinity) - t];
  if (Math.min(toBefore, toAfter) > tolerance) return Number.NaN;
  return (toBefore <= toAfter ? before : after)!.value;
};

/** Every row of the whole record, once it is there. */
const offline = (channels: readonly Channel[], axis: RowTimes) => {
  const times = channels.flatMap(({ readings }) => readings.map(({ t }) => t));
  const followed = channels.find(({ name }) => 'follow' in axis && axis.follow === name);
  const { period = 1, origin = 0 } = 'period' in axis ? axis : {};
  const first = Math.ceil((Math.min(...times) - origin) / period);
  const count = Math.max(0, Math.floor((Math.max(...times) - origin) / period) - first + 1);
  const axisTimes =
    followed?.readings.map(({ t }) => t) ?? Array.from({ length: count }, (_, n) => origin + (first + n) * period);
  return axisTimes
    .map((t) => ({ t, values: Object.fromEntries(channels.map((channel) => [channel.name, valueAt(t, channel)])) }))
    .filter(({ values }) => Object.values(values).some((value) => !Number.isNaN(value)));
};

/** Readings in the order in which they come: each as late as it is, none before an earlier one of its channel. */
const arrivalsOf = (channels: readonly Channel[]) =>
  channels
    .flatMap(({ name, readings, delays }) => {
      let arrival = -Infinity;
      return readings.map((reading, index) => {
        arrival = Math.max(arrival, reading.t + delays[index]!);
        return { name, reading, arrival, isLast: index === readings.length - 1 };
      });
    })
    .sort((a, b) => a.arrival - b.arrival);

/** No reading is later than this. */
const DELAY = 50;

/** How far rows look ahead: a line, or the nearest, may need a reading that far after the row. */
const reachOf = (channels: readonly Channel[]) =>
  Math.max(0, ...channels.map(({ fill, tolerance }) => (fill === 'linear' || fill === 'nearest' ? tolerance : 0)));

const readings = fc.uniqueArray(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 }).chain((times) =>
  fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(Number.NaN)), {
      minLength: times.length,
      maxLength: times.length,
    })
    .map((values) => times.sort((a, b) => a - b).map((t, index): Reading => ({ t, value: values[index]! }))),
);
const channel = fc.record({
  fill: fc.constantFrom<Fill>('previous', 'nearest', 'linear', 'hold'),
  tolerance: fc.oneof(fc.nat({ max: 40 }), fc.constant(Infinity)),
  readings,
  delays: fc.array(fc.nat({ max: DELAY - 1 }), { minLength: 20, maxLength: 20 }),
});
const record = fc.record({
  channels: fc
    .array(channel, { minLength: 1, maxLength: 4 })
    .map((channels) => channels.map((channel, index): Channel => ({ name: `c${index}`, ...channel }))),
  axis: fc.oneof(
    fc.constant<RowTimes>({ follow: 'c0' }),
    fc.record({ period: fc.constantFrom(1, 7, 12.5, 40), origin: fc.integer({ min: -20, max: 20 }) }),
  ),
  lateness: fc.constantFrom(DELAY, 10 * DELAY, Infinity),
  endsEarly: fc.boolean(),
});

describe('Alignment', () => {
  it('makes the rows of the whole record, in whichever order readings come, when the lateness covers it', () => {
    fc.assert(
      fc.property(record, ({ channels, axis, lateness, endsEarly }) => {
        const subjects = Object.fromEntries(channels.map(({ name }) => [name, new Subject<Reading>()]));
        const rows: unknown[] = [];
        const late: unknown[] = [];
        alignChannels(subjects, {
          axis,
          lateness: lateness + reachOf(channels),
          fill: Object.fromEntries(channels.map(({ name, fill }) => [name, fill])),
          tolerance: Object.fromEntries(channels.map(({ name, tolerance }) => [name, tolerance])),
          onLate: (...told) => late.push(told),
        }).subscribe({ next: (row) => rows.push(row), complete: () => rows.push('complete') });
        for (const { name, reading, isLast } of arrivalsOf(channels)) {
          subjects[name]!.next(reading);
          if (isLast && endsEarly) subjects[name]!.complete();
        }
        for (const subject of Object.values(subjects)) subject.complete();
        expect(late).toEqual([]);
        expect(rows).toEqual([...offline(channels, axis), 'complete']);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps what one lateness needs, however long a followed channel is silent', () => {
    const [fast, slow] = [new Subject<Reading>(), new Subject<Reading>()];
    const rows: unknown[] = [];
    alignChannels({ fast, slow }, { axis: { follow: 'slow' }, lateness: 10, tolerance: 3 }).subscribe((row) =>
      rows.push(row),
    );
    for (let t = 0; t <= 1000; t++) fast.next({ t, value: t });
    // Within the lateness of the newest the value is known; what is before it is forgotten.
    for (const t of [985, 990.5, 999.5]) slow.next({ t, value: 0 });
    expect(rows).toEqual([
      { t: 985, values: { fast: Number.NaN, slow: 0 } },
      { t: 990.5, values: { fast: 990, slow: 0 } },
      { t: 999.5, values: { fast: 999, slow: 0 } },
    ]);
  });

  it.each([
    ['the readings of one lateness', { period: 1 }, 10, 11],
    ['only what waits, when the lateness has no end', { period: 1 }, Infinity, 3],
    ['the readings of one lateness', { follow: 'slow' }, 10, 11],
  ])('keeps %s: %p, %p', (_, axis, lateness, most) => {
    const told = () => {};
    const column = { fill: 'previous', tolerance: 3 } as const;
    const columns = [
      { ...column, channel: 'fast' },
      { ...column, channel: 'slow' },
    ];
    const alignment = new Alignment({ columns, axis, lateness, farFutureMs: Infinity, onLate: told, onJump: told });
    let largest = 0;
    for (let t = 0; t <= 1000; t++) {
      // Where rows would wait for ever, both go on.
      if (t % 2 === 0 || lateness < Infinity) alignment.add('fast', { t, value: t });
      if (lateness === Infinity) alignment.add('slow', { t, value: t });
      expect([...alignment.rows()].length).toBeLessThan(12);
      largest = Math.max(largest, alignment.size);
    }
    expect(largest).toBe(most);
  });
});
