import { lastValueFrom } from 'rxjs';
import type { SessionJournal } from '../../../src/journal/sessionJournal.js';
import { type ChannelPoints, encodePoints } from '../../../src/model/channelPoints.js';
import type { ChunkRef } from '../../../src/model/chunkRef.js';
import { diskJournals } from '../../../src/spool/diskJournals.js';
import { placeAt, temporaryFolder } from './keptRun.js';
import { ENDPOINT } from './spooled.js';

const START = Date.UTC(2026, 10, 21, 8);

const options = { pointsPerChunk: 3, flushAfterMs: 1000, streamName: 'Channels 42' };

/** Seconds of a channel. */
export const secondsOf = (channel: string, from: number, values: readonly number[], units?: string): ChannelPoints => ({
  channel,
  times: values.map((_, k) => START + 1000 * (from + k)),
  values,
  ...(units === undefined ? {} : { units }),
});

/** Accepts points for a chunk and has them kept; resolves when they are. */
export const keepPoints = (
  journal: SessionJournal,
  place: Omit<ChunkRef, 'items'>,
  points: readonly ChannelPoints[],
): Promise<unknown> => {
  const body = encodePoints(points);
  const chunk = { ...place, items: points[0]?.times.length ?? 0 };
  journal.append({ type: 'accepted', chunk, time: { startMs: START, timeBase: 'host' } });
  const encoded = { parts: [body], byteLength: body.byteLength, dims: [chunk.items], release: () => {} };
  return lastValueFrom(journal.keep(chunk, encoded), { defaultValue: undefined });
};

/** A spool in which a process has left a session of channels. */
export const channelSpool = async (fill: (journal: SessionJournal) => Promise<unknown>): Promise<string> => {
  const root = temporaryFolder();
  const journals = diskJournals({
    ...placeAt(root),
    maxBytes: Number.POSITIVE_INFINITY,
    minFreeBytes: 0,
    ownerOf: () => ({ endpoint: ENDPOINT }),
  });
  const asked = { kind: 'timeseries', options } as const;
  const journal = journals.create(asked);
  journal.append({ type: 'asked', asked });
  await fill(journal);
  await lastValueFrom(journals.close(), { defaultValue: undefined });
  return root;
};
