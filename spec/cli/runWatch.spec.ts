import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY, type Subscription } from 'rxjs';
import { Feed } from '../../src/cli/feed.js';
import type { Progress } from '../../src/cli/progress.js';
import { RunWatch } from '../../src/cli/runWatch.js';
import type { Platform } from '../../src/delivery/platform.js';
import { emptyReport } from '../../src/model/addToReport.js';
import type { RunPart } from '../../src/model/runStreamName.js';
import { watched } from './spool/watched.js';

const none = { part: 'frames', noun: 'frame', items: 0 };
const spool = { dir: '/spool', usedBytes: 5, roomBytes: 10, isFull: false };
const problem = { tag: 'IngestError', message: 'create: no answer' };
const paused = { paused: { ...problem, status: 401 } };
const outage = (since: number) => ({ outage: { since, problem } });

let following: Subscription | undefined;
afterEach(() => {
  following?.unsubscribe();
  jest.restoreAllMocks();
});

/** Resolves with the code that the process would have ended with. */
const exitCode = () =>
  new Promise((resolve) => {
    jest.spyOn(process, 'exit').mockImplementation((code) => resolve(code) as never);
    for (const output of [process.stdout, process.stderr])
      jest.spyOn(output, 'write').mockImplementation((_text: unknown, done?: unknown) => {
        if (typeof done === 'function') done();
        return true;
      });
  });

const open = (...parts: readonly RunPart[]) => {
  if (parts.length === 0) return open('frames');
  const said: unknown[][] = [];
  const progress: Progress[] = [];
  const log = {
    event: () => {},
    window: () => {},
    note: (text: string) => said.push(['note', text]),
    warn: (text: string) => said.push(['warn', text]),
    progress: (now: Progress) => progress.push(now),
    stopping: (undelivered: readonly object[], where: object) => said.push(['stopping', undelivered, where]),
    end: (code: number, ends: readonly object[], where: object) => said.push(['end', code, ends, where]),
  };
  const watch = new RunWatch({ endpoint: 'http://e', spool: { dir: '/spool' } }, log);
  const feeds = parts.map((part) => new Feed({ part, total: 7, into: () => EMPTY }));
  const [{ tally }] = feeds as [Feed];
  const { platform, ...signs } = watched();
  const closed: object[] = [];
  const closing = { ...platform, close: async (options: object) => closed.push(options) } as unknown as Platform;
  following = watch.platform(closing, feeds);
  return { watch, feeds, tally, said, progress, closed, platform: closing, ...signs };
};

