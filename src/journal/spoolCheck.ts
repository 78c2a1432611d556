import { SpoolError } from '../model/errors.js';
import { bodyOf, hasBody, isStillKept, keptChunks } from './spoolChunks.js';
import type { SpoolPlace } from './spoolPlace.js';
import type { SpooledSession } from './spoolSessions.js';

/** What a look at every byte of a session found. */
export interface SpoolCheck {
  readonly chunks: number;
  readonly bytes: number;
  /** A sentence for each part that is not what was written. */
  readonly damage: readonly string[];
}

/** Reads every record and every chunk of a session, checks them against their checksums, and changes nothing. */
export const checkSession = async (place: SpoolPlace, session: SpooledSession): Promise<SpoolCheck> => {
  const kept = keptChunks(session).filter(hasBody);
  const damage = [
    ...session.damage.map(
      ({ file, offset, bytes, reason }) => `${file}: ${bytes.byteLength} bytes at ${offset} ${reason}`,
    ),
    ...session.unreadable.map((file) => `chunks/${file}: is no chunk that can be read`),
    ...session.setAside.map((name) => `quarantine/${name}: was set aside earlier because it could not be read`),
  ];
  for (const spooled of kept) {
    const wrong = await bodyOf(place, session, spooled).then(() => undefined, messageOf);
    if (wrong !== undefined && (await isStillKept(place, session, spooled.chunk.index))) damage.push(wrong);
  }
  return { chunks: kept.length, bytes: session.contents.bytes, damage };
};

const messageOf = (error: unknown): string => (error instanceof SpoolError ? error.message : String(error));
