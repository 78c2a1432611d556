import * as disk from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

/** What happens between the look at the file and the look at its name. */
let meanwhile = async () => {};
jest.unstable_mockModule('node:fs/promises', () => ({
  ...disk,
  stat: async (...args: Parameters<typeof disk.stat>) => {
    await meanwhile();
    return disk.stat(...args);
  },
}));
const { followedFile } = await import('../../../src/sources/csv/followedFile.js');

let folder: string;
beforeEach(async () => {
  folder = await disk.mkdtemp(join(tmpdir(), 'epistream-followed-'));
});
afterEach(() => disk.rm(folder, { recursive: true }));

describe('a file that is followed', () => {
  it('gives what was written just before another one took its place', async () => {
    const path = join(folder, 'log.csv');
    await disk.writeFile(path, 'first');
    const parts: string[] = [];
    meanwhile = async () => {
      meanwhile = async () => {};
      await disk.appendFile(path, 'last');
      await disk.rename(path, `${path}.1`);
      await disk.writeFile(path, 'new');
    };
    for await (const part of followedFile(path)) {
      if (part === 'idle') break;
      parts.push(typeof part === 'string' ? part : Buffer.from(part).toString());
    }
    expect(parts).toEqual(['first', 'last', 'rotated', 'new']);
  });
});
