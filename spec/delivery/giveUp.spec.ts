import { describe, expect, it } from '@jest/globals';
import { catchError, EMPTY, NEVER, type Observable, throwError } from 'rxjs';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { drawn, session } from './lifeOf.js';

const offline = { fail: ingestFailure('create', 'network', { reached: false }) };
const gone = ingestFailure('presign', 410);

/** A sink's life as marbles; its error by its name. */
const life = (events$: Observable<SessionEvent>) =>
  drawn(events$).pipe(catchError((error: Error) => throwError(() => error.name)));
const [incomplete, failed] = ['IncompleteSessionError', 'SessionFailedError'];

describe('a session that is given up', () => {
  it('counts the frames of the chunk being filled before it ends', () => {
    marbles(({ hot, flush }) => {
      const platform = fakePlatform({ replies: { create: { afterMs: 5, fail: ingestFailure('create', 422) } } });
      const types: string[] = [];
      platform.events$.subscribe(({ type }) => types.push(type));
      session(platform, hot('abcd----'), { fps: 1, chunkSize: 3 }).subscribe({ error: () => {} });
      flush();
      expect(types.slice(2)).toEqual(['accepted', 'notCreated', 'accepted', 'ending', 'lost', 'lost', 'gaveUp']);
    });
  });

  it('leaves its source at once, and waits for what is being written', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const send = cold('                            --#', {}, gone);
      const journals = durableJournals({ keepMs: [1, 9] });
      const platform = fakePlatform({ replies: { create: { afterMs: 2 }, send }, journals });
      // Chunk 0 is durable at 1, the platform closes its stream at 4, and chunk 1 is durable at 12.
      const source = hot('                         a--b--c----');
      const drawn = '                              id(ro)------(deg#)';
      const events$ = session(platform, source, { onClosed: 'keep' });
      expectObservable(life(events$)).toBe(drawn, undefined, incomplete);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('does not wait in memory', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const send = cold('                            ----#', {}, gone);
      const platform = fakePlatform({ replies: { create: { afterMs: 2 }, send } });
      const source = hot('                         a--b--------');
      const drawn = '                              i-(ro)(ellg#)';
      const events$ = session(platform, source, { onClosed: 'keep' });
      expectObservable(life(events$)).toBe(drawn, undefined, incomplete);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    });
  });

  it('before anything was durable keeps nothing, and nobody waiting', () => {
    marbles(({ hot, expectObservable }) => {
      const platform = fakePlatform({
        replies: { create: { afterMs: 3, fail: ingestFailure('create', 422) } },
        journals: durableJournals({ keepMs: [9] }),
      });
      expectObservable(life(session(platform, hot('ab---')))).toBe('i--(ellg#)', undefined, failed);
    });
  });

  it('waits for a full disk no longer than until its platform is closed', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ hot, cold, expectObservable }) => {
      const platform = fakePlatform({
        replies: { send: cold('--#', {}, gone) },
        journals: durableJournals({ keepMs: [0, Number.POSITIVE_INFINITY] }),
      });
      cold('9ms x').subscribe(() => (reports = platform.close({ deadlineMs: 20 })));
      const events$ = session(platform, hot('ab---'), { onClosed: 'keep' });
      expectObservable(life(events$)).toBe('(irod) 5023ms (elg#)', undefined, incomplete);
    });
    expect(await reports).toMatchObject([{ kept: 1, lost: 1 }]);
  });
});

describe('what is on disk when a platform is closed at its deadline', () => {
  it('stays there, and the error says so', () => {
    marbles(({ hot, cold, flush }) => {
      const platform = fakePlatform({ replies: { create: offline }, journals: durableJournals() });
      let error: unknown;
      session(platform, hot('ab')).subscribe({ error: (e: unknown) => (error = e) });
      cold('10ms x').subscribe(() => void platform.close({ deadlineMs: 50 }));
      flush();
      expect(error).toMatchObject({
        message:
          'the session could not be opened: delivery was stopped; what the platform does not have stays on the disk; ' +
          'the last failure: create: failed in network',
        context: { report: { kept: 2, lost: 0, outcome: 'cancelled', orphans: [] } },
      });
    });
  });

  it('is also what was still being written, when the disk has it soon: its journals are closed after that', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const closed$ = cold<never>('|');
      const journals = durableJournals({ keepMs: [1, 400] }, EMPTY, closed$);
      const platform = fakePlatform({ replies: { create: offline }, journals });
      cold('2ms x').subscribe(() => (reports = platform.close({ deadlineMs: 10 })));
      expectObservable(life(session(platform, hot('ab')))).toBe('ide 398ms (dg#)', undefined, failed);
      expectSubscriptions(closed$.subscriptions).toBe('          401ms (^!)');
    });
    expect(await reports).toMatchObject([{ kept: 2, lost: 0 }]);
  });

  it('leaves no orphan: a stream that was created is found there, and linked', () => {
    marbles(({ hot, cold, flush }) => {
      const platform = fakePlatform({ replies: { link: NEVER }, journals: durableJournals() });
      const types: string[] = [];
      session(platform, hot('a')).subscribe({ next: ({ type }) => types.push(type), error: () => {} });
      cold('2ms x').subscribe(() => void platform.close({ deadlineMs: 10 }));
      flush();
      expect(types).toEqual(['asked', 'intent', 'created', 'accepted', 'durable', 'ending', 'gaveUp']);
    });
  });

  it('is also the first chunk, of a session that has never been online', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ hot, cold, expectObservable }) => {
      const platform = fakePlatform({ replies: { create: offline }, journals: durableJournals({ keepMs: [400] }) });
      cold('2ms x').subscribe(() => (reports = platform.close({ deadlineMs: 10 })));
      expectObservable(life(session(platform, hot('a')))).toBe('i-e 397ms (dg#)', undefined, failed);
    });
    expect(await reports).toMatchObject([{ kept: 1, lost: 0 }]);
  });

  it('is not what a full disk does not take in 5 s: that is lost, and named', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ hot, cold, expectObservable }) => {
      const journals = durableJournals({ keepMs: [1, Number.POSITIVE_INFINITY] });
      const platform = fakePlatform({ replies: { create: offline }, journals });
      cold('2ms x').subscribe(() => (reports = platform.close({ deadlineMs: 10 })));
      expectObservable(life(session(platform, hot('ab')))).toBe('ide 5009ms (lg#)', undefined, failed);
    });
    expect(await reports).toMatchObject([{ kept: 1, lost: 1 }]);
  });
});
