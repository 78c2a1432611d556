// A pipeline of your own, tested in virtual time: `node --test examples/testingAPipeline.mjs`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rheedSink } from 'epistream';
import { fakePlatform, grayFrame, ingestFailure, marbles } from 'epistream/testing';
import { filter, map, pipe } from 'rxjs';

/**
 * What is tested: frames whose shutter was closed (all dark) are left out, the rest goes to the platform.
 *
 * @param {import('epistream/testing').FakePlatform} platform
 */
const litFramesTo = (platform) =>
  pipe(
    filter((/** @type {import('epistream').Frame<'gray8'>} */ { data }) => data.some((value) => value > 0)),
    rheedSink(platform, { fps: 0.5, rotationsPerMin: 0, chunkSize: 2 }),
    map(({ type }) => type),
    filter((type) => type === 'delivered' || type === 'closed'),
  );

const [first, second] = [grayFrame({ frameId: 1 }), grayFrame({ frameId: 2 })];
const dark = grayFrame({ data: new Uint8Array(12) });

describe('litFramesTo', () => {
  it('leaves dark frames out', () =>
    marbles(({ cold, flush, expectObservable }) => {
      const platform = fakePlatform();
      const source = cold('a-x-b-|', { a: first, x: dark, b: second });
      const expected = '   ----d-(c|)';
      expectObservable(source.pipe(litFramesTo(platform))).toBe(expected, { d: 'delivered', c: 'closed' });
      flush();
      assert.deepEqual(platform.received[0]?.frames, [first.data, second.data]);
    }));

  it('delivers when the platform is back', () =>
    marbles(({ cold, flush, expectObservable }) => {
      const platform = fakePlatform({
        replies: { send: [{ fail: ingestFailure('send', 503) }, {}] },
        retry: { baseMs: 10 },
      });
      const source = cold('a-(b|)', { a: first, b: second });
      const expected = '   -- 10ms (dc|)';
      expectObservable(source.pipe(litFramesTo(platform))).toBe(expected, { d: 'delivered', c: 'closed' });
      flush();
      assert.deepEqual(
        platform.calls.filter((call) => call.startsWith('send')),
        ['send 0', 'send 0'],
      );
    }));
});
