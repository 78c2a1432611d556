import { type FileHandle, open } from 'node:fs/promises';
import { unzipped } from './unzipped.js';

const PART_BYTES = 64 * 1024;

/**
 * Reads a file to the end that it has by then, unzipped when its first bytes are gzip's.
 *
 * @internal
 */
export async function* finishedFile(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  try {
    yield* (await beginsAsGzip(handle)) ? unzipped(partsOf(handle)) : partsOf(handle);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes that a file has from a position on; none at its end.
 *
 * @internal
 */
export const readPart = async (handle: FileHandle, position: number, most = PART_BYTES): Promise<Uint8Array> => {
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(most), 0, most, position);
  return buffer.subarray(0, bytesRead);
};

/**
 * Whether a file's first bytes are gzip's.
 *
 * @internal
 */
export const beginsAsGzip = async (handle: FileHandle): Promise<boolean> => {
  const [first, second] = await readPart(handle, 0, 2);
  return first === 0x1f && second === 0x8b;
};

async function* partsOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const bytes = await readPart(handle, position);
    if (bytes.length === 0) return;
    position += bytes.length;
    yield bytes;
  }
}
