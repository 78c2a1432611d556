import { rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, NEVER, type Observable, take, tap, toArray } from 'rxjs';
import { Budget } from '../../src/flow/budget.js';
import { chargedMergeMap } from '../../src/flow/chargedMergeMap.js';
import { ImageError, InputError } from '../../src/model/errors.js';
import type { Frame } from '../../src/model/frame.js';
import { fromImages } from '../../src/sources/fromImages.js';

const fixtures = join('spec', 'fixtures', 'images');
const fixture = (name: string) => join(fixtures, name);

const all = (source: Observable<Frame>): Promise<Frame[]> => lastValueFrom(source.pipe(toArray()));
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

/** The fixtures' pixels, as generate.py makes them. */
const ramp = (channels: number, step: number, maximum: number) =>
  Array.from({ length: 35 * channels }, (_, index) => (index * step) % (maximum + 1));

const marked = ramp(1, 117, 4095).map((value, index) => (index === 0 ? 47934 : value));
const opaque = (pixels: number[]) =>
  pixels.flatMap((value, index) => (index % 2 === 0 ? [value, value, value, pixels[index + 1] as number] : []));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epistream-images-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (from: string, ...names: string[]) =>
  Promise.all(names.map((name) => copyFile(fixture(from), join(folder, name))));

/** A graymap of one pixel, which tells a frame from its neighbours. */
const putLevel = (name: string, level: number) => writeFile(join(folder, name), `P2 1 1 255 ${level}`);

const levels = async (source: Observable<Frame>) => (await all(source)).map(({ data }) => data[0]);

const openIn = async (path: string) => {
  if (process.platform !== 'linux') return []; // elsewhere removing the folder, after each spec, is the proof
  const handles = await readdir('/proc/self/fd');
  const targets = await Promise.all(handles.map((handle) => readlink(join('/proc/self/fd', handle)).catch(() => '')));
  return targets.filter((target) => target.includes(basename(path)));
};

