import { randomBytes } from 'node:crypto';
import { catchError, endWith, from, lastValueFrom, of, timeout, toArray } from 'rxjs';
import { platformOf } from '../../src/delivery/platformOf.js';
import { Budget } from '../../src/flow/budget.js';
import { hostClock } from '../../src/flow/hostClock.js';
import { httpIngest } from '../../src/ingest/httpIngest.js';
import type { Journals } from '../../src/journal/sessionJournal.js';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
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
  /** How many requests met the fault. */
  readonly faulted: number;
}

export const CHUNK_SIZE = 2;

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

/** Runs one session against one fault, on a platform of its own. */
export const run = async (
  one: Case,
  { record, elsewhere, journals }: { record: HttpRecord; elsewhere: string; journals: Journals },
): Promise<Ran> => {
  const server = await startFaultServer({ target: record.url });
  const fault =
    one.fault.type === 'redirect' ? { ...one.fault, to: one.fault.to.replace(ELSEWHERE, elsewhere) } : one.fault;
  server.script(one.phase, [
    ...Array.from({ length: one.after }, () => ({ type: 'pass' }) as const),
    ...Array.from({ length: one.times }, () => fault),
  ]);
  const platform = platformOf({
    ingest: httpIngest({
      endpoint: server.url,
      apiKey: one.hasKeyFunction ? () => KEY : KEY,
      clock: hostClock,
      timeouts: timeoutsOf(one),
      slowestBytesPerMs: 1000,
    }),
    journals,
    encoder: inlineShardEncoder({ poison: true }),
    clock: hostClock,
    budget: new Budget(2 ** 26),
    retry: { baseMs: 5, capMs: 40, maxRetries: Number.POSITIVE_INFINITY, random: one.choices.fraction },
    inFlight: one.inFlight,
    openTimeoutMs: HANGS_MS,
  });
  const frames = framesOf(one);
  const events: SessionEvent[] = [];
  platform.events$.subscribe((event) => events.push(event));
  const links = { physicalSample: `sample of ${one.name}`, tags: [`tag of ${one.name}`], projectId: 'project-1' };
  const ended$ = from(frames).pipe(
    rheedSink(platform, {
      fps: 1,
      rotationsPerMin: 0,
      chunkSize: CHUNK_SIZE,
      streamName: one.name,
      ...(one.isLinked ? links : {}),
    }),
    timeout({ each: HANGS_MS }),
    toArray(),
    endWith(undefined),
    catchError((error: unknown) => of(error)),
  );
  try {
    const error = await lastValueFrom(ended$);
    return {
      one,
      frames,
      chunkSize: CHUNK_SIZE,
      events,
      error,
      streams: record.streams.filter(({ name }) => name === one.name),
      faulted: server.requests.filter(({ fault: met }) => met === fault.type).length,
    };
  } finally {
    await platform.close({ deadlineMs: 0 });
    await server.close();
  }
};
