import type { ChunkRef } from '../model/chunkRef.js';
import { chunkName } from './chunkName.js';

/** Which chunks of a session may still grow: the last of each channel, until the session is ending. Frames are never added to a chunk. */
export class Growth {
  readonly #last = new Map<string, ChunkRef>();
  /** Nothing grows (any more). */
  isOver = false;

  /** A chunk is there. The one before it in its channel, by name, when that grows no more. */
  accept(chunk: ChunkRef): string | undefined {
    const { channel = '' } = chunk;
    const last = this.#last.get(channel);
    if (last !== undefined && last.index >= chunk.index) return undefined;
    this.#last.set(channel, chunk);
    return last === undefined ? undefined : chunkName(last);
  }

  includes({ channel = '', index }: ChunkRef): boolean {
    return !this.isOver && index >= (this.#last.get(channel)?.index ?? 0);
  }
}
