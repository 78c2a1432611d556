import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { draftId, SESSION_ID } from './growthNames.mjs';
import { type Growth, startGrowth } from './growthProcess.js';

/** The calls by which something comes to be on a disk, or ceases to be. */
const DURABLE_CALLS = [
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'fdatasync',
  'fsync',
  'mkdir',
  'rename',
  'unlink',
  'rmdir',
];

/** A fault at the nth such call on the spool of a growth. */
export interface CallFault {
  readonly call: string;
  readonly nth: number;
  readonly fault: 'signal=KILL' | 'error=ENOSPC' | 'error=EIO';
}

export interface Calls {
  /** How often each is made. */
  readonly counts: ReadonlyMap<string, number>;
  /** On what, below the spool. */
  readonly paths: ReadonlySet<string>;
}

/** Node makes its calls on a pool of threads, and strace counts for each thread: with one, the nth is the nth. */
const oneThread = { env: { UV_THREADPOOL_SIZE: '1' } };

/** Says why faults cannot be put into calls here; nothing where they can. */
export const whyNotTraced = (): string | undefined => {
  if (process.platform !== 'linux') return `strace is not available on ${process.platform}`;
  return spawnSync('strace', ['--version']).status === 0
    ? undefined
    : 'strace is not installed: apt-get install strace';
};

export type Spooled = Growth & { readonly spool: { readonly dir: string } };

/** Lets a growth live, and counts the calls that it makes on its spool, which is there already: it is looked at by another thread. */
export const callsOf = async (growth: Spooled, log: string): Promise<Calls> => {
  const under = ['strace', '-f', '-qq', '-y', '-s', '0', '-o', log, '-e', `trace=${DURABLE_CALLS}`];
  await startGrowth({ ...growth, sessionId: SESSION_ID }, { under, ...oneThread }).over;
  const counts = new Map<string, number>();
  const paths = new Set<string>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
    const found = [...line.matchAll(/[<"](\/[^>"]*)[>"]/g)].flatMap(([, path = '']) =>
      path.startsWith(growth.spool.dir) ? path.slice(growth.spool.dir.length) : [],
    );
    if (call === undefined || found.length === 0) continue;
    counts.set(call, (counts.get(call) ?? 0) + 1);
    for (const path of found) paths.add(path);
  }
  return { counts, paths };
};

/** Runs a growth until it ends, or its fault ends it. Resolves with whether it was killed. */
export const runTraced = async (
  growth: Spooled,
  { paths }: Calls,
  { call, nth, fault }: CallFault,
): Promise<boolean> => {
  const on = [...new Set([...paths, ...segmentsAndDrafts()])].flatMap((path) => ['-P', join(growth.spool.dir, path)]);
  // A filter in the kernel makes a traced process as fast as any, and lets no signal through.
  const filter = fault === 'signal=KILL' ? [] : ['--seccomp-bpf'];
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${nth}`];
  const under = ['strace', '-f', ...filter, '-qq', '-o', '/dev/null', ...on, ...inject];
  const { child, over } = startGrowth({ ...growth, sessionId: SESSION_ID }, { under, ...oneThread });
  await over;
  return child.signalCode === 'SIGKILL';
};

/** Also those that a session without faults would not have. */
const segmentsAndDrafts = (): string[] =>
  Array.from({ length: 40 }, (_, n) => [`journal.${String(n).padStart(6, '0')}`, join('chunks', `${draftId(n)}.draft`)])
    .flat()
    .map((name) => join('sessions', SESSION_ID, name));
