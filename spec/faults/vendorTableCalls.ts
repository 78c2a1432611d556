import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { from, lastValueFrom } from 'rxjs';
import { platformOf } from '../../src/delivery/platformOf.js';
import { checkSpoolRoot } from '../../src/files/checkSpoolRoot.js';
import type { Disk } from '../../src/files/disk.js';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { Budget } from '../../src/flow/budget.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Frame } from '../../src/model/frame.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { diskJournals } from '../../src/spool/diskJournals.js';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import { type ProcessOptions, startChild } from './vendorTableChild.js';
import { asked, KEY, type Lab } from './vendorTableLab.js';

/** What reached the disk, or was told (of chunk `path`), in order of completion. */
export interface Call {
  readonly what: 'sync' | 'rename' | 'told';
  readonly path: string;
  /** Of a rename: what it was called. */
  readonly from?: string;
}

/** What a session asks its disk for. */
export const callsOnDisk = async (
  { record, dir }: Lab,
  frames: readonly Frame<'gray8'>[],
): Promise<readonly Call[]> => {
  const calls: Call[] = [];
  const platform = platformOf({
    ingest: httpIngest({ endpoint: record.url, apiKey: KEY, clock: hostClock }),
    journals: diskJournals({
      root: checkSpoolRoot(dir),
      disk: watched(nodeDisk(), calls),
      lock: lockDirectory,
      clock: hostClock,
      maxBytes: Number.POSITIVE_INFINITY,
      minFreeBytes: 0,
      ownerOf: () => ({ endpoint: record.url }),
    }),
    encoder: inlineShardEncoder(),
    clock: hostClock,
    budget: new Budget(2 ** 26),
    retry: {},
    inFlight: 4,
    openTimeoutMs: 60_000,
  });
  platform.events$.subscribe((event) => {
    if (event.type === 'durable') calls.push({ what: 'told', path: `${event.chunk.index}` });
  });
  await lastValueFrom(from(frames).pipe(rheedSink(platform, asked)));
  await platform.close();
  return calls;
};

const watched = (disk: Disk, calls: Call[]): Disk => ({
  ...disk,
  create: async (path) => {
    const file = await disk.create(path);
    return {
      ...file,
      sync: async () => {
        await file.sync();
        calls.push({ what: 'sync', path });
      },
    };
  },
  rename: async (before, after) => {
    await disk.rename(before, after);
    calls.push({ what: 'rename', path: after, from: before });
  },
  syncDirectory: async (path) => {
    await disk.syncDirectory(path);
    calls.push({ what: 'sync', path });
  },
});

/** What a process asks its system for; says so, and nothing, where that cannot be seen. */
export const callsOfSystem = async (options: ProcessOptions, log: string): Promise<readonly Call[] | undefined> => {
  if (process.platform !== 'linux' || spawnSync('strace', ['--version']).status !== 0) {
    process.stdout.write('power cut: no strace here, so only what the disk is asked for is watched\n');
    return undefined;
  }
  const traced = ['strace', '-f', '-y', '-qq', '-s', '200', '-o', log, '-e', 'trace=fsync,fdatasync,rename,write'];
  await startChild(options, traced).ended;
  return callsIn(await readFile(log, 'utf8'));
};

/** By when they were done; what is told by when it was begun. */
const callsIn = (log: string): Call[] => {
  const begun = new Map<string, string>();
  return log.split('\n').flatMap((line): Call[] => {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const told = /^write\(1<.*?"\{\\"type\\":\\"durable\\",\\"chunk\\":(\d+)\}/.exec(text);
    if (told !== null) return [{ what: 'told', path: told[1] ?? '' }];
    if (text.endsWith('<unfinished ...>')) {
      begun.set(thread, text);
      return [];
    }
    const whole = text.startsWith('<... ') ? (begun.get(thread) ?? '') + text : text;
    if (!/ = 0$/.test(whole)) return [];
    const [, synced] = /^f(?:data)?sync\(\d+<([^>]*)>/.exec(whole) ?? [];
    if (synced !== undefined) return [{ what: 'sync', path: synced }];
    const [, before, after] = /^rename\("([^"]*)", "([^"]*)"/.exec(whole) ?? [];
    return before === undefined || after === undefined ? [] : [{ what: 'rename', path: after, from: before }];
  });
};
