import type { ChunkRef } from '../model/chunkRef.js';

/** What tells the chunks of one session apart. */
export const chunkName = ({ index, channel = '' }: Pick<ChunkRef, 'index' | 'channel'>): string =>
  `${channel}/${index}`;
