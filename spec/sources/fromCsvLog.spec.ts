import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { InputError } from '../../src/model/errors.js';
import { type FromCsvLogOptions, fromCsvLog } from '../../src/sources/fromCsvLog.js';
import { openFiles } from './csv/openFiles.js';
import { day, outcomeOf } from './csv/outcomeOf.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-csv-'));
});
afterEach(() => rm(folder, { recursive: true }));

const utc = { timeZone: 'UTC' } as const;

const write = async (text: string | Uint8Array, name = 'log.csv'): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const outcome = async (text: string | Uint8Array, options?: FromCsvLogOptions) => outcomeOf(await write(text), options);

const whole = async (text: string | Uint8Array, options: FromCsvLogOptions = {}) => {
  const { samples, notices, error } = await outcome(text, options);
  expect({ error, notices }).toEqual({ error: undefined, notices: [] });
  return samples;
};

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('what a log says', () => {
  it('is a sample a row, with the channel and units of the header, and a time that was recorded', async () => {
    const path = await write('Time,T (C)\n2023-06-12 00:00:01.5,950.5\n');
    expect(await all(fromCsvLog(path, utc))).toEqual([
      { channel: 'T', t: day + 1500, value: 950.5, units: 'C', timeBase: 'recorded' },
    ]);
  });

  it('is a sample a cell of a wide table, none for an empty cell', async () => {
    const text = 'Time,T [C],p (mbar),state\n2023-06-12 00:00:01,1,2e-9,\n2023-06-12 00:00:02, ,-3.5,0\n';
    expect(await whole(text)).toEqual([
      ['T', 1, 1],
      ['p', 1, 2e-9],
      ['p', 2, -3.5],
      ['state', 2, 0],
    ]);
  });

  it.each([
    ['CRLF', 'Time,T\r\n2023-06-12 00:00:01,1\r\n2023-06-12 00:00:02,2\r\n', {}],
    ['a byte order mark', '\uFEFFTime,T\n2023-06-12 00:00:01,1\n2023-06-12 00:00:02,2\n', { time: 'Time' }],
    ['blank lines', '\nTime,T\n\n2023-06-12 00:00:01,1\n \n2023-06-12 00:00:02,2\n\n', {}],
    ['lines of comment', '#x,y,z\nTime,T\n2023-06-12 00:00:01,1\n# "\n2023-06-12 00:00:02,2\n', { comment: '#' }],
    ['a preamble', "'A, log\n\n'Time,T\n2023-06-12 00:00:01,1\n2023-06-12 00:00:02,2\n", { preamble: 2 }],
    ['quotes', '"Time","T"\n"2023-06-12 00:00:01","1"\n2023-06-12 00:00:02,"2"\n', {}],
    ['white space', ' Time , T \n 2023-06-12 00:00:01 , 1 \n2023-06-12 00:00:02,\t2\n', {}],
    ['a cell more at the end', 'Time,T,\n2023-06-12 00:00:01,1,\n2023-06-12 00:00:02,2,,\n', {}],
    ['tabs', 'Time\tT\n2023-06-12 00:00:01\t1\n2023-06-12 00:00:02\t2\n', { delimiter: '\t' }],
    ['a decimal comma', 'Time;T\n2023-06-12 00:00:01,000;1,0\n2023-06-12 00:00:02;,2e+1\n', { decimal: ',' }],
    ['dates apart', 'T,Time,Date\n1,00:00:01,2023-06-12\n2,00:00:02,2023-06-12\n', { time: ['Date', 'Time'] }],
    ['seconds', 's,T\n1,1\n2,2\n', { start: day }],
    ['no header', '2023-06-12 00:00:01,1\n2023-06-12 00:00:02,2\n', { header: false, channel: 'T' }],
    ['a last row without an end', 'Time,T\n2023-06-12 00:00:01,1\n2023-06-12 00:00:02,2', { unendedRow: true }],
  ] as const)('is read with %s', async (_, text, options) => {
    expect(await whole(text, options)).toEqual([
      ['T', 1, 1],
      ['T', 2, 2],
    ]);
  });

  it.each([
    ['latin1', Buffer.from('Time,T (°C)\n2023-06-12 00:00:01,1\n', 'latin1')],
    ['utf-16le', Buffer.from('\uFEFFTime,T (°C)\n2023-06-12 00:00:01,1\n', 'utf16le')],
  ])('is read in %s', async (encoding, bytes) => {
    const path = await write(bytes);
    expect((await all(fromCsvLog(path, { ...utc, encoding })))[0]).toMatchObject({
      channel: 'T',
      units: '°C',
      value: 1,
    });
    expect((await outcome(bytes)).error).toBeInstanceOf(Error);
  });

  it('is read zipped, by its content', async () => {
    const zipped = gzipSync('Time,T\n2023-06-12 00:00:01,1\n');
    expect(await whole(Buffer.concat([zipped, gzipSync('2023-06-12 00:00:02,2\n')]))).toEqual([
      ['T', 1, 1],
      ['T', 2, 2],
    ]);
  });

  it('has codes for no value, by number or by text, of all channels or of one', async () => {
    const path = await write('Time,a,b\n2023-06-12 00:00:01,9.90E09,9.9E+9\n2023-06-12 00:00:02,----,-1\n');
    const options = {
      sentinels: { '9.9e9': 'over-range', '----': 'not measured' },
      columns: { a: {}, b: { sentinels: { '-1.0': 'under-range' } } },
    } as const;
    const recorded = { timeBase: 'recorded' };
    expect(await all(fromCsvLog(path, { ...utc, ...options }))).toEqual([
      { channel: 'a', t: day + 1000, value: Number.NaN, flag: 'over-range', raw: 9.9e9, ...recorded },
      { channel: 'b', t: day + 1000, value: 9.9e9, ...recorded },
      { channel: 'a', t: day + 2000, value: Number.NaN, flag: 'not measured', ...recorded },
      { channel: 'b', t: day + 2000, value: Number.NaN, flag: 'under-range', raw: -1, ...recorded },
    ]);
  });

  it('has codes with its own decimal comma', async () => {
    const text = 'Time;T\n2023-06-12 00:00:01;9999,90\n';
    for (const code of ['9999.9', '9999,9'])
      expect(await whole(text, { decimal: ',', sentinels: { [code]: 'over-range' } })).toEqual([['T', 1, Number.NaN]]);
  });

  it('may be that there is no number, or an infinite one', async () => {
    const text = 'Time,a,b,c\n2023-06-12 00:00:01,NaN,-Inf,infinity\n';
    expect((await whole(text)).map(([, , value]) => value)).toEqual([Number.NaN, -Infinity, Infinity]);
  });

  it('is taken from the columns that are asked for, by their names with or without units', async () => {
    const text = 'Time,p (mbar),p (Torr),note\n2023-06-12 00:00:01,1,2,ok\n';
    const path = await write(text);
    const columns = { 'p (Torr)': { channel: 'pressure' }, p: { units: 'hPa' } };
    expect(await all(fromCsvLog(path, { ...utc, columns }))).toMatchObject([
      { channel: 'pressure', value: 2, units: 'Torr' },
      { channel: 'p', value: 1, units: 'hPa' },
    ]);
  });

  it('gets the channel and the units of one value column from the options', async () => {
    const path = await write('Time,T (K)\n2023-06-12 00:00:01,1\n');
    const [sample] = await all(fromCsvLog(path, { ...utc, channel: 'Ga', units: 'C' }));
    expect(sample).toMatchObject({ channel: 'Ga', units: 'C' });
  });

  it('is merged from several files by time', async () => {
    const rows = (seconds: number[]) => seconds.map((s) => `2023-06-12 00:00:0${s},${s}\n`).join('');
    const paths = [await write(`Time,a\n${rows([1, 4, 5])}`, 'a.csv'), await write(`Time,b\n${rows([2, 4])}`, 'b.csv')];
    const samples = await all(fromCsvLog(paths, utc));
    expect(samples.map(({ channel, value }) => `${channel}${value}`)).toEqual(['a1', 'b2', 'a4', 'b4', 'a5']);
  });

  it('crosses the parts in which a file is read, in the middle of a number and of a character', async () => {
    const sign = '€'.repeat(40);
    const rows = Array.from({ length: 3000 }, (_, index) => `${index / 8},${index}.25,${sign}\n`);
    const columns = { T: {}, '€': { sentinels: { [sign]: 'not measured' } } } as const;
    const samples = await whole(`s,T,€\n${rows.join('')}`, { start: day, columns });
    expect(samples).toEqual(
      rows.flatMap((_, index) => [
        ['T', index / 8, index + 0.25],
        ['€', index / 8, Number.NaN],
      ]),
    );
  });
});

