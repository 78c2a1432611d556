import { readFile } from 'node:fs/promises';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { DurableFiles } from './durableFiles.js';
import type { FrameIntensity } from './frameIntensity.js';
import { ifThere } from './ifThere.js';
import { isSameShard, type ShardIdentity } from './storedShard.js';

const Column = t.array(t.union([t.number, t.null]));

/** `intensities/<chunk>.json`: a number a frame, and the shard that they were seen in. */
const ChunkFile = t.type({
  shard: t.type({ bytes: t.number, modified_ms: t.number }),
  mean: Column,
  specular: Column,
});

/** What was seen of each frame of a chunk; nothing of one whose bytes are no frame. */
export type ChunkIntensities = readonly (FrameIntensity | undefined)[];

/** What a file says of a chunk of so many frames in this shard; nothing when it speaks of another, or of none. */
export const readIntensities = async (
  path: string,
  shard: ShardIdentity,
  frames: number,
): Promise<ChunkIntensities | undefined> => {
  const decoded = ChunkFile.decode(parse(await ifThere(readFile(path, 'utf8'), '')));
  if (!isRight(decoded) || !isSameShard(decoded.right.shard, shard)) return undefined;
  const { mean, specular } = decoded.right;
  if (mean.length !== frames || specular.length !== frames) return undefined;
  return mean.map((level, k) => {
    const spot = specular[k];
    return level === null || spot == null ? undefined : { mean: level, specular: spot };
  });
};

export const writeIntensities = (
  path: string,
  shard: ShardIdentity,
  frames: ChunkIntensities,
  files: DurableFiles,
): Promise<void> => {
  const columns = {
    mean: frames.map((frame) => frame?.mean ?? null),
    specular: frames.map((frame) => frame?.specular ?? null),
  };
  return files.write(path, Buffer.from(JSON.stringify({ shard, ...columns })));
};

/** Anything but JSON is as good as nothing: it is computed again. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
