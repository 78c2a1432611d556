import { appendFile, copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { InputError, LogError } from '../../src/model/errors.js';
import type { Sample } from '../../src/model/sample.js';
import type { LogNotice } from '../../src/sources/csv/logNotice.js';
import { type FromEpicLogOptions, fromEpicLog } from '../../src/sources/fromEpicLog.js';
import { openFiles } from './csv/openFiles.js';

/** Parts of the log of 12 June 2023, and five minutes of it. */
const parts = join('spec', 'fixtures', 'epicLog');
const minutes = join('samples', 'pdi-epic-mbe-log');
const berlin = { dateOrder: 'dmy', timeZone: 'Europe/Berlin' } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-epic-'));
});
afterEach(() => rm(folder, { recursive: true }));

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

const read = async (dir: string, options: FromEpicLogOptions = {}) => {
  const notices: LogNotice[] = [];
  const samples = await all(fromEpicLog(dir, { ...berlin, onNotice: (notice) => notices.push(notice), ...options }));
  const of = (channel: string) => samples.filter((sample) => sample.channel === channel);
  return { samples, notices, of };
};

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

/** Rows of one of EPIC's files by another way: Berlin was two hours ahead of UTC on that day. */
const rowsOf = async (path: string) => {
  const bytes = await readFile(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
  const lines = text.split('\r\n').slice(3, -1);
  return lines.map((line) => {
    const [time, ...cells] = line.split(',');
    const [, day, month, year, clock] = /^(\d\d)\/(\d\d)\/(\d{4}) (.*)$/.exec(time!)!;
    return { t: Date.parse(`${year}-${month}-${day}T${clock}+02:00`), values: cells.map(Number) };
  });
};

describe('the directory of an MBE', () => {
  it('has twelve shutters, each with the seven readings of the day', async () => {
    const { samples, of } = await read(parts);
    const shutters = [...new Set(samples.map(({ channel }) => channel))].filter((channel) => channel.endsWith('_Sh'));
    const names = ['Sub', 'QMS', 'Ba', 'Ga', 'GeO', 'N', 'In', 'SiO', 'SnO', 'La', 'LL', 'LN2'];
    expect(shutters).toEqual(names.map((name) => `${name}_Sh`));
    for (const shutter of shutters) expect(of(shutter)).toHaveLength(7);
    const open = of('Ga_Sh').find(({ value }) => value === 1);
    expect(new Date(open!.t).toISOString()).toBe('2023-06-12T00:23:24.656Z');
    expect(of('Ga_Sh').map(({ value }) => value)).toEqual([0, 1, 0, 1, 1, 0, 0]);
  });

  it('has a channel for each value file, called as the file is', async () => {
    const { samples } = await read(minutes);
    const channels = new Set(samples.map(({ channel }) => channel).filter((channel) => !channel.endsWith('_Sh')));
    expect([...channels].sort()).toEqual([
      ...['GC Atmion.PG.MV', 'GC IG.PG.MV', 'Ga.PID.MV', 'GeO.PID.MV', 'GeO.PID.wOP', 'LL IG.PG.MV', 'MC IG.PG.MV'],
      ...['MIG.PG.MV', 'N.MF.MV', 'O.Forward.MV', 'O.Light.MV', 'O.MF.MV', 'O.Reflect.MV', 'Pyro.PID.MV'],
      ...['Sub.PG.I', 'Sub.PG.P', 'Sub.PID.MV', 'Sub.PID.wOP'],
    ]);
  });

  it('comes in the order of time, every time and value as in the files', async () => {
    const { samples, of } = await read(minutes);
    expect(samples.map(({ t }) => t)).toEqual(samples.map(({ t }) => t).sort((a, b) => a - b));
    for (const channel of ['Ga.PID.MV', 'GC IG.PG.MV', 'Sub.PG.P', 'O.Light.MV']) {
      const rows = await rowsOf(join(minutes, `${channel}.txt`));
      const recorded = { channel, timeBase: 'recorded' };
      expect(of(channel)).toEqual(rows.map(({ t, values: [value] }) => ({ t, value, ...recorded })));
    }
    const zipped = await rowsOf(join(parts, 'Ga.PID.MV.txt.gz'));
    const ga = (await read(parts)).of('Ga.PID.MV');
    expect(ga.map(({ t }) => t)).toEqual(zipped.map(({ t }) => t));
  });

  it('has a gauge that is over range: NaN with a flag, and its code as raw', async () => {
    const { of } = await read(parts);
    const rows = await rowsOf(join(parts, 'LL IG.PG.MV.txt'));
    const flagged = of('LL IG.PG.MV').filter(({ flag }) => flag === 'over-range');
    expect(flagged).toHaveLength(rows.filter(({ values: [value] }) => value === 9.9e9).length);
    expect(flagged.length).toBeGreaterThan(40);
    expect(new Set(flagged.map(({ value, raw }) => `${value} ${raw}`))).toEqual(new Set(['NaN 9900000000']));
    expect(of('LL IG.PG.MV').filter(({ flag }) => flag === undefined)).toHaveLength(rows.length - flagged.length);
    const taken = (await read(parts, { sentinels: {} })).of('LL IG.PG.MV');
    expect(taken.filter(({ value }) => value === 9.9e9)).toHaveLength(flagged.length);
  });

  it("names what is odd: an empty channel, another channel's header, a file that is no log", async () => {
    const { notices } = await read(parts);
    expect(notices.map(({ message: _, ...notice }) => notice)).toEqual([
      { type: 'not read', path: join(parts, 'Fitting.txt') },
      {
        type: 'foreign header',
        path: join(parts, 'Pyro.PID.MV.txt'),
        channel: 'Pyro.PID.MV',
        header: 'Sub.PID.MV',
      },
      { type: 'not read', path: join(parts, 'README.md') },
      { type: 'empty', path: join(parts, 'FLUX IG.PG.MV.txt'), channels: ['FLUX IG.PG.MV'] },
    ]);
    for (const { message, path } of notices) expect(message).toContain(path);
  });

  it('has the units that the options say, and no others', async () => {
    const { samples, of } = await read(parts, { units: { 'LL IG.PG.MV': 'mbar' } });
    expect(of('LL IG.PG.MV').every(({ units }) => units === 'mbar')).toBe(true);
    expect(samples.filter(({ units }) => units !== undefined)).toHaveLength(of('LL IG.PG.MV').length);
    await expect(read(parts, { units: { 'LL IG': 'mbar' } })).rejects.toThrow('LL IG.PG.MV');
    await expect(read(parts, { units: { 'LL IG': 'mbar' } })).rejects.toThrow(InputError);
  });

  it.each([
    ['dateOrder', { dateOrder: undefined }],
    ['timeZone', { timeZone: undefined }],
  ])('is not read without %s: nothing is emitted', async (field, options) => {
    const seen: Sample[] = [];
    const reading = fromEpicLog(parts, { ...berlin, ...options, onNotice: () => {} }).forEach(
      (sample) => void seen.push(sample),
    );
    await expect(reading).rejects.toMatchObject({ _tag: 'InputError', context: { field } });
    expect(seen).toEqual([]);
  });

  it.each([
    ['dateOrder', { dateOrder: 'american' as 'mdy' }],
    ['timeZone', { timeZone: 'Berlin' }],
    ['sentinels', { sentinels: { '9.9E+9': 'much' as 'over-range' } }],
  ])('is not opened with a wrong %s', (field, options) => {
    expect(() => fromEpicLog(parts, { ...berlin, ...options })).toThrow(field);
  });

  it('must be there, and have each channel once', async () => {
    await expect(read(join(folder, 'missing'))).rejects.toThrow(LogError);
    await copyFile(join(parts, 'Messages.txt'), join(folder, 'Messages.txt'));
    await expect(read(folder)).rejects.toMatchObject({ _tag: 'InputError', context: { field: 'dir' } });
    await copyFile(join(parts, 'Ga.PID.MV.txt.gz'), join(folder, 'Ga.PID.MV.txt.gz'));
    const text = gunzipSync(await readFile(join(folder, 'Ga.PID.MV.txt.gz')));
    await writeFile(join(folder, 'Ga.PID.MV.txt'), text);
    await expect(read(folder)).rejects.toThrow('Ga.PID.MV twice');
  });

  it('is followed, old rows first, without waiting for silent files', async () => {
    await cp(parts, folder, { recursive: true });
    const path = join(folder, 'Pyro.PID.MV.txt');
    const rows = (await rowsOf(path)).length;
    const seen: number[] = [];
    const running = fromEpicLog(folder, { ...berlin, follow: true, pollMs: 2, onNotice: () => {} }).subscribe(
      ({ channel, value }) => channel === 'Pyro.PID.MV' && seen.push(value),
    );
    while (seen.length < rows) await settled();
    await appendFile(path, '12/06/2023 23:59:58.943,151.25\r\n');
    while (seen.length < rows + 1) await settled();
    expect(seen.at(-1)).toBe(151.25);
    running.unsubscribe();
    await settled();
    expect(await openFiles(folder)).toEqual([]);
  });

  it('is closed when it is left', async () => {
    await cp(minutes, folder, { recursive: true });
    await writeFile(join(folder, 'B.PID.MV.txt.gz'), gzipSync(await readFile(join(minutes, 'Ga.PID.MV.txt'))));
    expect(await all(fromEpicLog(folder, { ...berlin, onNotice: () => {} }).pipe(take(3)))).toHaveLength(3);
    await settled();
    expect(await openFiles(folder)).toEqual([]);
  });
});
