import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeByTime } from '../../../src/sources/csv/mergeByTime.js';

interface Item {
  readonly t: number;
  readonly of: number;
}

async function* given(batches: readonly (readonly Item[])[], closed: string[] = [], name = '') {
  try {
    yield* batches;
  } finally {
    closed.push(name);
  }
}

const never = async () => false;

const all = async (sources: AsyncGenerator<readonly Item[]>[], pause: () => Promise<boolean> = never) => {
  const items: Item[] = [];
  for await (const batch of mergeByTime(sources, pause)) items.push(...batch);
  return items;
};

describe('mergeByTime', () => {
  it('merges what is in order into what is, of the same time the earlier sequence first', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const batch = fc.array(fc.nat(20), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(batch, { maxLength: 30 }), { maxLength: 5 }), async (lanes) => {
        const sequences = lanes.map((batches, of) => {
          let t = 0;
          return batches.map((steps) =>
            steps.map((step) => {
              t += step;
              return { t, of };
            }),
          );
        });
        const expected = sequences.flat(2).sort((a, b) => a.t - b.t || a.of - b.of);
        expect(await all(sequences.map((batches) => given(batches)))).toEqual(expected);
      }),
      { seed, numRuns: 60 },
    );
  });

  it('gives nothing for no sequences, and for empty ones', async () => {
    expect(await all([])).toEqual([]);
    expect(await all([given([]), given([])])).toEqual([]);
  });

  it('goes on without a sequence that has nothing at the moment, and asks it again when none has', async () => {
    const looks: string[] = [];
    async function* slow() {
      yield [];
      looks.push('asked again');
      yield [{ t: 1, of: 0 }];
    }
    const items = await all([slow(), given([[{ t: 5, of: 1 }], [{ t: 6, of: 1 }]])], async () => {
      looks.push('pause');
      return true;
    });
    expect(items.map(({ t }) => t)).toEqual([5, 6, 1]);
    expect(looks).toEqual(['pause', 'asked again']);
  });

  it('ends and closes all when the pause is over for good', async () => {
    const closed: string[] = [];
    async function* silent() {
      for (;;) yield [];
    }
    const endless = silent();
    expect(await all([endless, given([[], [{ t: 1, of: 1 }]], closed, 'b')])).toEqual([]);
    expect(closed).toEqual(['b']);
    expect(await endless.next()).toEqual({ done: true, value: undefined });
  });

  it('closes all when it is left', async () => {
    const closed: string[] = [];
    const batches = [[{ t: 1, of: 0 }], [{ t: 2, of: 0 }]];
    for await (const _ of mergeByTime([given(batches, closed, 'a'), given(batches, closed, 'b')], never)) break;
    expect(closed).toEqual(['a', 'b']);
  });

  it('gives what was before an error, then the error, and closes the others', async () => {
    const closed: string[] = [];
    async function* failing() {
      yield [{ t: 1, of: 0 }];
      throw new Error('the disk is gone');
    }
    const seen: number[] = [];
    const reading = async () => {
      const sources = [
        failing(),
        given(
          [
            [
              { t: 0, of: 1 },
              { t: 9, of: 1 },
            ],
          ],
          closed,
          'b',
        ),
      ];
      for await (const batch of mergeByTime<Item>(sources, never)) seen.push(...batch.map(({ t }) => t));
    };
    await expect(reading()).rejects.toThrow('the disk is gone');
    expect({ seen, closed }).toEqual({ seen: [0, 1], closed: ['b'] });
  });

  it('gives at most 512 items at a time, so that others get their turn', async () => {
    const many = Array.from({ length: 2000 }, (_, t) => ({ t, of: 0 }));
    const sizes: number[] = [];
    for await (const batch of mergeByTime([given([many])], never)) sizes.push(batch.length);
    expect(sizes).toEqual([512, 512, 512, 464]);
  });
});
