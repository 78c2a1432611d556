import { describe, expect, it } from '@jest/globals';
import { BackgroundPace } from '../../src/server/backgroundPace.js';

/** Time that passes when work is done or somebody waits. */
const pacing = () => {
  let now = 1000;
  const rests: number[] = [];
  const signals: AbortSignal[] = [];
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    signals.push(signal);
    rests.push(ms);
    now += ms;
  };
  const pace = new BackgroundPace({ nowMs: () => now, wait });
  const work = (ms: number) =>
    pace.work(() => {
      now += ms;
      return ms;
    });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { pace, rests, signals, work, pass };
};

describe('BackgroundPace', () => {
  it('works on while nobody uploads', async () => {
    const { rests, work } = pacing();
    expect(await work(20)).toBe(20);
    expect(rests).toEqual([]);
  });

  it('has a tenth of the time while somebody does, and a moment longer', async () => {
    const { pace, rests, work, pass } = pacing();
    let finish = (): void => {};
    const upload = pace.during(() => new Promise<void>((resolve) => (finish = resolve)));
    await work(20);
    finish();
    await upload;
    await work(5);
    expect(rests).toEqual([180, 45]);
    pass(200);
    await work(20);
    expect(rests).toHaveLength(2);
  });

  it('rests for a second at most', async () => {
    const { pace, rests, work } = pacing();
    await pace.during(() => work(500));
    expect(rests).toEqual([1000]);
  });

  it('rests no longer when the platform stops', async () => {
    const { pace, signals, work } = pacing();
    await pace.during(() => work(500));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    pace.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('goes on after an upload that failed', async () => {
    const { pace, rests, work, pass } = pacing();
    await expect(pace.during(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    pass(200);
    await work(20);
    expect(rests).toEqual([]);
  });
});
