import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LogError } from '../../model/errors.js';
import { finishedFile } from './finishedFile.js';

/** Before the header of a log stand two lines, the second empty. */
export const epicDialect = { preamble: 2 } as const;

/** A file of EPIC's log directory, and what it says in its first lines. */
export interface EpicFile {
  readonly path: string;
  /** The file's name without its ending. */
  readonly name: string;
  readonly kind: 'values' | 'shutters' | 'messages' | 'unknown';
  /** What its first line calls the channel, for values. */
  readonly title: string;
}

/**
 * The files of a directory in which EPIC logs, by name.
 *
 * @internal
 */
export const epicFiles = async (dir: string): Promise<readonly EpicFile[]> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(unreadable(dir));
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const files = await Promise.all(names.sort().map((name) => epicFile(dir, name)));
  const read = files.filter(({ kind }) => kind !== 'unknown').map(({ name }) => name);
  const twice = read.find((name, index) => read.indexOf(name) !== index);
  if (twice !== undefined) throw new LogError(dir, `it has ${twice} twice, zipped and not`);
  return files;
};

const ending = /\.txt(?:\.gz)?$/i;
const firstLine = /^\uFEFF?'EPIC (.+) Log File\s*$/;

const epicFile = async (dir: string, fileName: string): Promise<EpicFile> => {
  const path = join(dir, fileName);
  const name = fileName.replace(ending, '');
  const [, title = ''] = ending.test(fileName) ? (firstLine.exec(await firstLineOf(path)) ?? []) : [];
  return { path, name, kind: kindOf(title), title };
};

const kindOf = (title: string): EpicFile['kind'] => {
  if (title === '') return 'unknown';
  return title === 'Shutter' ? 'shutters' : title === 'Message' ? 'messages' : 'values';
};

const firstLineOf = async (path: string): Promise<string> => {
  try {
    for await (const bytes of finishedFile(path)) return new TextDecoder().decode(bytes).split('\n', 1)[0]!;
    return '';
  } catch (cause) {
    return unreadable(path)(cause);
  }
};

const unreadable =
  (path: string) =>
  (cause: unknown): never => {
    throw new LogError(path, String(Object(cause).message), undefined, cause);
  };
