import type { TimeBase } from './frame.js';

/** Something that happened, in words: a line of the notebook, a message of the control system. */
export interface TextEvent {
  /** ms UTC. */
  readonly t: number;
  readonly text: string;
  /** Default `'host'`. */
  readonly timeBase?: TimeBase;
}
