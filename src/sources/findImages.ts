import { readdir, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { InputError } from '../model/errors.js';

const extensions = ['.png', '.tif', '.tiff', '.jpg', '.jpeg', '.pgm'];

/**
 * The files that `input` names, in natural order (`frame2` before `frame10`); several inputs one after the other.
 *
 * A folder gives the images directly in it; a file itself; anything else is a pattern, and gives every file it matches. Rejects
 * with an `InputError` when one of them gives nothing.
 *
 * @internal
 */
export const findImages = async (input: string | readonly string[]): Promise<readonly string[]> => {
  const inputs = typeof input === 'string' ? [input] : input;
  if (
    !Array.isArray(inputs) ||
    inputs.length === 0 ||
    !inputs.every((one) => typeof one === 'string' && one.trim() !== '')
  )
    throw new InputError('input', input, 'must be a folder, a file, a pattern, or an array of them');
  return (await Promise.all(inputs.map(findOne))).flat();
};

const findOne = async (input: string): Promise<readonly string[]> => {
  const found = await stat(input).catch(() => undefined);
  if (found?.isFile()) return [input];
  const paths = found?.isDirectory()
    ? await imagesIn(input)
    : await glob(patternOf(input), { expandDirectories: false });
  if (paths.length === 0) throw new InputError('input', input, ruleOf(found !== undefined));
  return paths.sort(naturally);
};

const imagesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  // Dot files are what macOS leaves beside an image on a shared disk.
  const images = entries.filter(
    (entry) =>
      !entry.isDirectory() && !entry.name.startsWith('.') && extensions.includes(extname(entry.name).toLowerCase()),
  );
  return images.map(({ name }) => join(folder, name));
};

/** In a pattern a backslash takes the meaning from the next character; on Windows people mean a separator. */
const patternOf = (input: string): string => (sep === '\\' ? input.replaceAll(sep, '/') : input);

const ruleOf = (exists: boolean): string =>
  exists
    ? `must be a folder with images in it (${extensions.join(', ')})`
    : 'must be an existing folder or file, or a pattern that matches a file';

const collator = new Intl.Collator('en', { numeric: true });

/** `frame01` and `frame1` are equal by number: then by code units, so that an order never depends on the disk. */
const naturally = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : Number(a > b));
