import { describe, expect, it } from '@jest/globals';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import { type FakePlatformOptions, fakePlatform } from '../../src/testing/fakePlatform.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';
import { durableJournals } from './durableJournal.js';
import { foundJournal, type LeftAt } from './foundJournal.js';
import { drawn } from './lifeOf.js';

/** What becomes of a session that is found as its platform is connected. */
const takenOver = (left: LeftAt, options: FakePlatformOptions = {}) => {
  const told: SessionEvent[] = [];
  const journal = foundJournal(left);
  const calls: string[] = [];
  marbles(({ cold, flush }) => {
    const journals = durableJournals({}, cold('j', { j: journal }));
    const platform = fakePlatform({ ...options, journals, retry: { baseMs: 4, ...options.retry } });
    platform.events$.subscribe((event) => told.push(event));
    flush();
    calls.push(...platform.calls);
  });
  const types = told.map((event) => ('chunk' in event ? `${event.type} ${event.chunk.index}` : event.type));
  return { told, types, calls, journal, last: told.at(-1) };
};
const one = <Type extends SessionEvent['type']>(told: readonly SessionEvent[], type: Type) =>
  told.filter((event): event is Extract<SessionEvent, { type: Type }> => event.type === type);

describe('a session whose process died', () => {
  it('is told of as it is found, loses what never became durable, and ends as interrupted', () => {
    const { types, told, last } = takenOver({ accepted: 4, delivered: [0], notKept: [2], stream: {} });
    expect(types).toEqual(['recovered', 'lost 2', 'ending', 'delivered 1', 'delivered 3', 'intent', 'closed']);
    expect(told[0]).toMatchObject({ undelivered: 2 });
    expect(one(told, 'lost')).toMatchObject([{ problem: { tag: 'Interrupted' } }]);
    expect(one(told, 'ending')).toMatchObject([{ outcome: 'interrupted' }]);
    expect(last).toMatchObject({ report: { offered: 4, delivered: 3, lost: 1, outcome: 'interrupted', ended: true } });
  });

  it('ends as it had ended, when that was recorded', () => {
    const { types, last } = takenOver({ accepted: 1, ending: 'complete', stream: {} });
    expect(types).toEqual(['recovered', 'delivered 0', 'intent', 'closed']);
    expect(last).toMatchObject({ report: { outcome: 'complete' } });
  });

  it('tells what of it could not be read', () => {
    const problem = { tag: 'SpoolError', message: 'journal.000000 is damaged' };
    const { types } = takenOver({ ending: 'complete', stream: {}, recovered: { damage: [problem] } });
    expect(types).toEqual(['recovered', 'damaged', 'intent', 'closed']);
  });

  it('names the stream that it may have left behind, and opens its own', () => {
    const { types, last } = takenOver({ accepted: 1, ending: 'complete', recovered: { mayBeOrphaned: true } });
    expect(types).toEqual(['recovered', 'orphaned', 'intent', 'created', 'opened', 'delivered 0', 'intent', 'closed']);
    expect(last).toMatchObject({ report: { orphans: ['Growth run 42'], streams: ['stream-1'] } });
  });

  it('is sent half of what a session may send at a time, and ended', () => {
    marbles(({ cold, expectObservable }) => {
      const found = cold('                      --j              ', { j: foundJournal({ accepted: 2, stream: {} }) });
      const replies = { send: { afterMs: 3 }, end: { afterMs: 5 } };
      const platform = fakePlatform({ replies, journals: durableJournals({}, found), inFlight: 2 });
      expectObservable(drawn(platform.events$)).toBe('--e--0--(1i)-c');
    });
  });

  it('has the platform measured for chunks that know nothing of its clock', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const clock$ = cold('                              r               ', { r: undefined });
      const found = cold('                               --j             ', {
        j: foundJournal({ accepted: 1, stream: {} }),
      });
      const platform = fakePlatform({
        replies: { send: { afterMs: 3 }, end: { afterMs: 5 } },
        journals: durableJournals({}, found),
        clock$,
      });
      expectObservable(drawn(platform.events$)).toBe('   --e--(0i)-c');
      // For the first reading, and for its whole life.
      expectSubscriptions(clock$.subscriptions).toBe(['--(^!)', '--^-------!']);
    });
  });
});

