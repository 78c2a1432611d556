import type { ChunkRef } from '../model/chunkRef.js';

/** What tells the chunks of one session apart. */
export const chunkName = ({ index, channel = '' }: ChunkRef): string => `${channel}/${index}`;