describe('fromImages', () => {
  it.each<[string, Frame['format'], number[], number]>([
    ['gray8.png', 'gray8', ramp(1, 7, 255), 0],
    ['gray16.png', 'gray16', ramp(1, 1873, 65535), 0],
    ['rgb8.png', 'rgb8', ramp(3, 2, 255), 0],
    ['rgba8.png', 'rgba8', ramp(4, 5, 255), 0],
    ['grayAlpha.png', 'rgba8', opaque(ramp(2, 7, 255)), 0],
    ['profile.png', 'rgb8', ramp(3, 2, 255), 0],
    ['gray8.tif', 'gray8', ramp(1, 7, 255), 0],
    ['gray16.tif', 'gray16', ramp(1, 1873, 65535), 0],
    ['rgb8.tif', 'rgb8', ramp(3, 2, 255), 0],
    ['gray8.p5.pgm', 'gray8', ramp(1, 7, 255), 0],
    ['gray8.p2.pgm', 'gray8', ramp(1, 7, 255), 0],
    ['gray12.p5.pgm', 'gray16', ramp(1, 117, 4095), 12],
    ['gray16.p5.pgm', 'gray16', ramp(1, 1873, 65535), 16],
    ['gray14.p2.pgm', 'gray16', marked, 14],
  ])('reads every pixel of %s as %s', async (name, format, pixels, bits) => {
    const frames = await all(fromImages(fixture(name)));
    const data = format === 'gray16' ? Uint16Array.from(pixels) : Uint8Array.from(pixels);
    expect(frames).toEqual([{ width: 7, height: 5, format, data, ...(bits > 0 && { bits }) }]);
  });

  it.each(['gray8.jpg', 'turned.jpg'])('reads %s as Pillow does, and does not turn it', async (name) => {
    const [frame] = await all(fromImages(fixture(name)));
    const pixels = JSON.parse(await readFile(fixture('jpegGray.json'), 'utf8'));
    expect([frame?.width, frame?.height, frame?.format, [...(frame?.data ?? [])]]).toEqual([7, 5, 'gray8', pixels]);
  });

  it('makes a frame of each page of a TIFF', async () => {
    const frames = await all(fromImages(fixture('pages.tif')));
    expect(frames.map(({ data }) => [...data])).toEqual([ramp(1, 7, 255), ramp(1, 7, 255).map((value) => 255 - value)]);
  });

  it('takes the images of a folder in natural order, and nothing else in it', async () => {
    await putLevel('frame10.pgm', 10);
    await putLevel('frame2.PGM', 2);
    await putLevel('frame01.pgm', 1);
    await putLevel('frame1.pgm', 0);
    await putLevel('.hidden.pgm', 99);
    await writeFile(join(folder, 'notes.txt'), 'hello');
    await mkdir(join(folder, 'frame3.pgm'));
    await expect(levels(fromImages(folder))).resolves.toEqual([1, 0, 2, 10]);
  });

  it('takes what a pattern matches in natural order', async () => {
    await putLevel('frame10.pgm', 10);
    await putLevel('frame9.pgm', 9);
    await putLevel('dark1.pgm', 0);
    await expect(levels(fromImages(join(folder, 'frame*.pgm')))).resolves.toEqual([9, 10]);
  });

  it('takes a folder whose name looks like a pattern', async () => {
    await mkdir(join(folder, 'run [4]'));
    await putLevel(join('run [4]', 'a.pgm'), 4);
    await expect(levels(fromImages(join(folder, 'run [4]')))).resolves.toEqual([4]);
  });

  it('takes several inputs one after the other', async () => {
    await putLevel('b.pgm', 2);
    await putLevel('a.pgm', 1);
    await expect(levels(fromImages([join(folder, 'b.pgm'), folder]))).resolves.toEqual([2, 1, 2]);
  });

  it('recognises a file by its content', async () => {
    await put('gray16.tif', 'a.png');
    await expect(all(fromImages(folder))).resolves.toMatchObject([{ format: 'gray16' }]);
  });

  it('gives frames no time unless it is told one', async () => {
    await put('gray8.png', 'a.png', 'b.png', 'c.png');
    expect((await all(fromImages(folder))).every((frame) => !('capturedAt' in frame))).toBe(true);
    const timed = await all(fromImages(folder, { startMs: 1000, fps: 8 }));
    expect(timed.map(({ capturedAt, timeBase }) => [capturedAt, timeBase])).toEqual([
      [1000, 'recorded'],
      [1125, 'recorded'],
      [1250, 'recorded'],
    ]);
  });

  it.each([
    [{ startMs: 5 }, 'fps'],
    [{ fps: 5 }, 'startMs'],
    [{ startMs: Number.NaN, fps: 5 }, 'startMs'],
    [{ startMs: 5, fps: 0 }, 'fps'],
  ])('refuses the times %j at the call, naming %s', (options, field) => {
    expect(() => fromImages(folder, options)).toThrow(
      expect.objectContaining({ _tag: 'InputError', context: expect.objectContaining({ field }) }),
    );
  });

  it.each([
    ['an empty folder', () => folder, 'must be a folder with images in it'],
    ['a missing folder', () => join(folder, 'nowhere'), 'must be an existing folder or file'],
    ['a pattern without a match', () => join(folder, '*.png'), 'must be an existing folder or file'],
    ['one of several that gives nothing', () => [fixtures, folder], 'must be a folder with images in it'],
    ['a blank', () => ' ', 'must be a folder, a file'],
    ['an empty list', () => [], 'must be a folder, a file'],
  ])('fails for %s, naming the input', async (_, input, rule) => {
    const error = await all(fromImages(input())).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error.context.field).toBe('input');
    expect(error.message).toContain(rule);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a text file named .png', () => writeFile(join(folder, '2.png'), 'hello'), 'it is not a PNG, TIFF, JPEG or PGM'],
    ['an empty file', () => writeFile(join(folder, '2.png'), ''), 'it is not a PNG, TIFF, JPEG or PGM'],
    ['a drawing', () => writeFile(join(folder, '2.png'), '<svg width="9" height="9"/>'), 'it is not a PNG'],
    ['a truncated PNG', () => put('truncated.png', '2.png'), 'damaged or cut short'],
    [
      'a PNG without a header',
      () => writeFile(join(folder, '2.png'), Buffer.from('89504e470d0a1a0a', 'hex')),
      'damaged',
    ],
    ['a truncated JPEG', () => put('truncated.jpg', '2.jpg'), 'damaged or cut short'],
    ['a truncated TIFF', () => put('truncated.tif', '2.tif'), 'damaged or cut short'],
    ['a truncated PGM', () => writeFile(join(folder, '2.pgm'), 'P5 9 9 255\nabc'), 'it ends after 3 of 81 pixels'],
    ['floating-point pixels', () => put('float.tif', '2.tif'), 'float b-w'],
  ])('emits what comes before %s, then an error naming the file', async (_, spoil, reason) => {
    await put('gray8.png', '1a.png', '1b.png', '3.png');
    await spoil();
    const seen: Frame[] = [];
    const error = await fromImages(folder)
      .forEach((frame) => void seen.push(frame))
      .catch((thrown) => thrown);
    expect(seen).toHaveLength(2);
    expect(error).toBeInstanceOf(ImageError);
    expect(error.context.path).toMatch(/2\.(png|jpg|tif|pgm)$/);
    expect(error.message).toContain(reason);
  });

  it('names a file that went away after it was found', async () => {
    await put('gray8.png', '1.png', '2.png', '3.png', '4.png', '5.png');
    let seen = 0;
    const error = await fromImages(folder)
      .forEach(() => {
        if (seen++ === 0) rmSync(join(folder, '5.png'));
      })
      .catch((thrown) => thrown);
    expect([seen, error.context?.path]).toEqual([4, join(folder, '5.png')]);
  });

  it('reads no further and leaves nothing open when it is left in the middle', async () => {
    await put('gray8.png', ...Array.from({ length: 20 }, (_, index) => `${index}.png`));
    await expect(all(fromImages(folder).pipe(take(2)))).resolves.toHaveLength(2);
    await settled();
    await expect(openIn(folder)).resolves.toEqual([]);
  });

  it('waits for the room of its budget', async () => {
    await put('gray8.png', ...Array.from({ length: 20 }, (_, index) => `${index}.png`));
    const budget = new Budget(35 * 8);
    let emitted = 0;
    const running = fromImages(folder, { budget })
      .pipe(
        tap(() => emitted++),
        chargedMergeMap(
          budget,
          ({ data }) => data.byteLength,
          () => NEVER,
        ),
      )
      .subscribe();
    await settled();
    expect([emitted, budget.waiting]).toEqual([4, 1]);
    running.unsubscribe();
    expect([budget.used, budget.waiting]).toEqual([0, 0]);
  });
});
