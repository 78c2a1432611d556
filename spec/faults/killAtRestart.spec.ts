import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SESSION_ID } from './growthNames.mjs';
import { readLedger, startGrowth } from './growthProcess.js';
import { recover, until } from './growthRecovery.js';
import { type CallFault, callsOf, runTraced, whyNotTraced } from './growthTraced.js';
import { battery, chances, isWhole, onAllCores } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('kill-at-restart');
const chunks = 10;

/** Leaves ten chunks for the next process, and what that one is to do: to bring nothing of its own. */
const leftOver = async (name: string) => {
  const folder = join(row.folder, name);
  const spool = { dir: join(folder, 'spool'), minFreeBytes: 0 };
  mkdirSync(spool.dir, { recursive: true, mode: 0o700 });
  const growth = { endpoint: row.oracle.url, spool, ledger: join(folder, 'ledger'), name, chunks };
  const { child, over } = startGrowth({ ...growth, sessionId: SESSION_ID });
  const durable = () => readLedger(growth.ledger).filter(({ type }) => type === 'durable').length;
  await until(30_000, 'ten chunks on the disk', () => durable() === chunks);
  child.kill('SIGKILL');
  await over;
  return { ...growth, sessions: 0, drains: true };
};

describe('A restart that is killed at any call that makes something durable', () => {
  const reason = whyNotTraced();
  if (process.platform !== 'linux')
    it(`is not to be had here: ${reason}`, () => {
      expect(reason).toContain(process.platform);
    });
  else
    it('leaves the rest to the next one', async () => {
      expect(reason).toBeUndefined();
      const chance = chances('kill-at-restart');
      await row.oracle.link({ away: true });
      const counted = await leftOver('counted');
      await row.oracle.link({});
      const calls = await callsOf(counted, join(row.folder, 'calls'));
      const all = [...calls.counts].flatMap(([call, count]) =>
        Array.from({ length: count }, (_, n): CallFault => ({ call, nth: n + 1, fault: 'signal=KILL' })),
      );
      const faults = isWhole ? all : all.filter(() => chance() < 0.25);
      await row.oracle.link({ away: true });
      const growths = await onAllCores(faults, ({ call, nth }) => leftOver(`${call}-${nth}`));
      await row.oracle.link({});
      const outcomes = await onAllCores([...faults.entries()], async ([n, fault]) => {
        const growth = growths[n]!;
        const killed = await runTraced(growth, calls, fault);
        const { ledger, left } = await recover(growth.endpoint, growth.spool.dir, growth.name);
        const streams = await row.oracle.streams(`${growth.name}.`);
        const wrong = verdictOn({ ledger: [...readLedger(growth.ledger), ...ledger], streams, left });
        rmSync(join(row.folder, growth.name), { recursive: true });
        return { killed, wrong };
      });
      const killed = outcomes.filter((one) => one.killed).length;
      row.say(`killed ${killed} times at ${faults.length} of ${all.length} calls`);
      expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(killed).toBeGreaterThan(0.6 * faults.length);
    }, 600_000);
});
