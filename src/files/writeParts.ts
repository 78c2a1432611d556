import type { FileHandle } from 'node:fs/promises';

/** Writes all the bytes where the file's position is: the system may take fewer at a time than it is handed. */
export const writeParts = async (file: Pick<FileHandle, 'writev'>, parts: readonly Uint8Array[]): Promise<void> => {
  let left = parts.filter(({ byteLength }) => byteLength > 0);
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left);
    if (bytesWritten === 0) throw Object.assign(new Error('EIO: the system took no byte, write'), { code: 'EIO' });
    left = after(bytesWritten, left);
  }
};

/** A loop and not a recursion: there are as many parts as records have waited for a disk. */
const after = (bytes: number, parts: readonly Uint8Array[]): Uint8Array[] => {
  let [next, taken] = [0, bytes];
  for (let part = parts[0]; part !== undefined && part.byteLength <= taken; part = parts[++next])
    taken -= part.byteLength;
  const [first, ...others] = parts.slice(next);
  return first === undefined ? [] : [first.subarray(taken), ...others];
};
