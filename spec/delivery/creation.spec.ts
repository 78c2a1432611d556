import { describe, expect, it } from '@jest/globals';
import { defer } from 'rxjs';
import type { DataId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { drawn, session } from './lifeOf.js';

const a = 'stream-1' as DataId;

describe('what the platform hears of only when it is safe', () => {
  it('are the intent to create, what was created, what was opened, and the intent to end', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const create = cold('                       ---(a|)              ', { a });
      const link = cold('                               -|             ');
      const send = cold('                                   --|        ');
      const end = cold('                                         --|  ');
      const replies = { create, link, send, end };
      const platform = fakePlatform({ replies, journals: durableJournals({ appendMs: 3 }) });
      const source = hot('                     a----|               ');
      const life = '                           (id)-er---o----(0i)-(c|)';
      expectObservable(drawn(session(platform, source))).toBe(life);
      expectSubscriptions(create.subscriptions).toBe(' ---^--!              ');
      expectSubscriptions(link.subscriptions).toBe('   ---------^!          ');
      expectSubscriptions(send.subscriptions).toBe('   -------------^-!     ');
      expectSubscriptions(end.subscriptions).toBe('    ------------------^-!');
    });
  });

  it('is nothing in memory, where no record is ever safer than it is at once', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const create = cold('                       ---(a|)        ', { a });
      const link = cold('                            -|          ');
      const send = cold('                             --|        ');
      const end = cold('                                -----|  ');
      const platform = fakePlatform({ replies: { create, link, send, end } });
      const source = hot('                        a----|         ');
      const life = '                              i--roe(0i)-(c|)';
      expectObservable(drawn(session(platform, source))).toBe(life);
      expectSubscriptions(create.subscriptions).toBe('^--!           ');
      expectSubscriptions(link.subscriptions).toBe('  ---^!          ');
      expectSubscriptions(send.subscriptions).toBe('  ----^-!        ');
      expectSubscriptions(end.subscriptions).toBe('   ------^----!   ');
    });
  });

  it('is an intent of its own for each attempt at a create', () => {
    marbles(({ hot, expectObservable }) => {
      const busy = { afterMs: 1, fail: ingestFailure('create', 503) };
      const platform = fakePlatform({
        replies: { create: [busy, busy, { afterMs: 2 }], send: { afterMs: 5 }, end: { afterMs: 5 } },
        journals: durableJournals({ appendMs: 1 }),
        retry: { baseMs: 2 },
      });
      // Safe at 1, refused at 2; again at 4, refused at 6; again at 10, created at 13.
      const source = hot('a----------------|        ');
      const life = '      (id)i-----i--ro--e--(0i)--(c|)';
      expectObservable(drawn(session(platform, source))).toBe(life);
    });
  });

  it('is where a continuation begins, before its first chunk', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const closed = cold('                           -#           ', {}, ingestFailure('presign', 410));
      const rest = cold('                                     -| ');
      const sends = [cold('|'), closed];
      const replies = { create: { afterMs: 2 }, send: defer(() => sends.shift() ?? rest), end: { afterMs: 3 } };
      const platform = fakePlatform({ replies, journals: durableJournals({ appendMs: 2 }) });
      const source = hot('                  a---------b-----------|        ');
      const life = '                        (id)r-o-0-di---r-o--1-(ei)-(c|)';
      expectObservable(drawn(session(platform, source))).toBe(life);
      expectSubscriptions(closed.subscriptions).toBe('----------^!           ');
      expectSubscriptions(rest.subscriptions).toBe('  -------------------^!  ');
    });
  });

  it('is from which chunk on it goes', () => {
    marbles(({ hot, flush }) => {
      const journals = durableJournals();
      const gone = { fail: ingestFailure('presign', 410) };
      const platform = fakePlatform({ replies: { send: [{}, gone, {}] }, journals });
      const told: SessionEvent[] = [];
      session(platform, hot('ab|')).subscribe((event) => told.push(event));
      flush();
      expect(told.filter(({ type }) => type === 'created' || type === 'opened')).toMatchObject([
        { type: 'created', dataId: 'stream-1' },
        { type: 'opened', dataId: 'stream-1' },
        { type: 'created', dataId: 'stream-2', firstIndex: 1 },
        { type: 'opened', dataId: 'stream-2', firstIndex: 1, continues: 'stream-1' },
      ]);
    });
  });
});
