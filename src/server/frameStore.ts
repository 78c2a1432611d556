import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardShape } from '../zarr/decodeShard.js';
import { padShardIndex, readShardIndex, shardIndexBytes, writeShardIndex } from '../zarr/shardIndex.js';
import { type Attributes, framesDocument, seriesDocument, unixSeconds } from '../zarr/storeMetadata.js';
import type { DurableFiles } from './durableFiles.js';
import type { UploadGrant } from './presign.js';
import { Refusal } from './refusal.js';
import { TimeGroup } from './timeGroup.js';

/** `frames.zarr` of one stream: `frames` (time, y, x) and `time`, a chunk of frames at a time. Its owner lets one call in at a time. */
export class FrameStore {
  private constructor(private readonly group: TimeGroup) {}

  static async open(path: string, files: DurableFiles): Promise<FrameStore> {
    return new FrameStore(await TimeGroup.open(path, files));
  }

  /** Frames received. */
  get items(): number {
    return this.group.filled;
  }

  describe(attributes: Attributes): Promise<void> {
    return this.group.describe(attributes);
  }

  recover(): Promise<void> {
    return this.group.recover();
  }

  /** Of a chunk: frames that it has room for, and their rows and columns; nothing while there is no chunk. */
  get chunkShape(): ShardShape | undefined {
    const [frames, height, width] = this.group.members.frames?.chunk_grid.configuration.chunk_shape ?? [];
    return frames && height && width ? { frames, height, width } : undefined;
  }

  /** The chunks that are there, in order. */
  chunks(): Promise<number[]> {
    return this.group.chunks();
  }

  /** Capture times of the frames that a chunk holds, unix seconds. */
  times(index: number): Promise<readonly number[]> {
    return this.group.read(async () => {
      const times = await this.group.series('time', index);
      return times.slice(0, times.findLastIndex((time) => !Number.isNaN(time)) + 1);
    });
  }

  /** Where the shard of a chunk is. */
  shardPath(index: number): string {
    return join(this.group.path, 'frames', 'c', String(index), '0', '0');
  }

  /** Throws a 422 when a chunk has not the frame size and chunk size of the stream's first. */
  check({ chunkSize, height, width }: UploadGrant): void {
    const wanted = this.group.members.frames?.chunk_grid.configuration.chunk_shape;
    if (wanted !== undefined && wanted.join() !== [chunkSize, height, width].join())
      throw new Refusal(
        422,
        `this stream has chunks of ${wanted.join(' x ')} (frames, height, width), not ${[chunkSize, height, width].join(' x ')}`,
      );
  }

  /** Takes in a checked, padded shard: `place` gives its file the name it is told. */
  async put(grant: UploadGrant, place: (path: string) => Promise<void>): Promise<void> {
    const { index, frames, height, width, chunkSize, startMs, fps } = grant;
    this.check(grant);
    if (this.group.members.frames === undefined)
      await this.group.create({
        time: seriesDocument({ length: 0, chunkLength: chunkSize }, unixSeconds),
        frames: framesDocument({ frames: 0, chunkSize, height, width }),
      });
    const times = Array.from({ length: frames }, (_, k) => (startMs + (k * 1000) / fps) / 1000);
    await this.group.put(index, times, () => place(this.shardPath(index)));
  }
}

/**
 * Checks the index of a shard of `frames` frames in a file of `byteLength` bytes, and grows it to `chunkSize` entries in place: readers
 * hold every shard of an array to one size. Throws a `ShardError`.
 */
export const checkAndPadShard = async (
  file: FileHandle,
  byteLength: number,
  { frames, chunkSize }: Pick<UploadGrant, 'frames' | 'chunkSize'>,
): Promise<void> => {
  const indexBytes = shardIndexBytes(frames);
  const end = Buffer.alloc(Math.min(indexBytes, byteLength));
  await file.read(end, 0, end.byteLength, byteLength - end.byteLength);
  const index = readShardIndex(end, frames, byteLength);
  if (frames === chunkSize) return;
  const padded = writeShardIndex(padShardIndex(index, chunkSize));
  await writeAt(file, padded, byteLength - indexBytes);
};

/** A disk that fills up takes a part of a write and says nothing; the next write then fails. */
const writeAt = async (file: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  for (let done = 0; done < bytes.byteLength; )
    done += (await file.write(bytes, done, bytes.byteLength - done, position + done)).bytesWritten;
};
