import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
import { recover, sessionsLeft, until } from './growthRecovery.js';
import type { LedgerLine } from './oracleLedger.mjs';
import { battery, chances, isWhole } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('kill-at-random');
const isDurable = ({ type }: LedgerLine): boolean => type === 'durable';

describe('Growths that are killed at any moment, one after the other', () => {
  const kills = isWhole ? 300 : 30;

  it('leave nothing behind that those after them do not deliver and end', async () => {
    const chance = chances('kill-at-random');
    const dir = join(row.folder, 'spool');
    const ledgers = Array.from({ length: kills }, (_, n) => join(row.folder, `ledger-${n}`));
    const left: number[] = [];
    for (const [n, ledger] of ledgers.entries()) {
      // Now and then the platform is away for a whole life, so that sessions pile up.
      await row.oracle.link({ away: chance() < 0.3 });
      const { child, ready, over } = startGrowth({
        endpoint: row.oracle.url,
        spool: { dir, minFreeBytes: 0 },
        ledger,
        name: `life-${n}.`,
        sessions: null,
        chunks: 30,
        atOnce: 2,
      });
      await ready;
      // Most live until something is durable; it takes its encoder most of a second to start.
      if (chance() < 0.8) await until(30_000, 'something durable', () => readLedger(ledger).some(isDurable));
      await wait(chance() * 400);
      child.kill('SIGKILL');
      await over;
      left.push(sessionsLeft(dir).length);
    }
    await row.oracle.link({});
    const recovery = await recover(row.oracle.url, dir, 'life-last');
    const ledger = [...ledgers.flatMap(readLedger), ...recovery.ledger];
    const streams = await row.oracle.streams('life-');
    const durable = ledger.filter(isDurable).length;
    row.say(
      `killed ${kills} times, ${durable} chunks durable, ${streams.length} streams, up to ${Math.max(...left)} left`,
    );
    expect(verdictOn({ ledger, streams, left: recovery.left })).toEqual([]);
    expect(Math.max(...left)).toBeGreaterThan(2);
    expect(durable).toBeGreaterThan(5 * kills);
  }, 1_800_000);
});