describe('the stream of a session whose process died', () => {
  it.each<[string, LeftAt['stream'] | undefined, readonly string[]]>([
    ['is opened when there was none', undefined, ['resolve', 'create', 'link', 'send 0', 'end']],
    ['is linked when it was only created', { isOpened: false }, ['resolve', 'link', 'send 0', 'end']],
    ['is used when it was opened', { isOpened: true }, ['send 0', 'end']],
    ['is ended again when that was asked and not answered', { isEndAsked: true }, ['send 0', 'end']],
  ])('%s', (_, stream, calls) => {
    const found = takenOver({ accepted: 1, ...(stream && { stream }) });
    expect(found.calls).toEqual(calls);
    expect(found.last).toMatchObject({ type: 'closed', report: { delivered: 1, streams: ['stream-1'] } });
  });

  it('is left alone when the platform has closed it: nobody asked for another', () => {
    const { calls, last, types } = takenOver(
      { accepted: 2, stream: {} },
      { replies: { send: { fail: ingestFailure('presign', 410) } } },
    );
    expect(calls).not.toContain('create');
    expect(types).not.toContain('lost 0');
    expect(last).toMatchObject({
      type: 'gaveUp',
      phase: 'deliver',
      problem: { status: 410 },
      report: { kept: 2, lost: 0 },
    });
  });

  it('is continued, once in a process, when somebody asked for the session to be sent again', () => {
    const gone = { fail: ingestFailure('presign', 410) };
    const left = {
      accepted: 2,
      delivered: [0],
      stream: {},
      recovered: { mayContinue: true },
      ending: 'complete',
    } as const;
    expect(takenOver(left, { replies: { send: [gone, {}] } }).last).toMatchObject({
      type: 'closed',
      report: { streams: ['stream-1', 'stream-1'], delivered: 2 },
    });
    const again = takenOver(left, { replies: { send: gone } });
    expect(again.calls.filter((call) => call === 'create')).toHaveLength(1);
    expect(again.last).toMatchObject({ type: 'gaveUp', report: { kept: 1, lost: 0 } });
  });

  it('that has its end gets no more chunks: what is sent again goes into a continuation', () => {
    const { calls, told, last } = takenOver({
      accepted: 3,
      delivered: [0, 2],
      retried: [1],
      ending: 'complete',
      stream: { isEnded: true },
      recovered: { mayContinue: true },
    });
    expect(calls).toEqual(['resolve', 'create', 'link', 'send 0', 'end']);
    expect(one(told, 'opened')).toMatchObject([{ continues: 'stream-1', firstIndex: 1 }]);
    expect(one(told, 'delivered')).toMatchObject([{ chunk: { index: 1 }, as: 0 }]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 3, rejected: 0, deadLetters: [] } });
  });

  it('that has its end, and nothing left to send, is asked nothing', () => {
    const { calls, last } = takenOver({
      ending: 'complete',
      stream: { isEnded: true },
      recovered: { mayContinue: true },
    });
    expect(calls).toEqual([]);
    expect(last).toMatchObject({ type: 'closed', dataId: 'stream-1' });
  });

  it('that has its end is not continued by itself', () => {
    const { calls, last } = takenOver({ accepted: 1, ending: 'complete', stream: { isEnded: true } });
    expect(calls).toEqual([]);
    expect(last).toMatchObject({
      type: 'gaveUp',
      phase: 'deliver',
      problem: { message: 'stream stream-1 is over, and takes no more chunks' },
      report: { kept: 1 },
    });
  });

  it('that began after a dead letter cannot hold it: it is ended, and the rest goes into another', () => {
    const { calls, told, last } = takenOver({
      accepted: 4,
      delivered: [0, 2],
      retried: [1],
      ending: 'complete',
      stream: { firstIndex: 2 },
      recovered: { mayContinue: true },
    });
    expect(calls).toEqual(['end', 'resolve', 'create', 'link', 'send 2', 'send 0', 'end']);
    expect(one(told, 'opened')).toMatchObject([{ firstIndex: 1 }]);
    expect(last).toMatchObject({ type: 'closed', report: { delivered: 4 } });
  });

  it('is linked anew when it is sent again on demand: the links may be others', () => {
    const left = { accepted: 1, stream: {}, recovered: { mayContinue: true }, ending: 'complete' } as const;
    const { calls, told } = takenOver(left);
    expect(calls).toEqual(['resolve', 'link', 'send 0', 'end']);
    expect(one(told, 'opened')).toEqual([]);
  });
});

describe("another organisation's stream", () => {
  const gone = ingestFailure('end', 404);

  it('is left alone when it cannot be ended', () => {
    const { last } = takenOver({ ending: 'complete', stream: {} }, { replies: { end: { fail: gone } } });
    expect(last).toMatchObject({ type: 'gaveUp', phase: 'end', problem: { status: 404 }, report: { ended: false } });
  });

  it.each<[string, LeftAt]>([
    ['took a chunk of this process', { accepted: 1, stream: {} }],
    ['was linked by this process', { ending: 'complete', stream: { isOpened: false } }],
    ['was asked to end before', { ending: 'complete', stream: { isEndAsked: true } }],
  ])('is it not when it %s: then it is over', (_, left) => {
    const { last } = takenOver(left, { replies: { end: { fail: gone } } });
    expect(last).toMatchObject({ type: 'closed' });
  });

  it('is left alone when it is there for no link, and no link of it is called refused', () => {
    const { last, types } = takenOver(
      { accepted: 1, ending: 'complete', stream: { isOpened: false }, options: { tags: ['a', 'b'] } },
      { replies: { link: { fail: ingestFailure('link', 404) } } },
    );
    expect(types).toEqual(['recovered', 'gaveUp']);
    expect(last).toMatchObject({ phase: 'open', report: { kept: 1, linksRefused: [] } });
  });
});
