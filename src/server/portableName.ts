import { createHash } from 'node:crypto';

/** Names that Windows keeps for devices, with any extension, and with blanks before it. */
const device = /^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i;

const isPortable = (name: string): boolean =>
  /^[a-z0-9]([a-z0-9 _.-]{0,98}[a-z0-9_-])?$/i.test(name) && !device.test(name);

/**
 * What a directory is called after a name of somebody's: that name where every file system takes it, else a readable part of it and a hash.
 *
 * @param isTaken whether a directory, in lower case, belongs to another: some file systems do not tell `Temp` from `temp`
 */
export const portableName = (name: string, isTaken: (lowerCase: string) => boolean): string => {
  if (isPortable(name) && !isTaken(name.toLowerCase())) return name;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  const hash = createHash('sha256').update(name, 'utf16le').digest('hex').slice(0, 16);
  // No portable name has a `~`, so the two kinds never meet.
  return `${readable}~${hash}`;
};