describe('what does not fit is refused before anything is emitted', () => {
  const text = 'Time,a,b\n12/06/2023 00:00:01,1,2\n';
  it.each([
    ['dateOrder', text, {}],
    ['timeZone', text, { dateOrder: 'dmy', timeZone: undefined }],
    ['time', text, { dateOrder: 'dmy', time: 'Date' }],
    ['columns', text, { dateOrder: 'dmy', columns: { c: {} } }],
    ['channel', text, { dateOrder: 'dmy', channel: 'T' }],
    ['columns', 'Time,p (mbar),p (Torr)\n', {}],
  ] as const)('as an InputError of %s', async (field, log, options) => {
    const { samples, error } = await outcome(log, options);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).context.field).toBe(field);
    expect(samples).toEqual([]);
  });

  it.each<[string, FromCsvLogOptions]>([
    ['delimiter', { delimiter: ';;' }],
    ['delimiter', { delimiter: '' }],
    ['delimiter', { delimiter: ',', decimal: ',' }],
    ['decimal', { decimal: "'" as '.' }],
    ['preamble', { preamble: -1 }],
    ['preamble', { preamble: 1.5 }],
    ['comment', { comment: '' }],
    ['encoding', { encoding: 'morse' }],
    ['dateOrder', { dateOrder: 'dym' as 'dmy' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['start', { start: 1_686_529_404 }],
    ['sentinels', { sentinels: { '1': 'broken' as 'over-range' } }],
    ['sentinels', { columns: { T: { sentinels: { '1': 'broken' as 'over-range' } } } }],
    ['pollMs', { pollMs: 0 }],
    ['onGarbage', { onGarbage: 'ignore' as 'drop' }],
  ])('at the call, for a wrong %s', (field, options) => {
    expect(() => fromCsvLog('log.csv', options)).toThrow(field);
    expect(() => fromCsvLog('log.csv', options)).toThrow(InputError);
  });

  it.each([[''], [[]], [['a.csv', '']], [7 as unknown as string]])('at the call, for the path %j', (path) => {
    expect(() => fromCsvLog(path)).toThrow(InputError);
  });

  it('at once in all files', async () => {
    const good = await write('Time,a\n2023-06-12 00:00:01,1\n', 'good.csv');
    const seen: unknown[] = [];
    const reading = fromCsvLog([good, await write(text)], utc).forEach((sample) => void seen.push(sample));
    await expect(reading).rejects.toThrow(InputError);
    expect(seen).toEqual([]);
  });
});

