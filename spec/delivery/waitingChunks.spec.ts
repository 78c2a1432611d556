import { describe, expect, it } from '@jest/globals';
import { EMPTY } from 'rxjs';
import { WaitingChunks } from '../../src/delivery/waitingChunks.js';
import type { Pending } from '../../src/journal/sessionJournal.js';

const pending = (index: number): Pending => ({
  chunk: { index, revision: 0, items: 1 },
  time: { startMs: 0, timeBase: 'host' },
  body: () => EMPTY,
});
const indexOf = (taken: Pending | undefined) => taken?.chunk.index;

describe('the chunks that wait', () => {
  it('are live for a minute, oldest first', () => {
    const waiting = new WaitingChunks();
    for (const index of [0, 1, 2]) waiting.add(pending(index), 1000 * index);
    expect(indexOf(waiting.takeLive(59_999))).toBe(0);
    expect(indexOf(waiting.takeLive(60_999))).toBe(1);
    expect(waiting.hasBacklog).toBe(false);
    expect(indexOf(waiting.takeLive(62_000))).toBeUndefined();
    expect([waiting.hasBacklog, waiting.isEmpty]).toEqual([true, false]);
    expect(indexOf(waiting.takeBacklog())).toBe(2);
    expect([waiting.hasBacklog, waiting.isEmpty]).toEqual([false, true]);
  });

  it('are a backlog after that, oldest first, and keep out of the way of younger ones', () => {
    const waiting = new WaitingChunks();
    for (const index of [0, 1, 2, 3]) waiting.add(pending(index), 30_000 * index);
    expect(indexOf(waiting.takeLive(100_000))).toBe(2);
    expect([1, 2, 3].map(() => indexOf(waiting.takeBacklog()))).toEqual([0, 1, undefined]);
    expect(indexOf(waiting.takeLive(100_000))).toBe(3);
  });
});
