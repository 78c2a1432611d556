import { describe, expect, it } from '@jest/globals';
import { UnderWay } from '../../src/spool/underWay.js';

describe('work under way', () => {
  it('is over at once when there is none', async () => {
    await new UnderWay().over();
  });

  it('is over when all of it is, also what began in the meantime, and however it ended', async () => {
    const work = new UnderWay();
    const ended: string[] = [];
    const part = async (name: string, then?: () => void) => {
      await new Promise(setImmediate);
      ended.push(name);
      then?.();
    };
    work.add(part('first', () => work.add(part('second'))));
    work.add(Promise.reject(new Error('told to whoever began it')));
    await work.over();
    expect(ended).toEqual(['first', 'second']);
  });
});
