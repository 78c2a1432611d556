import type { TimeBase } from './frame.js';

/** Several channels at one moment. */
export interface AlignedRow<Channel extends string = string> {
  /** ms UTC. */
  readonly t: number;
  /** NaN where a channel says nothing of this moment. */
  readonly values: Readonly<Record<Channel, number>>;
  /** As the readings said them. */
  readonly units?: Readonly<Partial<Record<Channel, string>>>;
  /** Default `'host'`. */
  readonly timeBase?: TimeBase;
}
