import type { ChunkRef } from '../model/chunkRef.js';
import { printable } from './printable.js';

/** A chunk for a person. */
export const chunkText = ({ index, channel }: Pick<ChunkRef, 'index' | 'channel'>): string =>
  `chunk ${index}${channel === undefined ? '' : ` of ${printable(channel)}`}`;
