import { describe, expect, it } from '@jest/globals';
import { concat, of, throwError } from 'rxjs';
import { Feed } from '../../src/cli/feed.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { SessionId } from '../../src/model/identifiers.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';

const report = { ...emptyReport('s' as SessionId, 'timeseries'), offered: 2, delivered: 2, ended: true };
const closed = { type: 'closed', session: 's', at: 0, dataId: 'd', report } as unknown as SessionEvent;

const feedOf = (events$: ReturnType<typeof of<SessionEvent[]>>) =>
  new Feed<string>({
    part: 'events',
    origin: 'the readings are in log',
    into: (sinks, tally) => {
      tally.took(sinks.length);
      return events$ as never;
    },
  });

describe('Feed', () => {
  it('tells its session’s events, and knows what it has come to', () => {
    const feed = feedOf(of(closed));
    expect([feed.part, feed.noun, feed.total, feed.end]).toEqual([
      'events',
      'event',
      undefined,
      { part: 'events', origin: 'the readings are in log' },
    ]);
    const told: SessionEvent[] = [];
    feed.events('ab', () => {}).subscribe((event) => told.push(event));
    expect([told, feed.tally.items]).toEqual([[closed], 2]);
    expect(feed.end).toEqual({ part: 'events', origin: 'the readings are in log', report });
  });

  it('keeps what fails it and completes, so that others go on', () => {
    const error = new Error('a row is cut');
    const failed: unknown[] = [];
    let isOver = false;
    const feed = feedOf(
      concat(
        of(closed),
        throwError(() => error),
      ) as never,
    );
    feed
      .events('', (why) => failed.push(why))
      .subscribe({
        complete: () => {
          isOver = true;
        },
      });
    expect([failed, isOver, feed.end.error, feed.end.report]).toEqual([[error], true, error, report]);
  });

  it('keeps also what is thrown before anything is sent', () => {
    const error = new Error('no such sink');
    const feed = new Feed<undefined>({
      part: 'channels',
      into: () => {
        throw error;
      },
    });
    feed.events(undefined, () => {}).subscribe();
    expect(feed.end).toEqual({ part: 'channels', error });
  });
});
