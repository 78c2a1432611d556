import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
import { sessionsLeft, until } from './growthRecovery.js';
import { battery, isWhole } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('memory');
const MiB = 2 ** 20;

/** 32 MiB/s in all, of noise: nothing gets smaller on its way. */
const [streams, framesPerChunk, frameBytes, paceMs] = [8, 4, MiB / 2, 500];
const chunkBytes = framesPerChunk * frameBytes;
const budgetBytes = 64 * MiB;
const inFlight = 4;

/** Counted by the budget: up to where sources wait, and for each pipeline one chunk and one frame. */
const counted = budgetBytes / 2 + streams * (chunkBytes + frameBytes);
/** Read back from the disk to be sent, which nobody has to wait for. */
const onTheirWay = streams * inFlight * chunkBytes;
/** What a thread that compresses works in, and has not yet collected. */
const encoder = 2 * 64 * MiB;
const itself = 64 * MiB;

const inMiB = (bytes: number) => `${Math.round(bytes / MiB)} MiB`;

describe('Eight streams whose source is twice as fast as the link', () => {
  it.each([
    ['on the disk', counted + onTheirWay + encoder + itself, true],
    ['in memory', counted + encoder + itself, false],
  ])(
    'stay within what they are documented to hold: %s',
    async (name, bound, onDisk) => {
      const dir = join(row.folder, 'spool');
      const ledger = join(row.folder, name);
      const chunks = isWhole ? 120 : 24;
      await row.oracle.link({ bytesPerSecond: 16 * MiB });
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
        warmUp: true,
        patienceMs: 400_000,
      });
      const accepted = () => readLedger(ledger).filter(({ type }) => type === 'accepted').length;
      await until(400_000, 'the sources to be over', () => accepted() === streams * chunks + 2);
      await row.oracle.link({});
      const { rss, budgetPeak } = JSON.parse(await over);
      const grown = rss.most - rss.start;
      row.say(`${name}: grew by ${inMiB(grown)} of ${inMiB(bound)}; counted ${inMiB(budgetPeak)} of ${inMiB(counted)}`);
      expect(budgetPeak).toBeLessThanOrEqual(counted);
      expect(grown).toBeLessThan(bound);
      const streamsSeen = await row.oracle.streams(`${name}.`);
      expect(verdictOn({ ledger: readLedger(ledger), streams: streamsSeen, left: sessionsLeft(dir) })).toEqual([]);
    },
    500_000,
  );
});
