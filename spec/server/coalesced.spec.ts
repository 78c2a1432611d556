import { describe, expect, it } from '@jest/globals';
import { Coalesced } from '../../src/server/coalesced.js';

/** A task that runs until it is told how it ended. */
const slowTask = () => {
  const ends: ((failure?: Error) => void)[] = [];
  const task = (): Promise<void> =>
    new Promise((resolve, reject) => {
      ends.push((failure) => (failure === undefined ? resolve() : reject(failure)));
    });
  return { ends, task };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = 1e6;

describe('Coalesced', () => {
  it('starts at once, and runs once more for all who ask meanwhile', async () => {
    const { ends, task } = slowTask();
    const coalesced = new Coalesced(task, 1);
    coalesced.ask();
    expect(ends).toHaveLength(1);
    for (let k = 0; k < 5; k += 1) coalesced.ask();
    ends[0]?.();
    const settled = coalesced.settle();
    await turn();
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await settled;
    expect(ends).toHaveLength(2);
  });

  it('rests after a run, until somebody wants it settled', async () => {
    const { ends, task } = slowTask();
    const coalesced = new Coalesced(task, never);
    coalesced.ask();
    ends[0]?.();
    await turn();
    coalesced.ask();
    await turn();
    expect(ends).toHaveLength(1);
    const settled = coalesced.settle();
    await turn();
    ends[1]?.();
    await settled;
    expect(ends).toHaveLength(2);
  });

  it('has settled when nobody has asked', async () => {
    await expect(new Coalesced(() => Promise.reject(new Error('not asked for')), never).settle()).resolves.toBe(
      undefined,
    );
  });

  it('tries again after a rest what has failed', async () => {
    let runs = 0;
    const done = new Promise<void>((resolve) => {
      const coalesced = new Coalesced(async () => {
        runs += 1;
        if (runs < 3) throw new Error('disk full');
        resolve();
      }, 1);
      coalesced.ask();
    });
    await done;
    expect(runs).toBe(3);
  });

  it('says why it cannot be settled, and may be asked again', async () => {
    let isFull = true;
    let written = 0;
    const coalesced = new Coalesced(async () => {
      if (isFull) throw new Error('disk full');
      written += 1;
    }, never);
    coalesced.ask();
    await expect(coalesced.settle()).rejects.toThrow('disk full');
    isFull = false;
    await coalesced.settle();
    expect(written).toBe(1);
    await coalesced.settle();
    expect(written).toBe(1);
  });
});
