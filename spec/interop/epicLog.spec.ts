import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LogNotice } from '../../src/sources/csv/logNotice.js';
import { fromEpicLog } from '../../src/sources/fromEpicLog.js';
import { fromEpicMessages } from '../../src/sources/fromEpicMessages.js';
import { runPython } from './python.js';

/** The log of a whole day, where it is at hand; what is in the repository is five minutes of it. */
const wholeLog = join(process.env.EPISTREAM_DATA || join('..', 'shared', 'data'), 'pdi-epic-mbe-log');
const log = existsSync(wholeLog) ? wholeLog : join('samples', 'pdi-epic-mbe-log');
const options = { dateOrder: 'dmy', timeZone: 'Europe/Berlin' } as const;

/** Reads the log, and keeps each channel as float64 triples: ms UTC, value, raw. */
const readAll = async () => {
  const channels = new Map<string, number[]>();
  const notices: LogNotice[] = [];
  let last = 0;
  let disorder = 0;
  await fromEpicLog(log, { ...options, onNotice: (notice) => notices.push(notice) }).forEach(
    ({ channel, t, value, raw = Number.NaN }) => {
      if (!channels.has(channel)) channels.set(channel, []);
      channels.get(channel)!.push(t, value, raw);
      if (t < last) disorder++;
      last = t;
    },
  );
  return { channels, notices, disorder };
};

let whole: Awaited<ReturnType<typeof readAll>>;
beforeAll(async () => {
  whole = await readAll();
}, 60_000);

describe("Python's csv, gzip and zoneinfo", () => {
  it('find in the log of a day what we read, in every time and value, and we read it in the order of time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'epistream-interop-'));
    try {
      const { channels, notices, disorder } = whole;
      for (const [channel, triples] of channels)
        await writeFile(join(folder, `${channel}.f64`), new Float64Array(triples));
      const compared = (await runPython('./epicLog.py', [log, folder])) as Record<string, Record<string, number>>;
      for (const [channel, { expected, read, different }] of Object.entries(compared))
        expect([channel, read, different]).toEqual([channel, expected, 0]);
      expect([...channels.keys()].sort()).toEqual(
        Object.keys(compared)
          .filter((channel) => compared[channel]!.expected! > 0)
          .sort(),
      );
      expect(disorder).toBe(0);
      expect(notices.filter(({ type }) => type === 'empty')).toMatchObject([{ channels: ['FLUX IG.PG.MV'] }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('have 837,112 values, 84 states, 1,111 codes for over-range and three messages to find', async () => {
    if (log !== wholeLog) return;
    const { channels } = whole;
    const counts = [...channels].map(([channel, triples]) => [channel, triples.length / 3] as const);
    const shutters = counts.filter(([channel]) => channel.endsWith('_Sh'));
    expect(shutters.map(([, count]) => count)).toEqual(Array(12).fill(7));
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(837_112 + 84);
    expect(channels.get('LL IG.PG.MV')!.filter((raw, index) => index % 3 === 2 && raw === 9.9e9)).toHaveLength(1111);
    const texts: string[] = [];
    await fromEpicMessages(log, options).forEach(({ text }) => void texts.push(text));
    expect(texts).toHaveLength(3);
  }, 60_000);
});
