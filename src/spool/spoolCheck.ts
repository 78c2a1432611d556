import { chunkName } from '../journal/chunkName.js';
import type { ChunkRef } from '../model/chunkRef.js';
import { SpoolError } from '../model/errors.js';
import { readLog } from './readLog.js';
import { bodyOf, isStillKept, keptChunks, lostChunks } from './spoolChunks.js';
import { hasBody, type SpooledChunk } from './spooledChunk.js';
import { type SpoolPlace, sessionIn } from './spoolPlace.js';
import type { SpooledSession } from './spoolSessions.js';

/** What a look at every byte of a session found. */
export interface SpoolCheck {
  readonly chunks: number;
  readonly bytes: number;
  /** A sentence for each part that is not what was written. */
  readonly damage: readonly string[];
  /** Chunks that never were on the disk, and whose process is dead. */
  readonly lost: readonly SpooledChunk[];
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
  const gone = await vanished(place, session);
  for (const { chunk } of gone) damage.push(`chunk ${placeOf(chunk)}: was on the disk, and its file is gone`);
  const lost = lostChunks(session).filter(
    ({ chunk }) => !gone.some((one) => chunkName(one.chunk) === chunkName(chunk)),
  );
  for (const spooled of kept) {
    const wrong = await bodyOf(place, session, spooled).then(() => undefined, messageOf);
    if (wrong !== undefined && (await isStillKept(place, session, spooled.chunk))) damage.push(wrong);
  }
  return { chunks: kept.length, bytes: session.contents.bytes, damage, lost };
};

/** Chunks that a record calls durable, that nothing was heard of since, and that are not there. A living process may just be writing them. */
const vanished = async (place: SpoolPlace, session: SpooledSession): Promise<readonly SpooledChunk[]> => {
  const missing = keptChunks(session).filter((spooled) => !hasBody(spooled));
  if (session.isRunning || missing.length === 0) return [];
  const { records } = await readLog(place.disk, sessionIn(place.root, session.id));
  const durable = new Set(records.flatMap(({ said }) => (said.type === 'durable' ? chunkName(said.chunk) : [])));
  return missing.filter(({ chunk }) => durable.has(chunkName(chunk)));
};

const placeOf = ({ index, channel }: ChunkRef): string =>
  channel === undefined ? String(index) : `${index} of ${JSON.stringify(channel)}`;

const messageOf = (error: unknown): string => (error instanceof SpoolError ? error.message : String(error));
