import { describe, expect, it } from '@jest/globals';
import { map, timer } from 'rxjs';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import type { Replies } from '../../src/testing/fakeIngest.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';
import { ingestFailure } from '../../src/testing/ingestFailure.js';
import { marbles } from '../../src/testing/marbles.js';

const asked = { fps: 0.5, rotationsPerMin: 0, chunkSize: 1, streamName: 'Growth run 42' };
const gone = { afterMs: 1, fail: ingestFailure('presign', 410) };

/** One frame a chunk into a platform; the error it ends with, if any. */
const run = (replies: Replies, source: string, closeAt?: number) => {
  const platform = fakePlatform({ replies, retry: { baseMs: 4 } });
  let error: { message: string; context: { report: object } } | undefined;
  const problems: string[] = [];
  platform.events$.subscribe((event) => event.type === 'orphaned' && problems.push(event.problem.message));
  marbles(({ hot, flush }) => {
    hot(source)
      .pipe(
        map(() => grayFrame()),
        rheedSink(platform, asked),
      )
      .subscribe({ error: (e: typeof error) => (error = e) });
    if (closeAt !== undefined) timer(closeAt).subscribe(() => void platform.close({ deadlineMs: 10 }));
    flush();
  });
  return { platform, error, problems };
};

describe('the continuation of a closed stream', () => {
  it('goes on without a link that is refused, and reports it', () => {
    const links = [{}, { fail: ingestFailure('link', 404) }];
    const platform = fakePlatform({ replies: { link: links, send: [gone, {}] } });
    marbles(({ hot, flush }) => {
      let last: unknown;
      hot('a|')
        .pipe(
          map(() => grayFrame()),
          rheedSink(platform, asked),
        )
        .subscribe((event) => (last = event));
      flush();
      expect(last).toMatchObject({
        type: 'closed',
        report: { delivered: 1, streams: ['stream-1', 'stream-2'], linksRefused: [{ status: 404 }] },
      });
    });
  });

  it('is not asked for any more once its session has been given up', () => {
    // Answered at last, so that retries which went on would come to an end: after 13 creates, not 5.
    const create = [{}, ...Array(12).fill({ afterMs: 1, fail: ingestFailure('create', 503) }), {}];
    const { platform, error } = run({ create, send: gone }, 'a', 20);
    expect(platform.calls.filter((call) => call === 'create').length).toBeLessThan(6);
    expect(error?.context.report).toMatchObject({ offered: 1, lost: 1 });
  });
});

describe('an opening that is given up', () => {
  const stalled = { afterMs: 100_000 };

  it.each([
    ['while the stream is created', { create: stalled }, 'nobody waited for the answer to its creation'],
    ['before it is linked', { link: stalled }, 'stream stream-1 was created, and neither linked nor ended'],
  ])('%s names the stream that may stand on the platform', (_, replies, message) => {
    const { error, problems } = run(replies, 'a');
    expect(error?.context.report).toMatchObject({ orphans: ['Growth run 42'], streams: [], lost: 1 });
    expect(problems).toEqual([message]);
  });

  it('between two attempts names none: the platform has refused the last', () => {
    const { error } = run({ create: { fail: ingestFailure('create', 503) } }, 'a', 20);
    expect(error?.context.report).toMatchObject({ orphans: [], lost: 1 });
  });
});

describe('a stream whose links are refused', () => {
  it.each([
    ['was ended', {}],
    ['could not be ended', { fail: ingestFailure('end', 422) }],
  ])('%s, and the error says so', (fate, end) => {
    const { error } = run({ link: { fail: ingestFailure('link', 422) }, end }, 'a');
    expect(error?.message).toContain(`stream stream-1 had been created, and ${fate}`);
  });
});
