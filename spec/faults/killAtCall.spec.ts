import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readLedger } from './growthProcess.js';
import { recover } from './growthRecovery.js';
import { type CallFault, callsOf, runTraced, whyNotTraced } from './growthTraced.js';
import { battery, onAllCores } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('kill-at-call');

describe('A growth that is killed at any call that makes something durable', () => {
  const reason = whyNotTraced();
  if (process.platform !== 'linux')
    it(`is not to be had here: ${reason}`, () => {
      expect(reason).toContain(process.platform);
    });
  else
    it('leaves nothing behind that the next start does not deliver and end', async () => {
      expect(reason).toBeUndefined();
      const growthOf = (name: string) => {
        const folder = join(row.folder, name);
        const spool = { dir: join(folder, 'spool'), minFreeBytes: 0 };
        mkdirSync(spool.dir, { recursive: true, mode: 0o700 });
        return { endpoint: row.oracle.url, spool, ledger: join(folder, 'ledger'), name };
      };
      const calls = await callsOf(growthOf('counted'), join(row.folder, 'calls'));
      const faults = [...calls.counts].flatMap(([call, count]) =>
        Array.from({ length: count }, (_, n): CallFault => ({ call, nth: n + 1, fault: 'signal=KILL' })),
      );
      const outcomes = await onAllCores(faults, async (fault) => {
        const growth = growthOf(`${fault.call}-${fault.nth}`);
        const killed = await runTraced(growth, calls, fault);
        const { ledger, left } = await recover(growth.endpoint, growth.spool.dir, growth.name);
        const streams = await row.oracle.streams(`${growth.name}.`);
        const wrong = verdictOn({ ledger: [...readLedger(growth.ledger), ...ledger], streams, left });
        rmSync(join(row.folder, growth.name), { recursive: true });
        return { killed, wrong };
      });
      const killed = outcomes.filter((one) => one.killed).length;
      row.say(`killed ${killed} times at ${faults.length} calls: ${[...calls.counts].map(String).join(' ')}`);
      expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
      // Few calls more or less than counted: what is committed together is a matter of time.
      expect(killed).toBeGreaterThan(0.8 * faults.length);
      expect(faults.length).toBeGreaterThan(60);
    }, 300_000);
});
