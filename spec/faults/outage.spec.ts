import { beforeAll, describe, expect, it } from '@jest/globals';
import { asyncScheduler, defer, interval, map, mergeMap, take, throwError, timer } from 'rxjs';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from '../delivery/durableJournal.js';
import { session } from '../delivery/lifeOf.js';
import { Choices, runSeed, tellSeed } from './httpRandom.js';

const seed = runSeed();
beforeAll(() => tellSeed('outages', seed));

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A call takes 100 ms, and 50 to fail. */
const CALL_MS = 100;
const IN_FLIGHT = 2;

interface Run {
  readonly name: string;
  /** Whether the platform can be reached at that moment. */
  readonly isUp: (ms: number) => boolean;
  readonly everyMs: number;
  readonly chunks: number;
}

/** A session in virtual time: a chunk every so often, on a platform that is not always there. */
const run = ({ name, isUp, everyMs, chunks }: Run) => {
  let attempts = 0;
  const acceptedAt = new Map<number, number>();
  const delivered: { index: number; at: number; ageMs: number }[] = [];
  let last: SessionEvent | undefined;
  marbles(({ flush }) => {
    const call = defer(() => {
      attempts++;
      if (isUp(asyncScheduler.now())) return timer(CALL_MS).pipe(map(() => undefined));
      return timer(50).pipe(mergeMap(() => throwError(() => ingestFailure('send', 'network', { reached: false }))));
    });
    const platform = fakePlatform({
      replies: { resolve: call, create: call, link: call, send: call, end: call },
      journals: durableJournals({ appendMs: 5, keepMs: [20] }),
      retry: { random: new Choices(seed, name).fraction },
      inFlight: IN_FLIGHT,
    });
    session(platform, interval(everyMs).pipe(take(chunks))).subscribe((event) => {
      last = event;
      if (event.type === 'accepted') acceptedAt.set(event.chunk.index, event.at);
      if (event.type === 'delivered') {
        const { index } = event.chunk;
        delivered.push({ index, at: event.at, ageMs: event.at - (acceptedAt.get(index) ?? 0) });
      }
    });
    flush();
  });
  return { attempts, delivered, last };
};

/** At most: every chunk once, and for each that is on its way a retry in 15 s on average, after a few quick ones. */
const mostAttempts = (chunks: number, outageMs: number, outages = 1): number =>
  chunks + 10 + IN_FLIGHT * (1.3 * (outageMs / (15 * SECOND)) + 12 * outages);

const outages: [string, number, number, number][] = [
  ['1 s', SECOND, 2 * SECOND, 20],
  ['10 s', 10 * SECOND, 2 * SECOND, 30],
  ['5 min', 5 * MINUTE, 2 * SECOND, 250],
  ['4 h', 4 * HOUR, 20 * SECOND, 900],
  ['88 h', 88 * HOUR, 5 * MINUTE, 1200],
];

describe.each(outages)('an outage of %s', (name, lengthMs, everyMs, chunks) => {
  const from = 3.5 * everyMs;
  const until = from + lengthMs;

  it('in mid-run loses nothing, storms nobody, and is over for what is new before it is for the backlog', () => {
    const { attempts, last, delivered } = run({ name, isUp: (ms) => ms < from || ms >= until, everyMs, chunks });
    expect(last).toMatchObject({ type: 'closed', report: { offered: chunks, delivered: chunks, kept: 0, lost: 0 } });
    expect(attempts).toBeLessThan(mostAttempts(chunks, lengthMs));
    const settled = until + 30 * SECOND + CALL_MS;
    const fresh = delivered.filter(({ at, ageMs }) => at - ageMs >= settled);
    expect(fresh.length).toBeGreaterThan(0);
    expect(Math.max(...fresh.map(({ ageMs }) => ageMs))).toBeLessThan(3 * CALL_MS);
  });

  it('at the start is none for the run: it begins, and is delivered when the platform is there', () => {
    const { attempts, last } = run({ name, isUp: (ms) => ms >= lengthMs, everyMs, chunks });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: chunks, orphans: [], streams: ['stream-1'] } });
    expect(attempts).toBeLessThan(mostAttempts(chunks, lengthMs));
  });

  it('at the end delays the end', () => {
    const over = chunks * everyMs;
    const { last } = run({ name, isUp: (ms) => ms < over - everyMs / 2 || ms >= over + lengthMs, everyMs, chunks });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: chunks, ended: true } });
    expect(last?.at).toBeLessThan(over + lengthMs + MINUTE);
  });
});

describe('a network that comes and goes', () => {
  it.each([
    ['5 s in 30', 5 * SECOND, 30 * SECOND],
    ['1 s in 10', SECOND, 10 * SECOND],
    ['2 min in 20', 2 * MINUTE, 20 * MINUTE],
  ])('%s delivers everything in the end', (name, upMs, periodMs) => {
    const chunks = 400;
    const { attempts, last } = run({ name, isUp: (ms) => ms % periodMs < upMs, everyMs: 10 * SECOND, chunks });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: chunks, lost: 0 } });
    const tookMs = last?.at ?? 0;
    expect(attempts).toBeLessThan(mostAttempts(chunks, tookMs, tookMs / periodMs));
  });
});
