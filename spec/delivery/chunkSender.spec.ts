import { describe, expect, it } from '@jest/globals';
import { concat, filter, from, map, tap, throwError } from 'rxjs';
import type { Pending, SessionJournal } from '../../src/journal/sessionJournal.js';
import { SpoolError } from '../../src/model/errors.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { Replies } from '../../src/testing/fakeIngest.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { foundJournal } from './foundJournal.js';

/** A session of three chunks; reading chunk 1 back fails with each of these in turn. */
const sent = (failures: readonly unknown[], replies: Replies = {}) => {
  const told: SessionEvent[] = [];
  const left = [...failures];
  let lent = 0;
  const readBack = (pending: Pending): Pending => ({
    ...pending,
    body: () => {
      if (pending.chunk.index === 1 && left.length > 0) return throwError(() => left.shift());
      return pending.body().pipe(
        tap(() => lent++),
        map((body) => ({ ...body, release: () => lent-- })),
      );
    },
  });
  marbles(({ cold, flush }) => {
    const journal: SessionJournal = foundJournal({ accepted: 3, ending: 'complete', stream: {} });
    const disk = new Proxy(journal, {
      get: (target, name) => {
        if (name === 'pending$') return target.pending$.pipe(map(readBack));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const platform = fakePlatform({
      journals: durableJournals({}, cold('j', { j: disk })),
      replies,
      retry: { baseMs: 4 },
    });
    platform.events$.subscribe((event) => told.push(event));
    flush();
  });
  return { told, last: told.at(-1), lent };
};

describe('a chunk that is read back', () => {
  it('is lost when its bytes are not what was kept, and the others go on', () => {
    const { last, told } = sent([new SpoolError('1.chunk', 'does not match its checksum')]);
    expect(told.filter(({ type }) => type === 'lost')).toMatchObject([
      { chunk: { index: 1 }, problem: { tag: 'SpoolError', message: '1.chunk does not match its checksum' } },
    ]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 2, lost: 1, kept: 0 } });
  });

  it('is read again when the disk is busy', () => {
    const busy = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    const { last, told } = sent([busy, busy]);
    expect(told.filter(({ type }) => type === 'retrying')).toHaveLength(2);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3 } });
  });

  it('is a dead letter when the disk cannot read it: it is kept, and named', () => {
    const { last } = sent([Object.assign(new Error('i/o error'), { code: 'EIO' })]);
    expect(last).toMatchObject({
      type: 'closed',
      report: { delivered: 2, rejected: 1, deadLetters: [{ chunk: { index: 1 } }] },
    });
  });

  it('is given back after every attempt, however that ended', () => {
    const send = [{ fail: ingestFailure('put', 'network') }, { fail: ingestFailure('presign', 422) }, {}];
    const { last, lent } = sent([], { send });
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 2, rejected: 1 } });
    expect(lent).toBe(0);
  });
});

describe('the chunks of a backlog', () => {
  /** Sessions of two chunks each, found at once. */
  const found = (names: string) =>
    from([...names]).pipe(map((session) => foundJournal({ session, accepted: 2, ending: 'complete', stream: {} })));

  it('are on their way from half as many places as one session has', () => {
    marbles(({ cold, expectSubscriptions }) => {
      const send = cold('----|');
      fakePlatform({ journals: durableJournals({}, found('ABC')), replies: { send }, inFlight: 4 });
      expectSubscriptions(send.subscriptions).toBe([
        '^---!        ',
        '^---!        ',
        '----^---!    ',
        '----^---!    ',
        '--------^---!',
        '--------^---!',
      ]);
    });
  });

  it('keep nobody out while they wait for another attempt', () => {
    marbles(({ cold, expectObservable }) => {
      const refused = { fail: ingestFailure('put', 403, { from: 'storage' }) };
      const platform = fakePlatform({
        journals: durableJournals({}, concat(cold<never>('-|'), found('AB'))),
        replies: { send: [refused, { afterMs: 2 }] },
        retry: { baseMs: 9 },
      });
      const delivered = platform.events$.pipe(
        filter((event) => event.type === 'delivered'),
        map(({ session, chunk }) => (session === 'A' ? 'ab' : 'xy').charAt(chunk.index)),
      );
      // a has its next attempt at 10; x and y have gone by then.
      expectObservable(delivered).toBe('---x-y------a-b');
    });
  });
});
