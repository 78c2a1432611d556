import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { InputError, LogError } from '../../../src/model/errors.js';
import { type FromCsvLogOptions, fromCsvLog } from '../../../src/sources/fromCsvLog.js';
import { day, outcomeOf } from './outcomeOf.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-garbage-'));
});
afterEach(() => rm(folder, { recursive: true }));

const utc = { timeZone: 'UTC' } as const;

const write = async (text: string | Uint8Array, name = 'log.csv'): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const outcome = async (text: string | Uint8Array, options?: FromCsvLogOptions) => outcomeOf(await write(text), options);

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

describe('what cannot be read of a log is told, after what was before it', () => {
  it.each([
    ['a word where a number should be', '2023-06-12 00:00:02,x', '"x" is no number'],
    ['a group separator', '2023-06-12 00:00:02,"1,000.5"', '"1,000.5" is no number'],
    ['a cell missing', '2023-06-12 00:00:02', '1 cells, and the header 2'],
    ['a cell too many', '2023-06-12 00:00:02,1,2', '3 cells, and the header 2'],
    ['an open quote', '2023-06-12 00:00:02,"1', 'Quote'],
    ['no time', ',1', '"" is no date and time'],
    ['zeros of a power cut', '\0\0\0', '1 cells'],
  ])('%s, by file, line and content', async (_, row, reason) => {
    const { path, samples, error } = await outcome(`Time,T\n2023-06-12 00:00:01,1\n${row}\n2023-06-12 00:00:03,3\n`);
    expect(samples).toEqual([['T', 1, 1]]);
    expect(error).toBeInstanceOf(LogError);
    const { context, message } = error as LogError;
    expect(context).toMatchObject({ path, line: 3, content: row });
    expect(context.reason).toContain(reason);
    expect(message).toContain('line 3');
  });

  it.each([
    ['1.5', { decimal: ',' }],
    ['1.500,5', { decimal: ',' }],
    ['1,5', { delimiter: ';' }],
    ['0x10', { delimiter: ';' }],
    ['1e', { delimiter: ';' }],
  ] as const)('the number %s, where %j', async (text, options) => {
    const { error } = await outcome(`Time;T\n2023-06-12 00:00:01;${text}\n`, options);
    expect(error).toMatchObject({ _tag: 'LogError', context: { line: 2, reason: expect.stringContaining(text) } });
  });

  it('is told without the line end', async () => {
    const { error } = await outcome('Time,T\r\n2023-06-12 00:00:01,x\r\n');
    expect((error as LogError).context.content).toBe('2023-06-12 00:00:01,x');
  });

  it('is left out and told with onGarbage drop', async () => {
    const text = 'Time,a,b\n2023-06-12 00:00:01,1,1\n2023-06-12 00:00:02,2,x\n2023-06-12 00:00:03,3,3\n';
    const { samples, error, notices } = await outcome(text, { onGarbage: 'drop' });
    expect(error).toBeUndefined();
    expect(samples.map(([channel, , value]) => `${channel}${value}`)).toEqual(['a1', 'b1', 'a3', 'b3']);
    expect(notices).toMatchObject([{ type: 'garbage', error: { context: { line: 3 } } }]);
  });

  it('is not an option that is missing: that is no fault of the row', async () => {
    const { error } = await outcome('Time,a\n12/06/2023 00:00:01,1\n', { onGarbage: 'drop' });
    expect(error).toBeInstanceOf(InputError);
  });

  it('is a row cut in half at the end, in a notice, when all others are out', async () => {
    const { path, samples, error, notices } = await outcome(
      'Time,p\n2023-06-12 00:00:01,6.60E-09\n2023-06-12 00:00:02,6.60E-0',
    );
    expect(error).toBeUndefined();
    expect(samples).toEqual([['p', 1, 6.6e-9]]);
    expect(notices).toMatchObject([{ type: 'cut row', path, line: 3, content: '2023-06-12 00:00:02,6.60E-0' }]);
  });

  it('is a channel without a reading, in a notice', async () => {
    expect(await outcome('Time,a,b\n2023-06-12 00:00:01,1,\n')).toMatchObject({
      samples: [['a', 1, 1]],
      error: undefined,
      notices: [{ type: 'empty', channels: ['b'] }],
    });
    expect((await outcome('Time,a')).notices).toMatchObject([{ type: 'empty', channels: ['a'] }]);
    expect((await outcome('', { channel: 'T' })).notices).toMatchObject([{ type: 'empty', channels: ['T'] }]);
  });

  it('is an hour that autumn repeats, once, in a notice', async () => {
    const text = 'Time,a\n2023-10-29 02:30:00,1\n2023-10-29 02:10:00,2\n2023-10-29 03:10:00,3\n';
    const { path, samples, notices } = await outcome(text, { timeZone: 'Europe/Berlin' });
    expect(samples.map(([, seconds]) => (seconds - samples[0]![1]) / 60)).toEqual([0, 40, 100]);
    expect(notices).toMatchObject([{ type: 'repeated hour', path }]);
    expect(notices[0]!.message).toContain('2023-10-29 02:30:00');
  });

  it('is an unnamed encoding', async () => {
    const { error } = await outcome(Buffer.from('Time,T (°C)\n2023-06-12 00:00:01,1\n', 'latin1'));
    expect((error as LogError).context).toMatchObject({ line: 1, reason: expect.stringContaining('latin1') });
  });

  it('is a file that is not there, or a folder, or without lines', async () => {
    for (const path of [join(folder, 'missing.csv'), folder, await write(new Uint8Array(2 ** 21).fill(65))]) {
      const error: unknown = await all(fromCsvLog(path, utc)).catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(LogError);
      expect((error as LogError).context.path).toBe(path);
    }
  });

  it('is a zipped file that is cut or damaged, after every row before that', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `${index},${Math.sin(index)}\n`);
    const path = await write(gzipSync(`s,T\n${rows.join('')}`), 'log.csv.gz');
    const options = { start: day };
    const count = (await all(fromCsvLog(path, options))).length;
    expect(count).toBe(20_000);
    await truncate(path, 100_000);
    let seen = 0;
    const reading = fromCsvLog(path, options).forEach(() => void seen++);
    await expect(reading).rejects.toThrow(LogError);
    // What 100,000 of its bytes unzip to, by another way.
    const part = gunzipSync(await readFile(path), { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    expect(seen).toBe(part.split('\n').length - 2);
  });

  it('goes to the process as a warning when nobody else is told', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const path = await write('Time,a\n2023-06-12 00:00:01,1');
    await all(fromCsvLog(path, utc));
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining(`${path}, line 2`),
      expect.stringContaining(`${path} has no reading of a`),
    ]);
    warn.mockRestore();
  });
});
