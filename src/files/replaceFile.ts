import { rename } from 'node:fs/promises';
import { untilFree } from './untilFree.js';

/** Gives a file another's name, which Windows refuses while a reader has that one open. */
export const replaceFile = (from: string, to: string, move: typeof rename = rename): Promise<void> =>
  untilFree(() => move(from, to));
