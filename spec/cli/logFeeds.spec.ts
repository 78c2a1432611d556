import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, merge, toArray } from 'rxjs';
import { logFeeds } from '../../src/cli/logFeeds.js';
import type { RunLog } from '../../src/cli/runLog.js';
import { sinksOf } from '../../src/cli/sinks.js';
import type { LogSettings } from '../../src/cli/streamSettings.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';

const epic = join('spec', 'fixtures', 'epicLog');

const streamed = async (settings: LogSettings) => {
  const warned: string[] = [];
  const log = { warn: (text: string) => warned.push(text) } as unknown as RunLog;
  const platform = fakePlatform();
  const feeds = await logFeeds(settings, log);
  const sinks = sinksOf(platform, { run: { name: 'R' }, json: false, platform: {} });
  const events = await lastValueFrom(merge(...feeds.map((feed) => feed.events(sinks, () => {}))).pipe(toArray()));
  await platform.close();
  return { feeds, warned, asked: events.flatMap((event) => (event.type === 'asked' ? [event.asked.options] : [])) };
};

describe('logFeeds', () => {
  it('streams channels and messages of a log, each in a session of the run, and names what is odd', async () => {
    const { feeds, warned, asked } = await streamed({
      logs: [epic],
      format: 'epic',
      channels: [],
      reading: { dateOrder: 'dmy', timeZone: 'Europe/Berlin' },
      timeseries: { pointsPerChunk: 50 },
    });
    expect(feeds.map(({ part, end }) => [part, end.report?.delivered, end.report?.offered, end.error])).toEqual([
      ['channels', expect.any(Number), feeds[0]?.end.report?.delivered, undefined],
      ['events', 3, 3, undefined],
    ]);
    const names = asked.map(({ streamName }) => streamName?.replace(/ \d{4}-.*/, ''));
    expect(names.sort()).toEqual(['R / channels', 'R / events']);
    expect(asked).toContainEqual(expect.objectContaining({ pointsPerChunk: 50 }));
    expect(warned).toContainEqual(expect.stringContaining('has the header of Sub.PID.MV'));
    expect(warned).toContainEqual(expect.stringContaining('has no reading of FLUX IG.PG.MV'));
    expect(warned.filter((text) => text.includes('Fitting.txt'))).toHaveLength(1); // although it is looked at twice
  });

  it('tells also what is odd about messages of which there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'epistream-feed-'));
    const header = "'EPIC Message Log File\r\n\r\n'Date&Time,CallerID,Message,Color\r\n";
    const shutters = "'EPIC Shutter Log File\r\n\r\n'Date&Time,Ga_Sh\r\n2023-06-12 02:23:24.656,1\r\n";
    await writeFile(join(folder, 'Messages.txt'), `${header}2023-06-12 00:12:00.661,Location Tab,New,-1`); // cut
    await writeFile(join(folder, 'Shutters.txt'), shutters);
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { feeds, warned } = await streamed({
      logs: [folder],
      format: 'epic',
      channels: [],
      reading: { timeZone: 'UTC' },
      timeseries: {},
    });
    await rm(folder, { recursive: true });
    expect([feeds.map(({ part }) => part), warned, warning.mock.calls]).toEqual([
      ['channels'],
      [expect.stringMatching(/Messages\.txt, line 4: the last row has no line end/)],
      [],
    ]);
    warning.mockRestore();
  });

  it('gives a channel of its own file its name and its units, and says where the readings are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'epistream-feed-'));
    const path = join(folder, 'gauge.csv');
    await writeFile(path, 'time,whatever\n2026-03-01T14:30:00Z,1\n2026-03-01T14:30:01Z,2\n');
    const { feeds } = await streamed({
      logs: [],
      format: 'csv',
      channels: [{ channel: 'p', path, units: 'mbar' }],
      reading: {},
      timeseries: {},
    });
    await rm(folder, { recursive: true });
    expect(feeds.map(({ end }) => [end.origin, end.report?.delivered])).toEqual([[`the readings are in ${path}`, 2]]);
  });

  it('counts points as the session does: one more for what a gauge says instead of a value', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'epistream-feed-'));
    const path = join(folder, 'gauge.csv');
    await writeFile(path, 'time,p\n2026-03-01T14:30:00Z,1\n2026-03-01T14:30:01Z,9.9E+9\n2026-03-01T14:30:02Z,----\n');
    const sentinels = { '9.9E+9': 'over-range', '----': 'not measured' } as const;
    const { feeds } = await streamed({
      logs: [path],
      format: 'csv',
      channels: [],
      reading: { sentinels },
      timeseries: {},
    });
    await rm(folder, { recursive: true });
    expect(feeds.map(({ tally, end }) => [tally.items, tally.undelivered, end.report?.delivered])).toEqual([[4, 0, 4]]);
  });
});
