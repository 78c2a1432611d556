import type { StreamKind } from './asked.js';
import type { DataId } from './identifiers.js';

/** A stream, as a platform lists it. */
export interface PlatformStream {
  readonly dataId: DataId;
  readonly name: string;
  readonly kind: StreamKind;
  readonly state: 'open' | 'ended';
  /** ms UTC. */
  readonly createdAt: number;
}
