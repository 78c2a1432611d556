import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkLogs } from '../../src/cli/checkLogs.js';
import type { LogSettings } from '../../src/cli/streamSettings.js';

const epic = join('spec', 'fixtures', 'epicLog');
const inBerlin = { dateOrder: 'dmy', timeZone: 'Europe/Berlin' } as const;

let folder: string;
const files = {
  'gauge.csv': 'time,p (mbar)\r\n2026-03-01T14:30:00Z,1\r\n',
  'german.csv': 'Zeit;p [mbar]\n2026-03-01T14:30:00Z;1,5\n',
  'torn.csv': 'time,p\n2026-03-01T14:30:00Z\n2026-03-01T14:30:01Z,2\n',
  'rubbish.csv': 'time,p\nyesterday,1\n',
  'two.csv': 'time,A (C),B (C)\n2026-03-01T14:30:00Z,1,2\n',
  'empty.csv': '',
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-logs-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const check = (settings: Partial<LogSettings>) =>
  checkLogs({ logs: [], format: 'csv', channels: [], reading: {}, timeseries: {}, ...settings });
const channel = (name: string) => ({ channel: name, path: file('gauge.csv'), units: 'mbar' });

describe('checkLogs', () => {
  it('has nothing to say of logs that can be read', async () => {
    await check({ logs: [file('gauge.csv')] });
    await check({ logs: [file('german.csv')], reading: { decimal: ',' }, channels: [] });
    await check({ format: 'epic', logs: [epic], reading: inBerlin });
    await check({ logs: [file('empty.csv')], channels: [channel('p1'), channel('p2')] });
  });

  it('leaves a row that cannot be read to be told in its place', async () => {
    await check({ logs: [file('torn.csv')] });
  });

  it.each<[string, () => Partial<LogSettings>, object]>([
    [
      'a date that can be read in two ways',
      () => ({ format: 'epic', logs: [epic], reading: { timeZone: 'UTC' } }),
      { _tag: 'InputError', context: { field: 'dateOrder' } },
    ],
    [
      'a time without a zone',
      () => ({ format: 'epic', logs: [epic], reading: { dateOrder: 'dmy' } }),
      { _tag: 'InputError', context: { field: 'timeZone' } },
    ],
    [
      'an unknown zone',
      () => ({ logs: [file('gauge.csv')], reading: { timeZone: 'Europe/Bärlin' } }),
      { _tag: 'InputError', context: { field: 'timeZone' } },
    ],
    [
      'a missing file',
      () => ({ logs: [file('none.csv')] }),
      { _tag: 'InputError', context: { field: 'log', rule: 'must be a file that is there' } },
    ],
    [
      'a missing file of a channel',
      () => ({ channels: [{ ...channel('p'), path: file('none.csv') }] }),
      { _tag: 'InputError', context: { field: 'channel', rule: 'must be a file that is there' } },
    ],
    [
      'a missing folder',
      () => ({ format: 'epic', logs: [file('none')], reading: inBerlin }),
      { _tag: 'InputError', context: { field: 'log', rule: 'must be a folder that is there' } },
    ],
    [
      'a file in the place of a folder of EPIC',
      () => ({ format: 'epic', logs: [file('gauge.csv')], reading: inBerlin }),
      {
        _tag: 'UsageError',
        message: expect.stringMatching(
          /^with --format epic, --log must be a folder; stream .*gauge\.csv by a second command with the same --run$/,
        ),
      },
    ],
    [
      'a file of two channels as one',
      () => ({ channels: [{ ...channel('p'), path: file('two.csv') }] }),
      {
        _tag: 'UsageError',
        message: expect.stringMatching(
          /^--channel takes a file with one value column; .*two\.csv has A, B: give it with --log$/,
        ),
      },
    ],
    ['a folder in no known format', () => ({ logs: [folder] }), { _tag: 'InputError', context: { field: 'format' } }],
    [
      'a folder without a log of EPIC',
      () => ({ format: 'epic', logs: [folder], reading: inBerlin }),
      { _tag: 'InputError', context: { field: 'log' } },
    ],
    ['rows that none can be read of', () => ({ logs: [file('rubbish.csv')] }), { _tag: 'LogError' }],
    [
      'a channel that two logs have',
      () => ({ logs: [file('gauge.csv')], channels: [channel('p')] }),
      { _tag: 'InputError', context: { field: 'channel', value: 'p' } },
    ],
    [
      'a channel that a log and a folder of EPIC have',
      () => ({ format: 'epic', logs: [epic], channels: [channel('Ga_Sh')], reading: inBerlin }),
      { _tag: 'InputError', context: { field: 'channel', value: 'Ga_Sh' } },
    ],
  ])('refuses %s', async (_, settings, error) => {
    await expect(check(settings())).rejects.toMatchObject(error);
  });
});
