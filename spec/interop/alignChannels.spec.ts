import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { AlignedRow } from '../../src/model/alignedRow.js';
import type { Reading } from '../../src/model/sample.js';
import { alignChannels } from '../../src/operators/alignChannels.js';
import type { AlignChannelsOptions } from '../../src/operators/alignChannelsOptions.js';
import { dataFolder } from './growthVideo.js';
import { runPython } from './python.js';

/** The log of a whole day, where it is at hand; what is in the repository is five minutes of it. */
const wholeLog = join(dataFolder, 'pdi-epic-mbe-log');
const log = existsSync(wholeLog) ? wholeLog : join('samples', 'pdi-epic-mbe-log');
const growth = join(dataFolder, 'm3-rheed-intensity-500hz');
if (!existsSync(growth))
  process.stdout.write(`${growth} is not there: no trace at 500 Hz (EPISTREAM_DATA says where)\n`);

/** One column of a log, its times taken for UTC. */
const readLog = (name: string, column = 1): Reading[] => {
  const path = join(log, `${name}.txt`);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : gunzipSync(readFileSync(`${path}.gz`)).toString();
  return [...text.matchAll(/^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{3}),(.*)$/gm)].map(
    ([, day, month, year, hour, minute, second, ms, values]) => ({
      t: Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!, +ms!),
      value: Number(values!.split(',')[column - 1]),
    }),
  );
};

/** Values of a one-dimensional float64 file of numpy's, version 1. */
const readNpy = (axis: 'x' | 'y'): Float64Array => {
  const bytes = readFileSync(join(growth, `treated_213nm-${axis}_all.npy`));
  return new Float64Array(
    bytes.buffer.slice(bytes.byteOffset + 10 + bytes.readUInt16LE(8), bytes.byteOffset + bytes.length),
  );
};

const growthTrace = (): Reading[] => {
  const values = readNpy('y');
  return Array.from(readNpy('x'), (seconds, index) => ({ t: 1000 * seconds, value: values[index]! }));
};

/** A channel, and how late its readings are, ms. */
interface Late {
  readonly readings: readonly Reading[];
  readonly delay: number;
}

/** The rows of channels whose readings come as late as they do. */
const rowsOf = <K extends string>(channels: Readonly<Record<K, Late>>, options: AlignChannelsOptions<NoInfer<K>>) => {
  const names = Object.keys(channels) as K[];
  const subjects = Object.fromEntries(names.map((name) => [name, new Subject<Reading>()])) as Record<
    K,
    Subject<Reading>
  >;
  const told = (...what: unknown[]) => {
    throw new Error(`nothing is to be told: ${JSON.stringify(what)}`);
  };
  const rows: AlignedRow<K>[] = [];
  let isOver = false;
  const subscriber = {
    next: (row: AlignedRow<K>) => rows.push(row),
    complete: () => {
      isOver = true;
    },
  };
  alignChannels<K>(subjects, { onLate: told, onJump: told, ...options } as AlignChannelsOptions<NoInfer<K>>).subscribe(
    subscriber,
  );
  const arrivals = names.flatMap((name) => {
    const { readings, delay } = channels[name];
    return readings.map((reading) => ({ name, reading, at: reading.t + delay }));
  });
  for (const { name, reading } of arrivals.sort((a, b) => a.at - b.at)) subjects[name].next(reading);
  for (const name of names) subjects[name].complete();
  expect(isOver).toBe(true);
  return { names, rows };
};

/** The largest difference of a channel from what it would have said itself. */
const largestError = (rows: readonly AlignedRow[], channel: string, truth: string): number =>
  rows.reduce((worst, { values }) => Math.max(worst, Math.abs(values[channel]! - values[truth]!) || 0), 0);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-interop-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What numpy makes of the same readings, all at once, and how far it is from our rows. */
const compared = async <K extends string>(
  channels: Readonly<Record<K, Late & { readonly fill: string; readonly tolerance?: number }>>,
  axis: object,
  { names, rows }: { readonly names: readonly K[]; readonly rows: readonly AlignedRow<K>[] },
) => {
  const flat = rows.flatMap(({ t, values }) => [t, ...names.map((name) => values[name])]);
  await writeFile(join(folder, 'rows.f64'), new Uint8Array(Float64Array.from(flat).buffer));
  const asked = names.map((name) => {
    const { readings, fill, tolerance = null } = channels[name];
    return { name, fill, tolerance, t: readings.map(({ t }) => t), value: readings.map(({ value }) => value) };
  });
  await writeFile(join(folder, 'channels.json'), JSON.stringify({ axis, channels: asked }));
  return runPython('./align_channels.py', [join(folder, 'channels.json'), join(folder, 'rows.f64')]);
};

