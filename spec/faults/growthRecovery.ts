import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lastValueFrom } from 'rxjs';
import { connect } from '../../src/connect.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fromFrames } from '../../src/sources/fromFrames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { pixelsOf } from './oracleFrames.mjs';
import { type LedgerLine, lineOf } from './oracleLedger.mjs';

const RECOVERY_MS = 30_000;
const DRAIN_MS = 120_000;

/** What a restart came to. */
export interface Recovery {
  /** What it told, for the ledger. */
  readonly ledger: readonly LedgerLine[];
  /** The sessions that are still in the spool. */
  readonly left: readonly string[];
}

/** The sessions in a spool, and what is on its way out of it. */
export const sessionsLeft = (dir: string): string[] =>
  existsSync(join(dir, 'sessions')) ? readdirSync(join(dir, 'sessions')) : [];

/**
 * Restarts where others were killed: takes over what they left within 30 s, drains it within 120 s, and has a new session flow.
 * Throws when one of these does not happen.
 */
export const recover = async (endpoint: string, dir: string, name: string): Promise<Recovery> => {
  const ledger: LedgerLine[] = [];
  const found = sessionsLeft(dir);
  const platform = connect({
    endpoint,
    apiKey: 'growth',
    retry: { baseMs: 20, capMs: 200 },
    referenceClock: false,
    spool: { dir, minFreeBytes: 0 },
  });
  platform.events$.subscribe((event) => {
    const line = lineOf(event);
    if (line !== undefined) ledger.push(line);
  });
  const isTakenOver = (id: string): boolean =>
    ledger.some(({ session }) => session === id) || !sessionsLeft(dir).includes(id);
  try {
    await until(RECOVERY_MS, 'sessions to be taken over', () => found.every(isTakenOver));
    await until(DRAIN_MS, 'sessions to be drained', () => found.every((id) => !sessionsLeft(dir).includes(id)));
    await flow(platform, `${name}.afterwards`);
    await until(RECOVERY_MS, 'the spool to be empty', () => sessionsLeft(dir).length === 0).catch(() => {}); // told as `left`
  } finally {
    await platform.close();
  }
  return { ledger, left: sessionsLeft(dir) };
};

/** A new session, of one chunk. */
const flow = (platform: ReturnType<typeof connect>, streamName: string) => {
  const [width, height] = [72, 64];
  const frames = [0, 1].map((place) =>
    grayFrame({ width, height, data: pixelsOf({ name: streamName, index: 0, place }, width * height) }),
  );
  const options = { fps: 1, rotationsPerMin: 0, chunkSize: 2, streamName };
  return lastValueFrom(fromFrames(frames).pipe(rheedSink(platform, options)));
};

/** Waits for what has to happen within so long. */
export const until = async (ms: number, what: string, happened: () => boolean): Promise<void> => {
  const late = performance.now() + ms;
  while (!happened()) {
    if (performance.now() > late) throw new Error(`waited ${ms} ms for ${what}`);
    await wait(10);
  }
};
