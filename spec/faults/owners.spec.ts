import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
import { sessionsLeft, until } from './growthRecovery.js';
import type { LedgerLine } from './oracleLedger.mjs';
import { battery, isWhole, onAllCores } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';
import { type Contender, startContender } from './ownersRace.js';

const row = battery('owners');
let contenders: Contender[] = [];
beforeAll(async () => {
  contenders = await Promise.all([startContender(), startContender()]);
});
afterAll(() => {
  for (const contender of contenders) contender.close();
});

/** Which of the processes took which session over. */
const takers = (told: readonly (readonly LedgerLine[])[]): Map<string, number[]> => {
  const taken = new Map<string, number[]>();
  for (const [who, lines] of told.entries())
    for (const { type, session } of lines)
      if (type === 'recovered') taken.set(session, [...(taken.get(session) ?? []), who]);
  return taken;
};

describe('Two processes on one spool', () => {
  it('find one owner for each session of a dead one, in a hundred races', async () => {
    const [spools, sessionsEach] = isWhole ? [250, 4] : [25, 4];
    await row.oracle.link({ away: true });
    const growths = await onAllCores(
      Array.from({ length: spools }, (_, n) => n),
      async (n) => {
        const name = `race-${n}`;
        const dir = join(row.folder, name);
        mkdirSync(dir, { mode: 0o700 });
        const ledger = join(row.folder, `${name}.ledger`);
        const spool = { dir, minFreeBytes: 0 };
        const [chunks, sessions] = [2, sessionsEach];
        const growth = { endpoint: row.oracle.url, spool, ledger, name, chunks, sessions, atOnce: sessions };
        const { child, over } = startGrowth(growth);
        const isDurable = () => readLedger(ledger).filter(({ type }) => type === 'durable').length;
        await until(30_000, 'chunks on the disk', () => isDurable() === chunks * sessions);
        child.kill('SIGKILL');
        await over;
        return { ledger, dir };
      },
    );
    await row.oracle.link({});
    const wins = [0, 0];
    const wrong: string[] = [];
    for (const [n, { ledger, dir }] of growths.entries()) {
      const found = sessionsLeft(dir);
      expect(found).toHaveLength(sessionsEach);
      const at = Date.now() + 15;
      for (const contender of contenders) contender.order({ endpoint: row.oracle.url, dir, at });
      await until(30_000, 'the spool to be empty', () => sessionsLeft(dir).length === 0);
      await Promise.all(contenders.map((contender) => contender.leave()));
      const told = contenders.map((contender) => contender.told());
      const taken = takers(told);
      for (const session of found) {
        const by = taken.get(session) ?? [];
        if (by.length !== 1) wrong.push(`${session} was taken over by ${by.length} processes`);
        for (const who of by) wins[who]! += 1;
      }
      const streams = await row.oracle.streams(`race-${n}.`);
      wrong.push(...verdictOn({ ledger: [...readLedger(ledger), ...told.flat()], streams, left: sessionsLeft(dir) }));
      if (streams.length !== sessionsEach) wrong.push(`race-${n} has ${streams.length} streams`);
    }
    row.say(`${spools * sessionsEach} races, won ${wins.join(' to ')}`);
    expect(wrong).toEqual([]);
  }, 300_000);

  it('leave each other alone while both live, and take over what a dead one leaves', async () => {
    const dir = join(row.folder, 'shared');
    const deaths = isWhole ? 50 : 5;
    const [ledgers, told]: [string[], LedgerLine[]] = [[], []];
    const [survivor] = contenders as [Contender];
    const takenAfterMs: number[] = [];
    survivor.order({ endpoint: row.oracle.url, dir, at: 0 });
    for (let n = 0; n < deaths; n++) {
      const ledger = join(row.folder, `death-${n}.ledger`);
      ledgers.push(ledger);
      const spool = { dir, minFreeBytes: 0 };
      const growth = { endpoint: row.oracle.url, spool, ledger, name: `death-${n}`, chunks: 1000 };
      const { child, over } = startGrowth(growth);
      const lines = () => readLedger(ledger);
      await until(
        30_000,
        'chunks on the platform',
        () => lines().filter(({ type }) => type === 'delivered').length > 3,
      );
      const [{ session } = { session: '' }] = lines();
      const before = survivor.told();
      expect(before.filter((line) => line.session === session)).toEqual([]);
      told.push(...before);
      child.kill('SIGKILL');
      const died = performance.now();
      await over;
      const heard: LedgerLine[] = [];
      await until(30_000, 'the session to be taken over', () => {
        heard.push(...survivor.told());
        return heard.some((line) => line.session === session);
      });
      takenAfterMs.push(Math.round(performance.now() - died));
      told.push(...heard);
      await until(30_000, 'the session to be delivered', () => !sessionsLeft(dir).includes(session));
    }
    await survivor.leave();
    told.push(...survivor.told());
    row.say(`${deaths} dead owners, taken over after ${takenAfterMs.join(', ')} ms`);
    const ledger = [...ledgers.flatMap(readLedger), ...told];
    const streams = await row.oracle.streams('death-');
    expect(verdictOn({ ledger, streams, left: sessionsLeft(dir) })).toEqual([]);
    expect(streams).toHaveLength(deaths);
  }, 300_000);
});
