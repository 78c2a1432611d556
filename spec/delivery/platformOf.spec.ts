import { describe, expect, it } from '@jest/globals';
import { NEVER, of, throwError, timer } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { foundJournal } from './foundJournal.js';
import { drawn, session } from './lifeOf.js';

const draining = () => {
  const platform = fakePlatform({ replies: { send: { afterMs: 20 } } });
  of(grayFrame())
    .pipe(rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 1 }))
    .subscribe();
  return platform;
};

describe('the deadline of close', () => {
  it.each([Number.NaN, -1, '5' as never])('refuses %p, and closes nothing', async (deadlineMs) => {
    const platform = draining();
    await expect(platform.close({ deadlineMs })).rejects.toThrow(InputError);
    expect(await platform.close()).toMatchObject([{ delivered: 1, lost: 0 }]);
  });

  it.each([Infinity, 2 ** 40])('of %p ms waits for as long as it takes', async (deadlineMs) => {
    expect(await draining().close({ deadlineMs })).toMatchObject([{ delivered: 1, lost: 0 }]);
  });
});

describe('what dead processes left', () => {
  const found = () => ({ j: foundJournal({ accepted: 2, stream: {} }) });

  it('is delivered beside the sessions of this one, until the platform is closed', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const unfinished = cold('                      --j--------k', {
        ...found(),
        k: foundJournal({ session: 'late' }),
      });
      const platform = fakePlatform({
        replies: { send: { afterMs: 3 }, end: { afterMs: 5 } },
        journals: durableJournals({}, unfinished),
      });
      cold('                                         ---------x').subscribe(() => void platform.close());
      expectObservable(drawn(platform.events$)).toBe('--e--0--(1i)-c');
      expectSubscriptions(unfinished.subscriptions).toBe('^--------!');
      session(platform, hot('-')).subscribe();
    });
  });

  it('may be found as the platform is connected', () => {
    const journals = durableJournals({}, of(found().j));
    const platform = fakePlatform({ journals, replies: { send: NEVER } });
    expect(platform.calls).toEqual(['send 0']);
  });

  it('is not cut short by the end of the sources, and has its report among the others', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ hot, cold, flush }) => {
      const journals = durableJournals({}, cold('j', found()));
      const platform = fakePlatform({ journals, replies: { send: { afterMs: 3 } } });
      session(platform, hot('a')).subscribe();
      timer(1).subscribe(() => (reports = platform.close()));
      flush();
    });
    expect(await reports).toMatchObject([
      { session: 'found', outcome: 'interrupted', delivered: 2, ended: true },
      { session: 'session-1', outcome: 'cancelled', delivered: 1, ended: true },
    ]);
  });

  it('stays where it is at the deadline', async () => {
    let reports: Promise<readonly SessionReport[]> | undefined;
    marbles(({ cold, flush }) => {
      const platform = fakePlatform({ journals: durableJournals({}, cold('j', found())), replies: { send: NEVER } });
      timer(1).subscribe(() => (reports = platform.close({ deadlineMs: 10 })));
      flush();
    });
    expect(await reports).toMatchObject([{ delivered: 0, kept: 2, lost: 0, ended: false }]);
  });

  it('is not for the one who disposes of a platform to judge', async () => {
    const refused = throwError(() => ingestFailure('presign', 410));
    const journals = durableJournals({}, of(found().j));
    const platform = fakePlatform({ journals, replies: { send: refused } });
    await expect(platform[Symbol.asyncDispose]()).resolves.toBeUndefined();
    const late = fakePlatform({ journals: durableJournals({}, of(found().j)), replies: { send: NEVER } });
    expect(await late.close({ deadlineMs: 1 })).toMatchObject([{ kept: 2 }]);
    await expect(late[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});
