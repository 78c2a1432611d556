import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readLedger, startGrowth } from './growthProcess.js';
import { recover, sessionsLeft, until } from './growthRecovery.js';
import { type CallFault, callsOf, runTraced, whyNotTraced } from './growthTraced.js';
import { battery, isWhole, onAllCores } from './oracleRow.js';
import { verdictOn } from './oracleVerdict.js';

const row = battery('full-disk');
const MiB = 2 ** 20;

/** What was lost although the disk came to itself again. What is done with and could not be removed is left to the next start. */
const verdict = async (name: string, ledger: string, dir: string): Promise<string[]> => {
  const lines = readLedger(ledger);
  const afterwards = sessionsLeft(dir).length > 0 ? await recover(row.oracle.url, dir, name) : { ledger: [], left: [] };
  const streams = await row.oracle.streams(`${name}.`);
  return [
    ...verdictOn({ ledger: [...lines, ...afterwards.ledger], streams, left: afterwards.left }),
    ...lines.flatMap(({ type, index }) =>
      type === 'lost' || type === 'rejected' ? [`${name}: ${index} was ${type}`] : [],
    ),
    ...(lines.some(({ report }) => report?.outcome === 'complete') ? [] : [`${name} did not complete`]),
  ];
};

describe('A call that the disk refuses once', () => {
  const reason = whyNotTraced();
  if (process.platform !== 'linux')
    it(`is not to be had here: ${reason}`, () => {
      expect(reason).toContain(process.platform);
    });
  else
    it.each([
      ['for want of space, as it is written to', ['write', 'writev', 'pwrite64', 'pwritev'], 'error=ENOSPC'],
      ['for a fault of its own, as it is synced', ['fdatasync', 'fsync'], 'error=EIO'],
      ['for want of space, as a name is made', ['mkdir', 'rename'], 'error=ENOSPC'],
    ] as const)(
      '%s, loses nothing, whichever it is',
      async (what, names: readonly string[], fault) => {
        expect(reason).toBeUndefined();
        const growthOf = (name: string) => {
          const folder = join(row.folder, name);
          const spool = { dir: join(folder, 'spool'), minFreeBytes: 0 };
          mkdirSync(spool.dir, { recursive: true, mode: 0o700 });
          return { endpoint: row.oracle.url, spool, ledger: join(folder, 'ledger'), name };
        };
        const calls = await callsOf(growthOf(`counted ${what}`), join(row.folder, 'calls'));
        const faults = names.flatMap((call) =>
          Array.from({ length: calls.counts.get(call) ?? 0 }, (_, n): CallFault => ({ call, nth: n + 1, fault })),
        );
        const wrong = await onAllCores(faults, async (one) => {
          const growth = growthOf(`${one.fault} ${one.call} ${one.nth}`);
          await runTraced(growth, calls, one);
          const found = await verdict(growth.name, growth.ledger, growth.spool.dir);
          rmSync(join(row.folder, growth.name), { recursive: true });
          return found;
        });
        row.say(`${faults.length} calls refused ${what}`);
        expect(wrong.flat()).toEqual([]);
        expect(faults.length).toBeGreaterThan(10);
      },
      300_000,
    );
});

describe('A disk that is full while the platform is away', () => {
  const mounts = process.platform === 'linux' && process.getuid?.() === 0;
  if (!mounts)
    it('is not to be had here: mounting one takes Linux and root', () => {
      row.say('a full disk is not available: mounting one takes Linux and root');
      expect(mounts).toBe(false);
    });
  else
    it.each(isWhole ? [1, 2, 4, 8, 16, 32, 64] : [1, 4, 16, 64])(
      'makes its source wait, and loses nothing: %d MiB',
      async (size) => {
        const name = `${size} MiB`;
        const at = join(row.folder, name);
        mkdirSync(at);
        const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', at], { encoding: 'utf8' });
        expect(mounted.stderr).toBe('');
        const dir = join(at, 'spool');
        const ledger = join(row.folder, `${name}.ledger`);
        const ballast = join(at, 'ballast');
        const isDurable = () => readLedger(ledger).filter(({ type }) => type === 'durable').length;
        try {
          await row.oracle.link({ away: true });
          // Twice the disk and more, in chunks of a sixteenth.
          const { over } = startGrowth({
            endpoint: row.oracle.url,
            spool: { dir, minFreeBytes: 0 },
            ledger,
            name,
            chunks: 36,
            width: 1024,
            height: 32 * size,
            paceMs: 0,
            budgetBytes: (size * MiB) / 4,
          });
          await until(60_000, 'chunks on the disk', () => isDurable() >= 4);
          // Somebody else takes the rest, also what the spool counts on.
          try {
            writeFileSync(ballast, '');
            for (;;) appendFileSync(ballast, new Uint8Array(4096));
          } catch {}
          await until(30_000, 'a source that waits', () => statfsSync(at).bavail === 0);
          const before = isDurable();
          await row.oracle.link({});
          rmSync(ballast);
          await over;
          row.say(`${name}: ${before} of 36 chunks durable when the disk was full`);
          expect(before).toBeLessThan(36);
          expect(await verdict(name, ledger, dir)).toEqual([]);
        } finally {
          spawnSync('umount', ['-l', at]);
        }
      },
      150_000,
    );
});
