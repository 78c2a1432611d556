import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ModelFile } from './modelFile.js';

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
const textOf = (file: ModelFile): string => Buffer.from(file.bytes).toString('latin1');
const fileOf = (...texts: string[]): ModelFile => {
  const file = new ModelFile();
  for (const text of texts) file.append(Buffer.from(text));
  return file;
};
/** The numbers in turn, then the last one for ever. */
const drawn = (...numbers: number[]) => {
  const left = [...numbers];
  return (): number => (left.length > 1 ? left.shift() : left[0]) ?? 0;
};
const unlucky = (): number => 0.99;
const lucky = (): number => 0;

/** All that a power cut can leave of a file, as text. */
const outcomes = (file: ModelFile): Set<string> => {
  const found = new Set<string>();
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let k = 0; k < 500; k += 1) found.add(textOf(file.afterPowerCut(random)));
  return found;
};

describe('ModelFile', () => {
  it('keeps what was synced', () => {
    const file = fileOf('ab');
    file.sync();
    expect(outcomes(file)).toEqual(new Set(['ab']));
  });

  it('may lose what was not, from any byte on, and never what was before', () => {
    const file = fileOf('ab');
    file.sync();
    file.append(Buffer.from('cde'));
    expect(outcomes(file)).toEqual(new Set(['ab', 'abc', 'abcd', 'abcde', 'ab\0\0\0']));
    expect(textOf(file.afterPowerCut(unlucky))).toBe('ab');
    expect(textOf(file.afterPowerCut(lucky))).toBe('abcde');
  });

  it('may have pages of zeros among what was not synced', () => {
    const file = new ModelFile();
    file.append(bytes(100, 1));
    file.sync();
    file.append(bytes(3 * 4096, 2));
    // Pages: the rest of the first, the second, the third, the beginning of the fourth.
    const after = file.afterPowerCut(drawn(0.7, 0, 0.9, 0, 0.9)).bytes;
    expect(after.byteLength).toBe(100 + 3 * 4096);
    const at = (index: number): number | undefined => after[index];
    expect([0, 99, 100, 4095, 4096, 8191, 8192, 12_287, 12_288].map(at)).toEqual([1, 1, 2, 2, 0, 0, 2, 2, 0]);
  });

  it('loses after a failed sync what that was to keep, although it is still seen and the next one succeeds', () => {
    const file = fileOf('ab');
    file.sync();
    file.append(Buffer.from('cd'));
    file.dropDirty();
    file.append(Buffer.from('ef'));
    file.sync();
    expect(textOf(file)).toBe('abcdef');
    expect(outcomes(file)).toEqual(new Set(['ab\0\0ef']));
  });

  it('has no more dirty bytes after a failed sync', () => {
    const file = fileOf('ab');
    file.dropDirty();
    expect(file.isDirty).toBe(false);
    file.sync();
    expect(outcomes(file)).toEqual(new Set(['\0\0']));
  });

  it('may write back a part before anybody asks, which is then kept', () => {
    const file = fileOf('abcd');
    file.writeBack(() => 0.5);
    expect(textOf(file.afterPowerCut(unlucky))).toBe('ab');
    expect(file.isDirty).toBe(true);
    file.writeBack(unlucky);
    expect(textOf(file.afterPowerCut(unlucky))).toBe('abcd');
  });

  it('is not changed by what its copy goes through', () => {
    const file = fileOf('ab');
    const copy = file.copy();
    copy.append(Buffer.from('c'));
    copy.sync();
    expect([textOf(file), textOf(file.afterPowerCut(unlucky)), textOf(copy)]).toEqual(['ab', '', 'abc']);
  });

  it('never has a byte that nobody wrote there', () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 9000 }).map((length) => ({ append: length })),
      fc.constantFrom('sync', 'dropDirty', 'writeBack', 'crash'),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (steps, numbers) => {
          const random = (): number => numbers.next().value;
          let file = new ModelFile();
          for (const each of steps) {
            if (typeof each === 'object')
              file.append(Uint8Array.from({ length: each.append }, (_, k) => ((file.byteLength + k) % 250) + 1));
            else if (each === 'writeBack') file.writeBack(random);
            else if (each === 'crash') file = file.afterPowerCut(random);
            else file[each]();
            const wrong = file.bytes.findIndex((byte, k) => byte !== 0 && byte !== (k % 250) + 1);
            expect(wrong).toBe(-1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
