import { describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, NEVER, type Observable, take, toArray } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { chargedMergeMap } from '../../src/flow/chargedMergeMap.js';
import { fromFrames } from '../../src/sources/fromFrames.js';

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

/** Long enough for everything that does not wait for something to have happened. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

const counting = () => {
  const seen = { pulled: 0, closed: 0 };
  async function* items(end = Number.POSITIVE_INFINITY) {
    try {
      while (seen.pulled < end) yield seen.pulled++;
    } finally {
      seen.closed++;
    }
  }
  return { seen, items };
};

describe('fromFrames', () => {
  it('emits the items of an iterable, of any type, and completes', async () => {
    await expect(all(fromFrames([1, 'two', undefined, null]))).resolves.toEqual([1, 'two', undefined, null]);
  });

  it('emits the items of an async iterable, and completes', async () => {
    await expect(all(fromFrames(counting().items(3)))).resolves.toEqual([0, 1, 2]);
  });

  it('completes at once for an empty iterable', async () => {
    await expect(all(fromFrames([]))).resolves.toEqual([]);
  });

  it('iterates anew for each subscription', async () => {
    const frames$ = fromFrames(['a', 'b']);
    await expect(Promise.all([all(frames$), all(frames$)])).resolves.toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it.each([
    [
      'an iterable',
      function* () {
        yield 'a';
        throw new Error('the disk is gone');
      },
    ],
    [
      'an async iterable',
      async function* () {
        yield 'a';
        throw new Error('the disk is gone');
      },
    ],
  ])('emits what came before the error of %s, then the error', async (_, items) => {
    const seen: string[] = [];
    await expect(fromFrames(items()).forEach((item) => void seen.push(item))).rejects.toThrow('the disk is gone');
    expect(seen).toEqual(['a']);
  });

  it('fails when the iterable cannot even begin', async () => {
    const broken = {
      [Symbol.iterator](): Iterator<never> {
        throw new Error('no camera');
      },
    };
    await expect(all(fromFrames(broken))).rejects.toThrow('no camera');
  });

  it('does not pull 400 items of 1 MiB ahead of a stalled platform', async () => {
    const budget = new Budget(64 * 2 ** 20);
    const { seen, items } = counting();
    const running = fromFrames(items(400), { budget })
      .pipe(
        chargedMergeMap(
          budget,
          () => 2 ** 20,
          () => NEVER,
        ),
      )
      .subscribe();
    await settled();
    expect(seen.pulled).toBe(32);
    expect(budget.peak).toBe(32 * 2 ** 20);
    expect(budget.waiting).toBe(1);
    running.unsubscribe();
    await settled();
    expect({ ...seen, used: budget.used, waiting: budget.waiting }).toEqual({
      pulled: 32,
      closed: 1,
      used: 0,
      waiting: 0,
    });
  });

  it('pulls one item for one that leaves the budget', async () => {
    const budget = new Budget(2);
    const account = budget.account();
    const { seen, items } = counting();
    const running = fromFrames(items(), { budget }).subscribe(() => account.charge(1));
    await settled();
    expect(seen.pulled).toBe(1);
    account.release(1);
    await settled();
    expect(seen.pulled).toBe(2);
    running.unsubscribe();
  });

  it('stops a synchronous iterable with its last wanted item, and closes it', async () => {
    const seen = { pulled: 0, closed: 0 };
    function* items() {
      try {
        for (;;) yield seen.pulled++;
      } finally {
        seen.closed++;
      }
    }
    await expect(all(fromFrames(items()).pipe(take(3)))).resolves.toEqual([0, 1, 2]);
    await settled();
    expect(seen).toEqual({ pulled: 3, closed: 1 });
  });

  it('closes an iterator that is left while it waits for the budget, and pulls nothing more', async () => {
    const budget = new Budget(1);
    budget.account().charge(1);
    const { seen, items } = counting();
    fromFrames(items(), { budget }).subscribe().unsubscribe();
    await settled();
    expect({ pulled: seen.pulled, waiting: budget.waiting }).toEqual({ pulled: 0, waiting: 0 });
  });

  it('does not close an iterator that came to its own end', async () => {
    let closed = 0;
    const once = {
      next: () => ({ done: true as const, value: undefined }),
      return: () => ({ done: true as const, value: closed++ }),
    };
    await all(fromFrames({ [Symbol.iterator]: () => once }));
    const ended = {
      next: async () => ({ done: true as const, value: undefined }),
      return: async () => ({ done: true as const, value: closed++ }),
    };
    await all(fromFrames({ [Symbol.asyncIterator]: () => ended }));
    expect(closed).toBe(0);
  });

  it('warns the process when an iterator cannot be closed', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    async function* items() {
      try {
        yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what this spec is about.
        throw new Error('the file cannot be closed');
      }
    }
    await all(fromFrames(items()).pipe(take(1)));
    await settled();
    expect(warn.mock.calls).toEqual([['an iterable could not be closed: Error: the file cannot be closed']]);
    warn.mockRestore();
  });

  it('ends and closes the iterator when the signal is aborted, also in mid-pull', async () => {
    const stop = new AbortController();
    const { seen, items } = counting();
    const whole = all(fromFrames(items(200_000), { signal: stop.signal }));
    await settled();
    stop.abort();
    const emitted = await whole;
    await settled();
    expect(seen.closed).toBe(1);
    expect(emitted.length).toBeLessThan(200_000);
    expect(seen.pulled - emitted.length).toBeLessThanOrEqual(1);
  });

  it('emits nothing for a signal that was aborted before', async () => {
    const { seen, items } = counting();
    await expect(all(fromFrames(items(), { signal: AbortSignal.abort() }))).resolves.toEqual([]);
    expect(seen.pulled).toBe(0);
  });

  it('lets timers have their turn while an iterable in memory runs', async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 10);
    const giveUp = performance.now() + 2000;
    function* items() {
      while (!fired && performance.now() < giveUp) yield 1;
    }
    await fromFrames(items()).forEach(() => {});
    expect(fired).toBe(true);
  });
});