describe('RunWatch', () => {
  it('says where frames are kept while the platform is away, and when it is back', () => {
    const { said, status, event } = open();
    status({ spool, ...outage(Date.now() - 5_000) });
    event('ending', 'own');
    status({ spool });
    event('ending', 'other');
    expect(said).toEqual([
      ['note', 'create: no answer: frames are kept in /spool, and sent when it answers'],
      ['note', 'all is read; it will be delivered when the platform answers (Ctrl-C twice leaves it on disk)'],
      ['note', 'the platform answers again'],
    ]);
  });

  it('does not promise a disk that is not there', () => {
    const { said, status, event, watch } = open();
    status(outage(Date.now() - 5_000));
    event('ending');
    expect(said).toEqual([['note', 'create: no answer: frames are kept in memory, and sent when it answers']]);
    expect(watch.where).toEqual({});
  });

  it('knows where what is kept can be found, and how it is delivered', () => {
    const { watch, status } = open();
    status({ spool });
    const resume = 'epistream spool drain --endpoint http://e --spool /spool';
    expect(watch.where).toEqual({ spool: { dir: '/spool', resume } });
  });

  it('tells of the sessions of earlier runs, and of what the library warns of', async () => {
    const { said, event, events } = open();
    event('recovered', 'old');
    events({ type: 'closed', session: 'old', at: 0, report: { ...emptyReport('old' as never, 'rheed'), ended: true } });
    expect(process.listenerCount('warning')).toBe(1); // Node would print it beside the run's own lines
    process.emit('warning', new Error('the spool will be full'));
    expect(said.map(([kind, text]) => [kind, String(text).slice(0, 22)])).toEqual([
      ['note', 'session old of an earl'],
      ['note', 'session old of an earl'],
      ['warn', 'the spool will be full'],
    ]);
  });

  it('waits for a key, and not for an answer, while one is refused', async () => {
    const { watch, said, status, event, progress, platform } = open();
    status({ spool, ...outage(Date.now() - 5_000) });
    status({ spool, ...paused });
    event('ending');
    const waitsFor = 'a key that works';
    expect(said.slice(1)).toEqual([
      ['note', 'all is read; it will be delivered with a key that works (Ctrl-C twice leaves it on disk)'],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(progress[0]).toMatchObject({ waitsFor });
    watch.stop(1, platform);
    event('ending');
    expect(said.slice(2)).toEqual([['stopping', [none], expect.objectContaining({ waitsFor })]]);
    status({ spool });
    expect([said.at(-1), watch.where.waitsFor]).toEqual([['note', 'the platform answers again'], undefined]);
  });

  it('knows that its session was given up for want of a key', () => {
    const { watch, tally, events } = open();
    const gaveUp = {
      type: 'gaveUp',
      phase: 'open',
      at: 0,
      report: emptyReport('s' as never, 'rheed'),
      problem: paused.paused,
    };
    tally.event({ type: 'intent', step: 'create', session: 's' as never, at: 0 });
    events({ ...gaveUp, session: 'another' });
    expect(watch.where.waitsFor).toBeUndefined();
    events({ ...gaveUp, session: 's' });
    expect(watch.where.waitsFor).toBe('a key that works');
  });

  it('says that it was stopped, and counts what was read', async () => {
    const { watch, tally, said, status, event, progress, platform } = open();
    status({ spool, ...outage(Date.now() - 5_000) });
    tally.took(3);
    watch.stop(1, platform);
    event('ending');
    expect(said.at(-1)).toEqual([
      'note',
      'stopped: 3 frames read; the rest of them is delivered when the platform answers (one more Ctrl-C leaves it on disk)',
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(progress[0]).toMatchObject({ feeds: [{ read: 3 }], isStopped: true });
  });

  it('shows the backlog and the spool', async () => {
    const { status, progress } = open();
    status({ undelivered: 3, spool });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(progress[0]).toMatchObject({
      feeds: [{ noun: 'frame', read: 0, bytes: 0, total: 7 }],
      undelivered: 3,
      spool,
    });
  });

  it('drains at the first request to stop, without a deadline', () => {
    const { watch, said, closed, platform, status } = open();
    status({ spool });
    watch.stop(1, platform);
    expect([said, closed]).toEqual([[['stopping', [none], watch.where]], [{ deadlineMs: 2 ** 31 - 1 }]]);
  });

  it('leaves at the second with what is on the disk, once the rest of it is there', async () => {
    const exited = exitCode();
    const { watch, tally, said, platform, status } = open();
    status({ spool });
    const chunk = { index: 0, revision: 0, items: 4 };
    const events = [
      { type: 'accepted', chunk, time: { startMs: 0, timeBase: 'host' } },
      { type: 'durable', chunk, bytes: 1 },
    ] as const;
    tally.event({ ...events[0], session: 's' as never, at: 0 });
    watch.stop(2, platform);
    expect(said).toEqual([]);
    tally.event({ ...events[1], session: 's' as never, at: 0 });
    expect(await exited).toBe(1);
    expect(said).toMatchObject([['end', 1, [{ report: { kept: 4, lost: 0 } }], { spool: { dir: '/spool' } }]]);
  });

  it('leaves at once when it is asked a third time', async () => {
    jest.useFakeTimers();
    const exited = exitCode();
    const { watch, tally, said, platform, status } = open();
    status({ spool });
    const chunk = { index: 0, revision: 0, items: 4 };
    tally.event({
      type: 'accepted',
      chunk,
      time: { startMs: 0, timeBase: 'host' },
      session: 's' as never,
      at: 0,
    });
    watch.stop(3, platform);
    jest.advanceTimersByTime(1);
    jest.useRealTimers();
    expect(await exited).toBe(1);
    expect(said).toMatchObject([['end', 1, [{ report: { kept: 0, lost: 4 } }], {}]]);
  });

  it('says that all is read when the last of several inputs is', () => {
    const { feeds, said, status, event } = open('frames', 'channels');
    const [frames, channels] = feeds as [Feed, Feed];
    const sent = (feed: Feed, type: string, more: object = {}) =>
      feed.tally.event({ type, session: feed.part, at: 0, ...more } as never);
    status({ spool, ...outage(Date.now() - 5_000) });
    for (const feed of feeds) sent(feed, 'intent', { step: 'create' });
    sent(frames, 'ending', { outcome: 'complete' });
    event('ending', 'frames');
    expect(said).toEqual([
      ['note', 'create: no answer: frames and points are kept in /spool, and sent when it answers'],
    ]);
    sent(channels, 'ending', { outcome: 'complete' });
    event('ending', 'channels');
    expect(said.at(-1)).toEqual([
      'note',
      'all is read; it will be delivered when the platform answers (Ctrl-C twice leaves it on disk)',
    ]);
  });

  it('leaves several inputs with what is on the disk of each', async () => {
    const exited = exitCode();
    const { watch, feeds, said, platform, status } = open('frames', 'channels');
    status({ spool });
    for (const { part, tally } of feeds) {
      const about = { session: part as never, at: 0, chunk: { index: 0, revision: 0, items: 4 } };
      tally.event({ type: 'accepted', ...about, time: { startMs: 0, timeBase: 'host' } });
      tally.event({ type: 'durable', ...about, bytes: 1 });
    }
    watch.stop(2, platform);
    expect(await exited).toBe(1);
    const left = { kept: 4, lost: 0 };
    const [, , ends] = said[0] as [string, number, readonly object[]];
    expect(ends[1]).not.toHaveProperty('error'); // said once
    expect(said).toMatchObject([
      [
        'end',
        1,
        [
          { part: 'frames', report: left, error: new Error('stopped at once') },
          { part: 'channels', report: left },
        ],
        {},
      ],
    ]);
  });
});
