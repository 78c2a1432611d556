import { readdir } from 'node:fs/promises';
import { ifThere } from './ifThere.js';

/** The names of the directories in a directory, in order; none where that is not there. */
export const directoriesIn = async (path: string): Promise<readonly string[]> => {
  const entries = await ifThere(readdir(path, { withFileTypes: true }), []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.sort();
};
