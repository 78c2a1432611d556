import { createHash } from 'node:crypto';

/**
 * The id of a growth run, a UUID (version 8) made of its name: a restart, another process and a note from another terminal mean the
 * same run when they say the same name.
 *
 * @internal
 */
export const runIdOf = (name: string): string => {
  const bytes = createHash('sha256').update(`epistream growth run\0${name}`, 'utf8').digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
