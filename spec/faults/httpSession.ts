import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  catchError,
  endWith,
  filter,
  firstValueFrom,
  from,
  ignoreElements,
  lastValueFrom,
  of,
  tap,
  timeout,
} from 'rxjs';
import type { Platform } from '../../src/delivery/platform.js';
import { platformOf } from '../../src/delivery/platformOf.js';
import { checkSpoolRoot } from '../../src/files/checkSpoolRoot.js';
import { lockDirectory } from '../../src/files/lockDirectory.js';
import { nodeDisk } from '../../src/files/nodeDisk.js';
import { Budget } from '../../src/flow/budget.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import { memoryJournals } from '../../src/journal/memoryJournals.js';
import type { Journals } from '../../src/journal/sessionJournal.js';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { diskJournals } from '../../src/spool/diskJournals.js';
import { keyPrintOf } from '../../src/spool/owner.js';
import { startFaultServer } from '../../src/testing/faultServer.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { inlineShardEncoder } from '../../src/zarr/inlineShardEncoder.js';
import type { Case } from './httpCase.js';
import type { Told } from './httpConservation.js';
import { ELSEWHERE } from './httpFaults.js';
import type { HttpRecord } from './httpRecord.js';

/** What became of one case. */
export interface Ran extends Told {
  readonly one: Case;
  /** What the sink's Observable ended with, when that was an error. */
  readonly error: unknown;
  /** What was accepted stayed on the disk, and another platform has taken it over. */
  readonly isLeft: boolean;
  readonly isOnDisk: boolean;
  /** The sessions that are on the disk at last. */
  readonly spooled: readonly string[];
  /** How many requests met the fault. */
  readonly faulted: number;
}

const CHUNK_SIZE = 2;

/** Bytes that tell every frame of every session from every other, and do not compress. */
const framesOf = ({ chunks, choices, phase }: Case): Frame<'gray8'>[] => {
  // A part of a body is a real part only of one that no socket takes in a single read.
  const [width, height] = phase === 'put' && choices.chance() ? [400, 300] : [20, 10];
  const frames = chunks * CHUNK_SIZE - (choices.chance() ? 1 : 0);
  return Array.from({ length: frames }, () => grayFrame({ width, height, data: randomBytes(width * height) }));
};

/** Short where a silence has to be waited for; else too long to cut off the honest replies of a busy computer. */
const timeoutsOf = ({ fault: { type } }: Case) =>
  ['stall', 'dripHeaders', 'dripBody'].includes(type)
    ? { connectMs: 5000, stallMs: 400, replyMs: 400 }
    : { connectMs: 5000, stallMs: 10_000, replyMs: 10_000 };

/** A session that hangs is one that lasts so long. */
const HANGS_MS = 30_000;

const KEY = 'the-key-of-the-battery';

/** Where a session is run. */
export interface Place {
  readonly record: HttpRecord;
  /** Where redirects lead. */
  readonly elsewhere: string;
  /** Its spool; absent for a journal in memory. */
  readonly spool: string | undefined;
}

/** Runs one session against one fault, on a platform of its own; and on another, without a fault, what that leaves on the disk. */
export const run = async (one: Case, place: Place): Promise<Ran> => {
  const { record, elsewhere } = place;
  const server = await startFaultServer({ target: record.url });
  const fault =
    one.fault.type === 'redirect' ? { ...one.fault, to: one.fault.to.replace(ELSEWHERE, elsewhere) } : one.fault;
  server.script(one.phase, [
    ...Array.from({ length: one.after }, () => ({ type: 'pass' }) as const),
    ...Array.from({ length: one.times }, () => fault),
  ]);
  const frames = framesOf(one);
  const events: SessionEvent[] = [];
  try {
    const error = await failureOf(one, frames, platformFor(one, server.url, place), events);
    const isLeft = events.at(-1)?.type === 'gaveUp' && (await spooled(place)).length > 0;
    if (isLeft) await recover(platformFor(one, record.url, place), events);
    return {
      one,
      frames,
      chunkSize: CHUNK_SIZE,
      events,
      error,
      isLeft,
      isOnDisk: place.spool !== undefined,
      spooled: await spooled(place),
      streams: record.streams.filter(({ name }) => name === one.name),
      faulted: server.requests.filter(({ fault: met }) => met === fault.type).length,
    };
  } finally {
    await server.close();
  }
};

const spooled = async ({ spool }: Place): Promise<string[]> =>
  spool === undefined ? [] : readdir(join(spool, 'sessions')).catch(() => []);

const failureOf = async (
  one: Case,
  frames: readonly Frame<'gray8'>[],
  platform: Platform,
  events: SessionEvent[],
): Promise<unknown> => {
  platform.events$.subscribe((event) => events.push(event));
  const links = { physicalSample: `sample of ${one.name}`, tags: [`tag of ${one.name}`], projectId: 'project-1' };
  const options = { fps: 1, rotationsPerMin: 0, chunkSize: CHUNK_SIZE, streamName: one.name };
  const ended$ = from(frames).pipe(
    rheedSink(platform, { ...options, ...(one.isLinked ? links : {}) }),
    timeout({ each: HANGS_MS }),
    ignoreElements(),
    endWith(undefined),
    catchError((error: unknown) => of(error)),
  );
  return lastValueFrom(ended$).finally(() => platform.close({ deadlineMs: 0 }));
};

/** Until the session that is found is over. */
const recover = async (platform: Platform, events: SessionEvent[]): Promise<void> => {
  const over$ = platform.events$.pipe(
    tap((event) => events.push(event)),
    filter(({ type }) => type === 'closed' || type === 'gaveUp'),
    timeout({ first: HANGS_MS }),
  );
  await firstValueFrom(over$).finally(() => platform.close({ deadlineMs: 0 }));
};

const platformFor = (one: Case, endpoint: string, { spool, record }: Place): Platform =>
  platformOf({
    ingest: httpIngest({
      endpoint,
      apiKey: one.hasKeyFunction ? () => KEY : KEY,
      clock: hostClock,
      timeouts: timeoutsOf(one),
      slowestBytesPerMs: 1000,
    }),
    journals: spool === undefined ? memoryJournals(hostClock) : journalsIn(spool, record.url, one),
    encoder: inlineShardEncoder({ poison: true }),
    clock: hostClock,
    budget: new Budget(2 ** 26),
    retry: { baseMs: 5, capMs: 40, maxRetries: Number.POSITIVE_INFINITY, random: one.choices.fraction },
    inFlight: one.inFlight,
    openTimeoutMs: HANGS_MS,
  });

const journalsIn = (root: string, endpoint: string, { choices, hasKeyFunction }: Case): Journals =>
  diskJournals({
    root: checkSpoolRoot(root),
    disk: nodeDisk({ sync: choices.chance() }),
    lock: lockDirectory,
    clock: hostClock,
    maxBytes: Number.POSITIVE_INFINITY,
    minFreeBytes: 0,
    ownerOf: (session) => ({ endpoint, ...(hasKeyFunction ? {} : { keyPrint: keyPrintOf(KEY, session) }) }),
  });
