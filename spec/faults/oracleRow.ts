import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type Oracle, startOracle } from './oracleServer.js';

/** Whether the large numbers were asked for. */
export const isWhole = process.env.EPISTREAM_FAULTS === 'all';

/** What a row of the battery has: an oracle and a folder, from before its first test until after its last. */
export const battery = (row: string) => {
  let oracle: Oracle | undefined;
  const folder = mkdtempSync(join(tmpdir(), `epistream-${row}-`));
  beforeAll(async () => {
    oracle = await startOracle();
  });
  afterAll(async () => {
    await oracle?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    get oracle(): Oracle {
      if (oracle === undefined) throw new Error('the oracle starts before the first test');
      return oracle;
    },
    /** A line of the summary, past jest's console. */
    say: (line: string) => process.stdout.write(`${row}: ${line}\n`),
  };
};

/** The seed of a row's chances: printed, and what `EPISTREAM_SEED` says when it is set. */
export const seedOf = (row: string): number => {
  const seed = Number(process.env.EPISTREAM_SEED ?? randomInt(2 ** 31));
  process.stdout.write(`${row}: EPISTREAM_SEED=${seed}\n`);
  return seed;
};

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Chances that can be had again. */
export const chances = (row: string): (() => number) => randomOf(seedOf(row));

/** Runs the cases, as many at a time as there are cores. */
export const onAllCores = async <T, R>(cases: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const left = [...cases.entries()];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return results;
};
