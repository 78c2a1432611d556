import type { SessionId } from '../model/identifiers.js';
import type { Links } from '../model/links.js';
import type { Owner } from './owner.js';
import type { SpoolPlace } from './spoolPlace.js';

/** What a user asks for by name: a session that is to be sent again. */
export interface SendAgain {
  readonly session: SessionId;
  /** Corrected links, in place of those that were asked for. */
  readonly links?: Links;
  /** Also when it was made with another key. */
  readonly adopt?: boolean;
}

/** How a process uses a spool: where it is, how much it may hold, and for whom. */
export interface SpoolUse extends SpoolPlace {
  readonly maxBytes: number;
  readonly minFreeBytes: number;
  /** Bytes of chunks of a session that stay in memory, because its log has them. Default 16 MiB. */
  readonly mostHeldBytes?: number;
  /** Who delivers here; of a session by its id, because a key's print is another in each. */
  readonly ownerOf: (session: SessionId) => Owner;
  /** Told, once each, of sessions that are left alone although they wait for somebody. */
  readonly onWarning?: (message: string) => void;
  /** Takes over this session and no other. */
  readonly sendAgain?: SendAgain;
}
