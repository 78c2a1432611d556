import { describe, expect, it } from '@jest/globals';
import {
  asyncScheduler,
  BehaviorSubject,
  distinctUntilChanged,
  map,
  type Observable,
  type SchedulerLike,
  take,
  takeUntil,
} from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { Gate } from '../../src/delivery/gate.js';
import type { Parts } from '../../src/delivery/platform.js';
import { statusOf } from '../../src/delivery/statusOf.js';
import type { Backlog, SessionJournal } from '../../src/journal/sessionJournal.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { PlatformStatus } from '../../src/model/platformStatus.js';
import type { SessionEvent, SessionNotice, SessionRecord } from '../../src/model/sessionEvent.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const session = 'session-a' as SessionId;
const problem = { tag: 'IngestError', message: 'answered 401', status: 401 };
const chunk = { index: 0, revision: 0, items: 1 };
const clock = { offsetMs: 7, uncertaintyMs: 1, takenAt: 0 };
const event = (said: object): SessionEvent => ({ ...(said as SessionRecord | SessionNotice), session, at: 0 });

const said = {
  d: event({ type: 'delivered', chunk, to: 'stream-1', as: 0 }),
  a: event({ type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host', clock } }),
  r: event({ type: 'retrying', step: 'send', inMs: 500, problem }),
  p: event({ type: 'paused', problem }),
  s: { ...event({ type: 'retrying', step: 'send', inMs: 70, problem }), session: 'session-b' as SessionId },
};

/** A journal that tells its backlog and nothing that would take a walk over its chunks. */
const journalOf = (backlog: Partial<Backlog>): SessionJournal =>
  ({ backlog: () => ({ chunks: 0, ...backlog }) }) as unknown as SessionJournal;

/** asyncScheduler, which is virtual in a marble test, and how many of its timers run. */
const countingScheduler = () => {
  const timers = new Set<unknown>();
  const scheduler: SchedulerLike = {
    now: () => asyncScheduler.now(),
    schedule: (...args) => {
      const timer = asyncScheduler.schedule(...(args as Parameters<typeof asyncScheduler.schedule>));
      timers.add(timer);
      timer.add(() => timers.delete(timer));
      return timer;
    },
  };
  return { scheduler, timers };
};

const platformOf = ({ hot }: RunHelpers, events: string, parts: Partial<Parts> = {}) => {
  const { scheduler, timers } = countingScheduler();
  const active$ = new BehaviorSubject<readonly SessionJournal[]>([]);
  const line = { gate: new Gate() };
  const budget = { used: 0 };
  const given = { budget, clock: { scheduler, wallMs: () => asyncScheduler.now() }, journals: {}, ...parts };
  const status$ = statusOf(active$, hot(events, said), line, given as unknown as Parts);
  return { status$, active$, line, budget, timers };
};
const delivered = (status$: Observable<PlatformStatus>) => status$.pipe(map((status) => `${status.delivered}`));

describe('a status', () => {
  it('comes at once, then at most every 100 ms, and nothing is left out for long', () => {
    marbles((helpers) => {
      const { status$ } = platformOf(helpers, '-dd 120ms d 30ms d 300ms d 100ms |');
      const count = '                          0  99ms 2 122ms 4 331ms 5 |';
      helpers.expectObservable(delivered(status$)).toBe(count);
    });
  });

  it('of a fast run is worked out ten times a second, however many events there are', () => {
    marbles((helpers) => {
      const { status$, active$ } = platformOf(helpers, `${'d'.repeat(1000)}|`);
      let looks = 0;
      active$.next([{ backlog: () => ({ chunks: ++looks }) } as unknown as SessionJournal]);
      helpers
        .expectObservable(status$.pipe(map(({ undelivered }) => `${undelivered % 10}`)))
        .toBe('1 99ms 2 100ms 3 100ms 4 100ms 5 100ms 6 100ms 7 100ms 8 100ms 9 100ms 0 91ms (1|)');
    });
  });

  it('grows older by the second while nothing happens, and is told again only when it has changed', () => {
    marbles((helpers) => {
      const { status$, active$ } = platformOf(helpers, '-');
      const age$ = status$.pipe(map(({ oldestUnsentMs }) => oldestUnsentMs));
      helpers.cold('2500ms x').subscribe(() => active$.next([journalOf({ chunks: 1, oldestAcceptedAt: 2500 })]));
      const subscribed = '^ 4499ms !';
      helpers
        .expectObservable(age$, subscribed)
        .toBe('u 2599ms z 499ms a 999ms b', { u: undefined, z: 100, a: 600, b: 1600 });
    });
  });

  it('tells a late look what was heard before it', () => {
    marbles((helpers) => {
      const { status$, line } = platformOf(helpers, 'ardprs');
      helpers.cold('--x').subscribe(() => line.gate.hold(problem, false));
      const look = '--------(^!)';
      helpers.expectObservable(status$, look).toBe('--------s', {
        s: {
          sessions: 0,
          heldBytes: 0,
          undelivered: 0,
          delivered: 1,
          rejected: 0,
          lost: 0,
          backoffMs: 500,
          paused: problem,
          outage: { since: 2, problem },
          clock,
        },
      });
    });
  });

  it('adds up the sessions, and names the oldest chunk of all', () => {
    marbles((helpers) => {
      const spool = { dir: '/spool', usedBytes: 5, roomBytes: 9, isFull: false, hoursLeft: 3 };
      const { status$, active$, budget } = platformOf(helpers, '-', { journals: { spool: () => spool } as never });
      budget.used = 77;
      active$.next([
        journalOf({ chunks: 2, oldestAcceptedAt: 4 }),
        journalOf({}),
        journalOf({ chunks: 3, oldestAcceptedAt: 2 }),
      ]);
      helpers.expectObservable(status$.pipe(take(1)), '----------^').toBe('----------(s|)', {
        s: { sessions: 3, heldBytes: 77, undelivered: 5, delivered: 0, rejected: 0, lost: 0, oldestUnsentMs: 8, spool },
      });
    });
  });

  it('names the pause of the platform before that of a session', () => {
    marbles((helpers) => {
      const { status$, line } = platformOf(helpers, 'p');
      const forAll = { ...problem, message: 'for all' };
      helpers.cold('--x').subscribe(() => line.gate.hold(forAll, true));
      const paused$ = status$.pipe(map(({ paused }) => paused?.message));
      helpers.cold('150ms x').subscribe(() => line.gate.open());
      helpers.expectObservable(paused$, '-^ 300ms !').toBe('-a 99ms b 148ms a', { a: 'answered 401', b: 'for all' });
    });
  });

  it('is complete as the platform closes, with the last word', () => {
    marbles((helpers) => {
      const { status$, timers } = platformOf(helpers, '--d--|');
      helpers.expectObservable(delivered(status$)).toBe('0----(1|)');
      helpers.expectObservable(delivered(status$), '-------^').toBe('-------(1|)');
      helpers.flush();
      expect(timers.size).toBe(0);
    });
  });

  it('runs no timer while nobody looks', () => {
    marbles((helpers) => {
      const { status$, timers } = platformOf(helpers, '-dd-------d 200ms d');
      expect(timers.size).toBe(0);
      const one = status$.subscribe();
      const other = status$.subscribe();
      helpers.cold('4ms x').subscribe(() => {
        expect(timers.size).toBe(4); // each its tick and its rest
        one.unsubscribe();
        expect(timers.size).toBe(2);
        other.unsubscribe();
        expect(timers.size).toBe(0);
      });
      helpers.flush();
      expect(timers.size).toBe(0);
    });
  });
});

describe('the status of a platform at work', () => {
  const asked = { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 };
  const words = ({ undelivered, backoffMs, outage, paused, delivered }: PlatformStatus) =>
    [
      `${undelivered} of ${undelivered + delivered} wait`,
      ...(backoffMs === undefined ? [] : [`in steps of ${backoffMs}`]),
      ...(outage === undefined ? [] : [`out since ${outage.since}`]),
      ...(paused === undefined ? [] : [`paused by ${paused.status}`]),
    ].join(', ');

  it.each([
    ['an outage', ingestFailure('send', 503), '1 of 1 wait, in steps of 500, out since 10'],
    ['a pause for all', ingestFailure('presign', 401), '1 of 1 wait, in steps of 500, paused by 401'],
    ['a pause of one', ingestFailure('presign', 403), '1 of 1 wait, in steps of 500, paused by 403'],
    ['a refused upload', ingestFailure('put', 403, { from: 'storage' }), '1 of 1 wait, in steps of 500'],
  ])('shows %s while it lasts', (_, fail, during) => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({
        replies: { create: {}, send: [{ afterMs: 10, fail }, { afterMs: 10 }] },
        keyMayChange: true,
      });
      const seen: string[] = [];
      const look$ = platform.status$.pipe(map(words), distinctUntilChanged(), takeUntil(hot('3s x')));
      look$.subscribe((status) => seen.push(status));
      const frames = hot('a 2s |').pipe(map(() => grayFrame()));
      frames.pipe(rheedSink(platform, asked)).subscribe();
      flush();
      expect(seen).toEqual(['0 of 0 wait', during, '0 of 1 wait']);
    });
  });
});
