import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpoolError } from '../../model/errors.js';
import { type Problem, toProblem } from '../../model/problem.js';
import { DurableFiles } from '../../server/durableFiles.js';
import type { SpooledChunk } from '../../spool/sessionContents.js';
import { bodyOf, framesOf, hasBody, isStillKept, keptChunks } from '../../spool/spoolChunks.js';
import type { SpoolPlace } from '../../spool/spoolPlace.js';
import type { SpooledSession } from '../../spool/spoolSessions.js';
import { jsonLine } from '../jsonLines.js';
import { FrameExport } from './frameExport.js';

/** What came of an export, in frames. */
export interface Exported {
  readonly frames: number;
  /** Of those, refused by the platform. */
  readonly refused: number;
  /** Accepted, and not on this disk: not yet, or never. */
  readonly notOnDisk: number;
  /** Chunks that are kept and could not be written, and why. */
  readonly failed: readonly { readonly chunk: number; readonly problem: Problem }[];
}

/** Writes what a session keeps into a folder: the store, what its frames told of themselves, and what the session was and has come to. */
export const fillExport = async (folder: string, place: SpoolPlace, session: SpooledSession): Promise<Exported> => {
  const { asked } = session.contents;
  if (asked === undefined) throw new SpoolError(place.root, `no longer tells what was asked of session ${session.id}`);
  const drafts = join(folder, 'drafts');
  const files = await DurableFiles.open(drafts);
  const store = await FrameExport.open(folder, files, session, asked);
  const written: SpooledChunk[] = [];
  const failed: { chunk: number; problem: Problem }[] = [];
  const kept = keptChunks(session);
  for (const spooled of kept.filter(hasBody)) {
    try {
      await store.put(spooled, await bodyOf(place, session, spooled));
      written.push(spooled);
    } catch (error) {
      const { index } = spooled.chunk;
      if (await isStillKept(place, session, index)) failed.push({ chunk: index, problem: toProblem(error) });
    }
  }
  const exported = {
    frames: store.frames,
    refused: framesOf(written.filter(({ problem }) => problem !== undefined)),
    notOnDisk: framesOf(kept.filter((spooled) => !hasBody(spooled))),
    failed,
  };
  await writeFile(join(folder, 'frames.jsonl'), frameLines(written, asked.options.chunkSize));
  await files.write(join(folder, 'session.json'), description(session, written, exported));
  await rm(drafts, { recursive: true });
  return exported;
};

/** What the store has no place for, a line a frame: its slot in the store, and what its camera knew of it. */
const frameLines = (chunks: readonly SpooledChunk[], chunkSize: number): string =>
  chunks
    .flatMap(({ chunk, frames = [] }) =>
      frames.map((info, k) => jsonLine({ frame: chunk.index * chunkSize + k, ...info })),
    )
    .join('');

const description = (session: SpooledSession, written: readonly SpooledChunk[], exported: Exported): Buffer => {
  const { id, contents } = session;
  const chunks = written.map(({ chunk, time, problem }) => ({
    index: chunk.index,
    frames: chunk.items,
    time,
    ...(problem === undefined ? {} : { refused: problem }),
  }));
  return Buffer.from(
    JSON.stringify({ session: id, asked: contents.asked, report: contents.report, exported, chunks }, null, 2),
  );
};
