import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
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
    remove: () => {
      run('umount', at);
      rmSync(file);
    },
  };
};

const isDurable = ({ type }: LedgerLine): boolean => type === 'durable';

/** From the moment of the cut on, nothing that was told counts as a promise. */
const withoutPromises = (ledger: readonly LedgerLine[]): LedgerLine[] =>
  ledger.filter(({ type }) => type === 'asked' || type === 'accepted');

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
      const wrong: string[] = [];
      let durable = 0;
      for (let n = 0; n < cuts; n++) {
        // Every other time the platform is away and the image is copied while it is being written; else all stops at one moment.
        const isAlive = n % 2 === 0;
        await row.oracle.link({ away: isAlive });
        const disk = image(`disk-${n}`);
        disk.mount();
        const ledger = join(row.folder, `ledger-${n}`);
        const growth = startGrowth({
          endpoint: row.oracle.url,
          spool: { dir: disk.spool, minFreeBytes: 0 },
          ledger,
          name: `cut-${n}.`,
          chunks: 10_000,
        });
        await until(30_000, 'something durable', () => readLedger(ledger).some(isDurable));
        await wait(chance() * 600);
        if (!isAlive) {
          growth.child.kill('SIGKILL');
          await growth.over;
        }
        const before = readLedger(ledger);
        const copy = image(`copy-${n}`, disk.file);
        growth.child.kill('SIGKILL');
        await growth.over;
        const after = withoutPromises(readLedger(ledger).slice(before.length));
        disk.remove();
        await row.oracle.link({});
        copy.mount();
        const recovery = await recover(row.oracle.url, copy.spool, `cut-${n}.`);
        copy.remove();
        durable += before.filter(isDurable).length;
        const all = [...before, ...after, ...recovery.ledger];
        wrong.push(...verdictOn({ ledger: all, streams: await row.oracle.streams(`cut-${n}.`), left: recovery.left }));
      }
      row.say(`${cuts} cuts, ${durable} chunks durable before them`);
      expect(wrong).toEqual([]);
      expect(durable).toBeGreaterThan(3 * cuts);
    }, 600_000);
});
