import { describe, expect, it } from '@jest/globals';
import { readAhead } from '../../src/sources/readAhead.js';

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

const sequences = (...lengths: number[]) => {
  const log: string[] = [];
  const made = lengths.map(
    (length, index) =>
      async function* () {
        log.push(`begin ${index}`);
        try {
          for (let item = 0; item < length; item++) yield `${index}.${item}`;
          if (length === 0) throw new Error(`${index} is broken`);
        } finally {
          log.push(`end ${index}`);
        }
      },
  );
  return { log, made };
};

describe('readAhead', () => {
  it('yields the items of one sequence after the other', async () => {
    const items: string[] = [];
    for await (const item of readAhead(sequences(2, 1, 3).made, 2)) items.push(item);
    expect(items).toEqual(['0.0', '0.1', '1.0', '2.0', '2.1', '2.2']);
  });

  it('begins as many as it is told, and no more before one is through', async () => {
    const { log, made } = sequences(1, 1, 1, 1);
    const ahead = readAhead(made, 2);
    await ahead.next();
    await settled();
    expect(log).toEqual(['begin 0', 'begin 1']);
    await ahead.next();
    expect(log).toEqual(['begin 0', 'begin 1', 'end 0', 'begin 2']);
    await ahead.return(undefined);
  });

  it('yields everything before a sequence that fails, and begins nothing after it', async () => {
    const { log, made } = sequences(2, 0, 1, 1);
    const items: string[] = [];
    const run = (async () => {
      for await (const item of readAhead(made, 3)) items.push(item);
    })();
    await expect(run).rejects.toThrow('1 is broken');
    expect(items).toEqual(['0.0', '0.1']);
    expect(log.filter((line) => line.startsWith('end')).length).toBe(
      log.filter((line) => line.startsWith('begin')).length,
    );
  });

  it('closes all it has begun when it is left early, also one that has failed by then', async () => {
    const { log, made } = sequences(2, 0, 5);
    const ahead = readAhead(made, 3);
    await ahead.next();
    await ahead.return(undefined);
    expect(log.filter((line) => line.startsWith('end')).sort()).toEqual(['end 0', 'end 1', 'end 2']);
  });

  it('yields nothing of nothing', async () => {
    await expect(readAhead([], 3).next()).resolves.toMatchObject({ done: true });
  });
});
