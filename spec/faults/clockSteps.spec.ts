import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  concatMap,
  from,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  tap,
  timer,
  toArray,
} from 'rxjs';
import { clockScheduler } from '../../src/flow/clockScheduler.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { paceAt } from '../../src/operators/paceAt.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { startFaultServer } from '../../src/testing/faultServer.js';
import { frames } from '../../src/testing/frames.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { type HttpRecord, startHttpRecord } from './httpRecord.js';

const HOUR_MS = 3_600_000;
/** To how far a clock is stepped, and how libfaketime is told. */
const steps = {
  'an hour on': { by: () => HOUR_MS, told: '+1h' },
  'an hour back': { by: () => -HOUR_MS, told: '-1h' },
  'a day on': { by: () => 24 * HOUR_MS, told: '+1d' },
  'a day back': { by: () => -24 * HOUR_MS, told: '-1d' },
  'to 1970': { by: () => Date.UTC(1970, 0, 2) - Date.now(), told: '@1970-01-02 00:00:00' },
  'to 2038': { by: () => Date.UTC(2038, 0, 20) - Date.now(), told: '@2038-01-20 00:00:00' },
} as const;
type Step = keyof typeof steps;

describe('A step of the wall clock, in virtual time', () => {
  /** When what was told, by the clock of the timers; the wall's is stepped at one of the events. */
  const timeline = (byMs: number, at: string): readonly string[] => {
    const told: string[] = [];
    marbles(({ flush }) => {
      let steppedMs = 0;
      const wallMs = () => Date.UTC(2026, 10, 20) + asyncScheduler.now() + steppedMs;
      const platform = fakePlatform({
        clock: { scheduler: clockScheduler, wallMs },
        replies: {
          create: [{ fail: ingestFailure('create', 503) }, { afterMs: 30 }],
          send: [{ fail: ingestFailure('send', 429, { retryAfterMs: 4_000 }) }, { afterMs: 50 }],
          end: [{ fail: ingestFailure('end', 503) }, {}],
        },
      });
      const tell = ({ type, ...event }: SessionEvent) => {
        told.push(`${asyncScheduler.now()} ${type} ${'chunk' in event ? event.chunk.index : ''}`);
        if (type === 'accepted' && 'time' in event) told.push(`chunk at ${event.time.startMs}`);
        if (type === at) steppedMs = byMs;
      };
      from(frames(6, { fps: 4 }))
        .pipe(
          paceAt(4),
          tap(() => told.push(`${asyncScheduler.now()} frame`)),
          rheedSink(platform, { fps: 4, rotationsPerMin: 0, chunkSize: 8 }),
        )
        .subscribe(tell);
      flush();
    });
    return told;
  };

  it.each(Object.entries(steps))('%s moves no timer and changes no time, whenever it comes', (_, { by }) => {
    const untouched = timeline(0, '');
    expect(untouched.at(-1)).toMatch(/closed/);
    for (const at of ['asked', 'accepted', 'retrying', 'opened', 'delivered', 'ending'])
      expect(timeline(by(), at)).toEqual(untouched);
  });

  it.each(Object.entries(steps))(
    '%s lets no chunk of a camera without times begin before the one before',
    (_, { by }) => {
      marbles(({ flush }) => {
        let steppedMs = 0;
        const wallMs = () => Date.UTC(2026, 10, 20) + asyncScheduler.now() + steppedMs;
        const platform = fakePlatform({ clock: { scheduler: clockScheduler, wallMs } });
        const starts: number[] = [];
        const camera$: Observable<ReturnType<typeof grayFrame>> = timer(0, 250).pipe(
          map((frameId) => grayFrame({ frameId, arrivedAt: wallMs() })),
        );
        platform.events$.subscribe((event) => {
          if (event.type === 'accepted') starts.push(event.time.startMs);
          if (event.type === 'accepted' && event.chunk.index === 1) steppedMs = by();
        });
        camera$.pipe(rheedSink(platform, { fps: 4, rotationsPerMin: 0, chunkSize: 8 })).subscribe();
        asyncScheduler.schedule(() => void platform.close(), 10_000);
        flush();
        expect(starts.length).toBeGreaterThanOrEqual(5);
        expect(starts).toEqual([...starts].sort((one, other) => one - other));
      });
    },
  );
});

/** Where Debian keeps it. */
const libfaketime = ['x86_64', 'aarch64']
  .map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find(existsSync);
if (libfaketime === undefined)
  process.stdout.write('clock steps: no libfaketime here, so the clock is stepped inside the process only\n');

interface Told {
  readonly told: readonly (SessionEvent & { readonly monotonicMs: number })[];
  readonly startMs: number;
  readonly steppedByMs: number;
  readonly leastAgeMs: number;
}

interface Job {
  readonly step: Step;
  readonly at: string;
  readonly by: 'libfaketime' | 'Date';
}

/** Each step twice, each moment twice. */
const cases: readonly (readonly [Step, string])[] = [
  ['an hour on', 'asked'],
  ['an hour back', 'accepted'],
  ['a day on', 'retrying'],
  ['a day back', 'delivered'],
  ['to 1970', 'asked'],
  ['to 1970', 'delivered'],
  ['to 1970', 'ending'],
  ['to 2038', 'accepted'],
  ['to 2038', 'retrying'],
  ['to 2038', 'ending'],
];
const ways = [...(libfaketime === undefined ? [] : ['libfaketime' as const]), 'Date' as const];
const jobs: readonly Job[] = ways.flatMap((by) => cases.map(([step, at]) => ({ by, step, at })));

