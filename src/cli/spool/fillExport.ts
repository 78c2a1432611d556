import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkName } from '../../journal/chunkName.js';
import type { Asked } from '../../model/asked.js';
import { SpoolError } from '../../model/errors.js';
import { type Problem, toProblem } from '../../model/problem.js';
import { DurableFiles } from '../../server/durableFiles.js';
import { bodyOf, isStillKept, itemsOf, keptChunks, withoutBody } from '../../spool/spoolChunks.js';
import { hasBody, type SpooledChunk } from '../../spool/spooledChunk.js';
import type { SpoolPlace } from '../../spool/spoolPlace.js';
import type { SpooledSession } from '../../spool/spoolSessions.js';
import { itemNoun } from '../itemNoun.js';
import { ChannelExport } from './channelExport.js';
import { FrameExport } from './frameExport.js';
import type { SessionExport } from './sessionExport.js';

/** What came of an export, in frames or points. */
export interface Exported {
  /** A chunk is written whole, with points of it that the platform has. */
  readonly items: number;
  /** Of those, refused by the platform. */
  readonly refused: number;
  /** Accepted, and not on this disk: not yet, or never. */
  readonly notOnDisk: number;
  /** Chunks that are kept and could not be written, and why. */
  readonly failed: readonly { readonly chunk: number; readonly channel?: string; readonly problem: Problem }[];
}

/** Writes what a session keeps into a folder, for other tools, and what the session was and has come to. */
export const fillExport = async (folder: string, place: SpoolPlace, session: SpooledSession): Promise<Exported> => {
  const { asked } = session.contents;
  if (asked === undefined) throw new SpoolError(place.root, `no longer tells what was asked of session ${session.id}`);
  const drafts = join(folder, 'drafts');
  const files = await DurableFiles.open(drafts);
  const store = await exportOf(folder, files, session, asked);
  const { written, failed } = await putAll(store, place, session);
  const exported = {
    items: store.items,
    refused: itemsOf(written.filter(({ problem }) => problem !== undefined)),
    notOnDisk: itemsOf(keptChunks(session).flatMap(withoutBody)),
    failed,
  };
  const more = await store.finish(written);
  await files.write(
    join(folder, 'session.json'),
    description(session, written, { ...sayingItems(session, exported), ...more }),
  );
  await rm(drafts, { recursive: true });
  return exported;
};

/** As programs are told: what the items are. */
export const sayingItems = ({ contents }: SpooledSession, { items, ...rest }: Exported) => ({
  [`${itemNoun(contents.report)}s`]: items,
  ...rest,
});

const exportOf = async (
  folder: string,
  files: DurableFiles,
  session: SpooledSession,
  asked: Asked,
): Promise<SessionExport> =>
  asked.kind === 'rheed' ? FrameExport.open(folder, files, session, asked) : new ChannelExport(folder);

/** Each chunk once, also one that was refused and has grown since. */
const putAll = async (
  store: SessionExport,
  place: SpoolPlace,
  session: SpooledSession,
): Promise<{ readonly written: readonly SpooledChunk[]; readonly failed: Exported['failed'] }> => {
  const written: SpooledChunk[] = [];
  const failed: Exported['failed'][number][] = [];
  const names = new Set<string>();
  for (const spooled of keptChunks(session).filter(hasBody)) {
    const { chunk } = spooled;
    try {
      if (!names.has(chunkName(chunk))) await store.put(spooled, await bodyOf(place, session, spooled));
      names.add(chunkName(chunk));
      written.push(spooled);
    } catch (error) {
      if (await isStillKept(place, session, chunk)) failed.push({ ...placeOf(spooled), problem: toProblem(error) });
    }
  }
  return { written, failed };
};

const placeOf = ({ chunk: { index, channel } }: SpooledChunk) => ({
  chunk: index,
  ...(channel === undefined ? {} : { channel }),
});

const description = (session: SpooledSession, written: readonly SpooledChunk[], exported: object): Buffer => {
  const { id, contents } = session;
  const chunks = written.map(({ chunk, time, problem }) => ({
    index: chunk.index,
    ...(chunk.channel === undefined ? {} : { channel: chunk.channel }),
    [`${itemNoun(contents.report)}s`]: chunk.items,
    time,
    ...(problem === undefined ? {} : { refused: problem }),
  }));
  return Buffer.from(
    JSON.stringify({ session: id, asked: contents.asked, report: contents.report, exported, chunks }, null, 2),
  );
};