describe('numpy, with the whole record before it', () => {
  it('makes the rows of a day of a real growth log that we make of readings up to three seconds late', async () => {
    const channels = {
      germanium: { readings: readLog('GeO.PID.MV'), delay: 0, fill: 'linear', tolerance: 5000 },
      substrate: { readings: readLog('Sub.PID.MV'), delay: 1500, fill: 'nearest', tolerance: 600 },
      pressure: { readings: readLog('MC IG.PG.MV'), delay: 3000, fill: 'previous', tolerance: 1050 },
      shutter: { readings: readLog('Shutters', 4), delay: 0, fill: 'hold' },
    } as const;
    const axis = { period: 1000 };
    const { names, rows } = rowsOf(channels, {
      axis,
      lateness: 10_000,
      fill: { germanium: 'linear', substrate: 'nearest', pressure: 'previous', shutter: 'hold' },
      tolerance: { germanium: 5000, substrate: 600, pressure: 1050 },
    });
    const offline = await compared(channels, axis, { names, rows });
    process.stdout.write(`${log}: ${JSON.stringify(offline)}\n`);
    expect(rows.length).toBeGreaterThan(log === wholeLog ? 80_000 : 200);
    expect(offline).toMatchObject({ rows: rows.length, times: 0, holes: 0 });
    for (const difference of Object.values(offline.worst as Record<string, number>))
      expect(difference).toBeLessThan(1e-9);
  }, 120_000);

  it('finds the largest error of a line through every tenth reading of a substrate, to 1e-9', async () => {
    const readings = readLog('Sub.PID.MV');
    const channels = {
      truth: { readings, delay: 0, fill: 'previous', tolerance: 0 },
      sparse: {
        readings: readings.filter((_, index) => index % 10 === 0),
        delay: 2000,
        fill: 'linear',
        tolerance: 15_000,
      },
    } as const;
    const axis = { follow: 'truth' } as const;
    const fill = { sparse: 'linear' } as const;
    const { names, rows } = rowsOf(channels, { axis, lateness: 20_000, fill, tolerance: { sparse: 15_000 } });
    const offline = await compared(channels, axis, { names, rows });
    const ours = largestError(rows, 'sparse', 'truth');
    process.stdout.write(`every tenth substrate temperature, a line between: at most ${ours.toFixed(3)} off\n`);
    expect(offline).toMatchObject({ rows: readings.length, times: 0, holes: 0 });
    expect(ours).toBeGreaterThan(0);
    expect(Math.abs(ours - (offline.largest as Record<string, number>).sparse!)).toBeLessThan(1e-9);
  }, 120_000);

  (existsSync(growth) ? it.each : () => () => {})([
    { fill: 'linear', lateness: 1400, tolerance: 1001 },
    { fill: 'nearest', lateness: 1400, tolerance: 1000 },
    { fill: 'previous', lateness: 400, tolerance: 1000 },
  ] as const)(
    'finds the largest error of a slow channel beside a real growth at 500 Hz, to 1e-9: $fill',
    async ({ fill, lateness, tolerance }) => {
      const readings = growthTrace();
      const channels = {
        intensity: { readings, delay: 0, fill: 'previous', tolerance: 0 },
        slow: { readings: readings.filter((_, index) => index % 500 === 0), delay: 300, fill, tolerance },
      } as const;
      const axis = { follow: 'intensity' } as const;
      const { names, rows } = rowsOf(channels, {
        axis,
        lateness,
        fill: { slow: fill },
        tolerance: { slow: tolerance },
      });
      const offline = await compared(channels, axis, { names, rows });
      const ours = largestError(rows, 'slow', 'intensity');
      process.stdout.write(`500 Hz beside 1 Hz, ${fill}: at most ${ours.toFixed(3)} counts off\n`);
      expect(offline).toMatchObject({ rows: readings.length, times: 0, holes: 0 });
      expect(ours).toBeGreaterThan(0);
      expect(Math.abs(ours - (offline.largest as Record<string, number>).slow!)).toBeLessThan(1e-9);
      for (const difference of Object.values(offline.worst as Record<string, number>))
        expect(difference).toBeLessThan(1e-9);
    },
    120_000,
  );
});
