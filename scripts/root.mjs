import { fileURLToPath } from 'node:url';

/**
 * A path of this repository, whatever the current folder.
 *
 * @param {string} relative
 */
export const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
