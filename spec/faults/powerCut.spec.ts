import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type GrowthProcess, readLedger, startGrowth } from './growthProcess.js';
import { recover, until } from './growthRecovery.js';
import type { LedgerLine } from './oracleLedger.mjs';
import { battery, chances, isWhole } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('power-cut');

const run = (command: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
};

/** Why no file system can be made and mounted here, if so. */
const whyNoImage = (): string | undefined => {
  if (process.platform !== 'linux') return `no loop devices on ${process.platform}`;
  if (process.getuid?.() !== 0) return 'mounting a file system takes root';
  return spawnSync('losetup', ['--find']).status === 0 ? undefined : 'no loop device is free';
};

/** A file system in a file. What was not synced is not in the file. */
const image = (name: string, copyOf?: string) => {
  const file = join(row.folder, `${name}.ext4`);
  const at = join(row.folder, name);
  mkdirSync(at);
  if (copyOf === undefined) {
    run('truncate', '--size=64M', file);
    run('mkfs.ext4', '-q', file);
  } else run('cp', '--sparse=always', copyOf, file);
  return {
    file,
    spool: join(at, 'spool'),
    mount: () => run('mount', '-o', 'loop', file, at),
    /** At once, or as soon as nobody uses it. */
    remove: () => {
      spawnSync('umount', ['--lazy', at]);
      rmSync(file, { force: true });
    },
  };
};

const isDurable = ({ type }: LedgerLine): boolean => type === 'durable';

const kill = async ({ child, over }: GrowthProcess): Promise<void> => {
  child.kill('SIGKILL');
  await over;
};

/**
 * Holds a process where it is, once what it has asked of the system is done: an image that is copied while somebody writes to it is
 * of many moments, and no disk ever looks so.
 */
const hold = async ({ child }: GrowthProcess): Promise<void> => {
  child.kill('SIGSTOP');
  const tasks = `/proc/${child.pid}/task`;
  const isHeld = (task: string) => /\) T /.test(readFileSync(join(tasks, task, 'stat'), 'utf8'));
  await until(10_000, 'a process to be held', () => readdirSync(tasks).every(isHeld));
};

/** From the moment of the cut on, nothing that was told counts as a promise. */
const withoutPromises = (ledger: readonly LedgerLine[]): LedgerLine[] =>
  ledger.filter(({ type }) => type === 'asked' || type === 'accepted');

/** One cut, so long after something was durable; every other time in mid-life. */
const cut = async (n: number, afterMs: number): Promise<{ durable: number; wrong: string[] }> => {
  // Then the platform is away, and the process is held as it writes; else it is killed.
  const isAlive = n % 2 === 0;
  await row.oracle.link({ away: isAlive });
  const [name, ledger] = [`cut-${n}.`, join(row.folder, `ledger-${n}`)];
  const disk = image(`disk-${n}`);
  disk.mount();
  const spool = { dir: disk.spool, minFreeBytes: 0 };
  const growth = startGrowth({ endpoint: row.oracle.url, spool, ledger, name, chunks: 10_000 });
  let copy: ReturnType<typeof image> | undefined;
  try {
    await until(30_000, 'something durable', () => readLedger(ledger).some(isDurable));
    await wait(afterMs);
    await (isAlive ? hold : kill)(growth);
    const before = readLedger(ledger);
    copy = image(`copy-${n}`, disk.file);
    await kill(growth);
    const after = withoutPromises(readLedger(ledger).slice(before.length));
    await row.oracle.link({});
    copy.mount();
    const { ledger: told, left } = await recover(row.oracle.url, copy.spool, name);
    const streams = await row.oracle.streams(name);
    const wrong = verdictOn({ ledger: [...before, ...after, ...told], streams, left });
    return { durable: before.filter(isDurable).length, wrong };
  } finally {
    await kill(growth);
    copy?.remove();
    disk.remove();
  }
};

describe('A power cut', () => {
  const reason = whyNoImage();
  if (reason !== undefined)
    it(`is not to be had here: ${reason}`, () => {
      row.say(`not available: ${reason}`);
      expect(reason).not.toBe('');
    });
  else
    it('leaves on the disk what was durable, and the next start delivers and ends it', async () => {
      const chance = chances('power-cut');
      const cuts = isWhole ? 100 : 10;
      const outcomes = [];
      for (let n = 0; n < cuts; n++) outcomes.push(await cut(n, chance() * 600));
      const durable = outcomes.reduce((sum, one) => sum + one.durable, 0);
      row.say(`${cuts} cuts, ${durable} chunks durable before them`);
      expect(outcomes.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(durable).toBeGreaterThan(3 * cuts);
    }, 600_000);
});
