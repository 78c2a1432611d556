import { expect } from '@jest/globals';
import type { Frame } from '../../src/model/frame.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import { storedZstd } from '../../src/zarr/zstd/storedZstd.js';
import type { RecordedStream, StoredShard } from './httpRecord.js';
import type { Ran } from './httpSession.js';

/** The report that a session ended with. */
export const reportOf = ({ events }: Ran): SessionReport => {
  const last = events.findLast((event) => event.type === 'closed' || event.type === 'gaveUp');
  if (last === undefined) throw new Error(`no end among ${events.map(({ type }) => type)}`);
  return last.report;
};

/** What holds whatever the fault: nothing lost unnamed, nothing wrong, nothing that was not issued, the end last. */
export const expectConserved = (ran: Ran): void => {
  const { events, streams } = ran;
  const report = reportOf(ran);
  const accepted = events.filter((event) => event.type === 'accepted').map(({ chunk }) => chunk);
  expect(accepted.map(({ index }) => index)).toEqual(accepted.map((_, i) => i));

  for (const { index } of accepted) {
    const fates = events.filter(
      (event) =>
        (event.type === 'delivered' || event.type === 'rejected' || event.type === 'lost') &&
        event.chunk.index === index,
    );
    expect(fates).toHaveLength(1);
  }
  for (const event of events)
    if (event.type === 'delivered') {
      const shard = streams.find(({ id }) => id === event.to)?.shards.get(event.as);
      expect(shard && contentOf(shard)).toEqual(framesOfChunk(ran, event.chunk.index));
    }
  expectAddsUp(report, ran.frames.length);
  expectNothingElse(ran, report);
  for (const stream of streams) expectEndLast(stream);
};

const contentOf = ({ body, dims: [frames = 0, height = 0, width = 0] }: StoredShard): string[] =>
  decodeShard(body, { frames, height, width }, storedZstd).map(nameOf);

const framesOfChunk = ({ frames, chunkSize }: Ran, index: number): string[] =>
  frames.slice(index * chunkSize, (index + 1) * chunkSize).map(({ data }: Frame<'gray8'>) => nameOf(data));

/** Short, where a failure would print a frame. */
const nameOf = (pixels: Uint8Array): string =>
  Buffer.from(pixels)
    .toString('base64')
    .replace(/^(.{24}).*(.{8})$/s, '$1…$2');

const expectAddsUp = (report: SessionReport, frames: number): void => {
  const { offered, delivered, kept, rejected, dropped, lost } = report;
  expect(offered).toBe(frames);
  expect(delivered + kept + rejected + dropped + lost).toBe(offered);
  expect(kept + dropped).toBe(0);
};

/** A stream that is not the session's is named, and empty; what a stream of the session holds was issued for that place. */
const expectNothingElse = (ran: Ran, report: SessionReport): void => {
  const strangers = ran.streams.filter(({ id }) => !report.streams.some((own) => own === id));
  const known = strangers.filter(({ state }) => state !== 'ended'); // a stream that was refused its links is ended
  expect(known.length).toBeLessThanOrEqual(report.orphans.length);
  for (const stranger of strangers) expect(stranger.shards.size).toBe(0);
  const issued = new Set(ran.frames.map(({ data }) => nameOf(data)));
  for (const { shards } of ran.streams)
    for (const shard of shards.values()) for (const name of contentOf(shard)) expect(issued).toContain(name);
};

const expectEndLast = ({ log, state }: RecordedStream): void => {
  if (state === 'ended') expect(log.indexOf('end')).toBe(log.length - 1);
};
