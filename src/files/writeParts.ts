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

const after = (bytes: number, [first, ...others]: readonly Uint8Array[]): Uint8Array[] => {
  if (first === undefined) return [];
  return bytes < first.byteLength ? [first.subarray(bytes), ...others] : after(bytes - first.byteLength, others);
};