describe('A step of the wall clock, in a process', () => {
  let record: HttpRecord;
  let spools: string;
  beforeAll(async () => {
    record = await startHttpRecord();
    spools = await mkdtemp(join(tmpdir(), 'epistream-clock-'));
  });
  afterAll(async () => {
    await record.close();
    await rm(spools, { recursive: true });
  });

  const spawn = async ({ step, by }: Job, job: object): Promise<Told> => {
    const file = join(spools, `${Math.random()}`);
    await writeFile(file, '+0');
    const { told, by: byMs } = steps[step];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        fileURLToPath(new URL('clockStepsProcess.mjs', import.meta.url)),
        JSON.stringify({ stepMs: byMs(), frames: 6, ...(by === 'libfaketime' && { toldFaketime: told }), ...job }),
      ],
      {
        env: {
          ...process.env,
          ...(by === 'libfaketime' && {
            LD_PRELOAD: libfaketime,
            FAKETIME_TIMESTAMP_FILE: file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
            NO_FAKE_STAT: '1',
          }),
        },
        timeout: 60_000,
      },
    );
    return JSON.parse(stdout);
  };

  const WAIT_MS = 300;
  const expectStepped = ({ steppedByMs }: Told, step: Step): void => {
    expect(Math.abs(steppedByMs - steps[step].by())).toBeLessThan(60_000);
  };
  /** What the platform was told of chunk `index`: its time by its own reading, whatever the clock said when it went. */
  const expectTimesKept = ({ told, startMs }: Told, name: string): void => {
    const [stream] = record.streams.filter((one) => one.name === name);
    const accepted = told.filter((event) => event.type === 'accepted');
    expect(accepted.map(({ time }) => time.startMs)).toEqual([0, 2000, 4000].map((ms) => startMs + ms));
    for (const { chunk, time } of accepted) {
      const presign = stream?.presigns.find(({ index }) => index === String(chunk.index));
      const offsetMs = Number(presign?.clock_offset_ms ?? 0);
      expect(Math.abs(Number(presign?.start_unix_ms_utc) - offsetMs - time.startMs)).toBeLessThanOrEqual(1);
      if (time.clock !== undefined) expect(offsetMs).toBe(Math.round(time.clock.offsetMs) + 0); // JSON knows no -0
    }
    expect(stream?.log.at(-1)).toBe('end');
    expect([...(stream?.shards.keys() ?? [])].sort()).toEqual([0, 1, 2]);
  };

  const runOne = async (job: Job): Promise<void> => {
    const server = await startFaultServer({ target: record.url });
    const dir = join(spools, `${job.step} at ${job.at} by ${job.by}`);
    for (const phase of ['create', 'presign', 'end'] as const)
      server.script(phase, [{ type: 'answer', status: 503, headers: { 'retry-after': `${WAIT_MS / 1000}` } }]);
    try {
      const ran = await spawn(job, { endpoint: server.url, dir, at: job.at });
      expectStepped(ran, job.step);
      expect(ran.told.at(-1)).toMatchObject({
        type: 'closed',
        report: { offered: 6, delivered: 6, lost: 0, ended: true },
      });
      expectTimesKept(ran, dir);
      expect(ran.leastAgeMs).toBeGreaterThanOrEqual(0);
      expectWaitsKept(ran);
    } catch (error) {
      throw Object.assign(error as Error, { message: `${dir}: ${(error as Error).message}` });
    } finally {
      await server.close();
    }
  };

  /** A step on would have ended a wait at once, and a step back would have made it last. */
  const expectWaitsKept = ({ told }: Told): void => {
    for (const step of ['create', 'end']) {
      const retrying = told.find((event) => event.type === 'retrying' && event.step === step);
      const next = told.find(({ type }) => type === (step === 'create' ? 'created' : 'closed'));
      expect(retrying).toBeDefined();
      expect((next?.monotonicMs ?? 0) - (retrying?.monotonicMs ?? 0)).toBeGreaterThanOrEqual(WAIT_MS - 1);
    }
  };

  it(`moves no wait, loses nothing and changes no time: ${cases.length} cases by ${ways.join(' and by ')}`, async () => {
    const errors = await lastValueFrom(
      from(jobs).pipe(
        mergeMap(
          (job) =>
            runOne(job).then(
              () => [],
              (error: Error) => [error],
            ),
          4,
        ),
        concatMap((failed) => failed),
        toArray(),
      ),
    );
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n\n'));
  }, 120_000);

  it.each(ways.flatMap((by) => (['to 1970', 'to 2038'] as const).map((step) => [step, by] as const)))(
    '%s between two processes leaves the second everything to deliver (by %s)',
    async (step, by) => {
      const server = await startFaultServer({ target: record.url });
      server.script(
        'create',
        Array.from({ length: 1000 }, () => ({ type: 'answer', status: 503 }) as const),
      );
      const dir = join(spools, `${step} between two by ${by}`);
      try {
        const first = await spawn({ step, by, at: '' }, { endpoint: server.url, dir, at: 'never', leaves: true });
        expect(first.told.filter(({ type }) => type === 'durable')).toHaveLength(3);
        // The endpoint is part of whose session it is, so the platform comes back at the same one.
        server.clear('create');
        const second = await spawn({ step, by, at: '' }, { endpoint: server.url, dir, at: 'start', frames: 0 });
        expectStepped(second, step);
        expect(second.told.at(-1)).toMatchObject({ type: 'closed', report: { delivered: 6, lost: 0, ended: true } });
        expectTimesKept({ ...first, told: [...first.told, ...second.told] }, dir);
      } finally {
        await server.close();
      }
    },
    60_000,
  );
});
