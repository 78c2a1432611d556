import { open, stat } from 'node:fs/promises';
import { readShardIndex, type ShardIndex, shardIndexBytes } from '../zarr/shardIndex.js';

/** Tells the file of a shard from the one that replaces it when the chunk comes again. */
export interface ShardIdentity {
  readonly bytes: number;
  readonly modified_ms: number;
}

interface Slice {
  readonly of: ShardIdentity;
  readonly bytes: Uint8Array;
}

/** `length` bytes from `start`, or that end the file. The file is open for no longer: Windows replaces none that is. */
const readSlice = async (path: string, length: number, start?: number): Promise<Slice> => {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, start ?? Math.max(0, size - length));
    return { of: { bytes: size, modified_ms: mtimeMs }, bytes: bytes.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
};

/** Of the shard that has a place now. */
export const shardIdentity = async (path: string): Promise<ShardIdentity> => {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, modified_ms: mtimeMs };
};

/** Whether both are of one file. */
export const isSameShard = (a: ShardIdentity, b: ShardIdentity): boolean =>
  a.bytes === b.bytes && a.modified_ms === b.modified_ms;

/** A shard of a store, read a frame at a time. */
export class StoredShard {
  private constructor(
    private readonly path: string,
    readonly identity: ShardIdentity,
    private readonly index: ShardIndex,
  ) {}

  /** @param entries those of its index: the frames that a chunk of this array has room for */
  static async open(path: string, entries: number): Promise<StoredShard> {
    const { of: identity, bytes } = await readSlice(path, shardIndexBytes(entries));
    return new StoredShard(path, identity, readShardIndex(bytes, entries, identity.bytes));
  }

  /** The bytes of frame `k`, or why there are none: it is black, or the shard has been replaced since it was opened. */
  async bytes(k: number): Promise<Uint8Array | 'absent' | 'replaced'> {
    const entry = this.index[k];
    if (entry == null) return 'absent';
    const { of: identity, bytes } = await readSlice(this.path, entry.nbytes, entry.offset);
    return isSameShard(identity, this.identity) ? bytes : 'replaced';
  }
}
