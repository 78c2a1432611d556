import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
import { sessionsLeft } from './growthRecovery.js';
import { battery, isWhole } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('memory');
const MiB = 2 ** 20;

describe('Eight streams whose source is twice as fast as the link', () => {
  it.each([
    ['on the disk', true],
    ['in memory', false],
  ])(
    'stay within what their budget and the encoder are documented to hold: %s',
    async (where, onDisk) => {
      const name = where;
      const dir = join(row.folder, 'spool');
      const ledger = join(row.folder, name);
      const [streams, framesPerChunk, frameBytes, budgetBytes] = [8, 4, MiB / 2, 64 * MiB];
      const chunks = isWhole ? 120 : 16;
      const paceMs = 1000; // 2 MiB a chunk and second: 16 MiB/s in all
      await row.oracle.link({ bytesPerSecond: 8 * MiB });
      const { over } = startGrowth({
        endpoint: row.oracle.url,
        spool: onDisk ? { dir, minFreeBytes: 0 } : false,
        ledger,
        name,
        sessions: streams,
        atOnce: streams,
        chunks,
        framesPerChunk,
        width: 1024,
        height: frameBytes / 1024,
        paceMs,
        budgetBytes,
      });
      const { rss, budgetPeak } = JSON.parse(await over);
      await row.oracle.link({});
      const bound = budgetBytes / 2 + streams * (framesPerChunk + 1) * frameBytes;
      const grown = rss.most - rss.start;
      const inMiB = (bytes: number) => `${Math.round(bytes / MiB)} MiB`;
      row.say(`${where}: grew by ${inMiB(grown)} (budget ${inMiB(budgetPeak)}, bound ${inMiB(bound)} + 64 MiB)`);
      expect(budgetPeak).toBeLessThanOrEqual(bound);
      expect(grown).toBeLessThan(bound + 64 * MiB);
      expect(
        verdictOn({
          ledger: readLedger(ledger),
          streams: await row.oracle.streams(`${name}.`),
          left: sessionsLeft(dir),
        }),
      ).toEqual([]);
    },
    300_000,
  );
});
