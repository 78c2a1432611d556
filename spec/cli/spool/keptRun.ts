import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { filter, firstValueFrom, from, scan } from 'rxjs';
import { connect } from '../../../src/connect.js';
import type { Platform } from '../../../src/delivery/platform.js';
import { lockDirectory } from '../../../src/files/lockDirectory.js';
import { nodeDisk } from '../../../src/files/nodeDisk.js';
import { hostClock } from '../../../src/flow/hostClock.js';
import type { RheedOptions } from '../../../src/model/rheedOptions.js';
import { rheedSink } from '../../../src/sinks/rheedSink.js';
import type { SpoolPlace } from '../../../src/spool/spoolPlace.js';
import { frames } from '../../../src/testing/frames.js';

/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:9';

export const KEY = 'the-key';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes when the specs of the file are through. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'epistream-kept-'));
  folders.push(folder);
  return folder;
};

export const placeAt = (root: string): SpoolPlace => ({
  root,
  disk: nodeDisk(),
  lock: lockDirectory,
  clock: hostClock,
});

/** Frames too large, and too noisy, for a chunk of them to be kept inside the journal. */
export const noisy = (count: number) =>
  frames(count, { width: 64, height: 48 }).map((frame, id) => ({
    ...frame,
    data: Uint8Array.from(frame.data, (_, k) => noise(k + 4_000 * id)),
    exposureSeconds: 0.02,
    deviceTicks: 2n ** 60n + BigInt(id),
  }));

const noise = (seed: number): number => {
  const mixed = Math.imul(seed + 1, 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 20) & 0xff;
};

export interface Kept extends Partial<RheedOptions> {
  readonly endpoint?: string;
  readonly apiKey?: string;
  readonly count?: number;
}

/** Starts a run of 25 frames (chunks of 20 and 5) into a spool, and resolves when all of it is there: the platform, still open. */
export const startRun = async (dir: string, kept: Kept = {}): Promise<Platform> => {
  const { endpoint = NOWHERE, apiKey = KEY, count = 25, ...options } = kept;
  const platform = connect({ endpoint, apiKey, spool: { dir, durability: 'crash' }, referenceClock: false });
  const run = { fps: 10, rotationsPerMin: 0, chunkSize: 20, streamName: 'Growth 42', ...options };
  const isKept = firstValueFrom(
    platform.events$.pipe(
      filter(({ type }) => type === 'durable'),
      scan((items, event) => items + (event.type === 'durable' ? event.chunk.items : 0), 0),
      filter((items) => items === count),
    ),
  );
  from(noisy(count))
    .pipe(rheedSink(platform, run))
    .subscribe({ error: () => {} });
  await isKept;
  return platform;
};

/** A run that a process has left in a spool, undelivered. */
export const keptRun = async (dir: string, kept: Kept = {}): Promise<void> => {
  const platform = await startRun(dir, kept);
  await platform.close({ deadlineMs: 0 });
};

let original: string | undefined;

/** Resolves with a spool that a process has left 25 undelivered frames in, each time another: run once, and copied. */
export const keptSpool = async (): Promise<string> => {
  if (original === undefined) {
    original = temporaryFolder();
    await keptRun(original);
  }
  const copy = temporaryFolder();
  cpSync(original, copy, { recursive: true });
  return copy;
};
