import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { InputError } from '../../src/model/errors.js';
import { rheedSink } from '../../src/sinks/rheedSink.js';
import { fakePlatform } from '../../src/testing/fakePlatform.js';
import { grayFrame } from '../../src/testing/grayFrame.js';

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