describe('how a log is pulled', () => {
  const long = () => write(`s,T\n${Array.from({ length: 50_000 }, (_, index) => `${index},1\n`).join('')}`);

  it('waits when the budget is half full, and goes on when there is room', async () => {
    const budget = new Budget(2000);
    const account = budget.account();
    let seen = 0;
    const running = fromCsvLog(await long(), { start: day, budget }).subscribe(() => {
      seen++;
      account.charge(1);
    });
    while (budget.waiting === 0) await settled();
    expect(seen).toBeGreaterThanOrEqual(1000);
    expect(seen).toBeLessThanOrEqual(1000 + 512);
    const before = seen;
    account.release(before);
    while (budget.waiting === 0) await settled();
    expect(seen).toBeGreaterThanOrEqual(before + 1000);
    running.unsubscribe();
  });

  it('closes the files when it is left', async () => {
    const paths = [await long(), await write(gzipSync('s,T\n1,1\n2,2\n'), 'b.csv')];
    expect(await all(fromCsvLog(paths, { start: day }).pipe(take(3)))).toHaveLength(3);
    await settled();
    expect(await openFiles(folder)).toEqual([]);
    const stop = new AbortController();
    let seen = 0;
    const reading = fromCsvLog(paths, { start: day, signal: stop.signal }).forEach(() => {
      if (++seen === 600) stop.abort();
    });
    await reading;
    await settled();
    expect(await openFiles(folder)).toEqual([]);
    expect(seen).toBeLessThan(50_000);
  });

  it('closes the files at its end and after an error', async () => {
    await whole('Time,T\n2023-06-12 00:00:01,1\n');
    await outcome('Time,T\n2023-06-12 00:00:01,x\n');
    await settled();
    expect(await openFiles(folder)).toEqual([]);
  });

  it('reads what a file has grown by until its end is reached', async () => {
    const path = await long();
    let seen = 0;
    let grown = Promise.resolve();
    await fromCsvLog(path, { start: day }).forEach(() => {
      if (seen++ === 0) grown = appendFile(path, '50000,1\n50001,1\n');
    });
    await grown;
    expect(seen).toBe(50_002);
  });
});
