import { expect } from '@jest/globals';
import type { Frame } from '../../src/model/frame.js';
import type { SessionEvent } from '../../src/model/sessionEvent.js';
import type { SessionReport } from '../../src/model/sessionReport.js';
import { decodeShard } from '../../src/zarr/decodeShard.js';
import { openZstd } from '../../src/zarr/zstd/openZstd.js';
import type { RecordedStream, StoredShard } from './httpRecord.js';

const zstd = await openZstd();

/** What a session was given and said, and what the platform saw of it. */
export interface Told {
  readonly frames: readonly Frame<'gray8'>[];
  readonly chunkSize: number;
  readonly events: readonly SessionEvent[];
  readonly streams: readonly RecordedStream[];
}

/** The report that a session ended with. */
export const reportOf = ({ events }: Pick<Told, 'events'>): SessionReport => {
  const last = events.findLast((event) => event.type === 'closed' || event.type === 'gaveUp');
  if (last === undefined) throw new Error(`no end among ${events.map(({ type }) => type)}`);
  return last.report;
};

/** What holds whatever the fault: nothing lost unnamed, nothing wrong, nothing that was not issued, the end last. */
export const expectConserved = (told: Told): void => {
  const { events, streams } = told;
  const report = reportOf(told);
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
      expect(shard && contentOf(shard)).toEqual(framesOfChunk(told, event.chunk.index));
    }
  expectAddsUp(report, told.frames.length);
  expectNothingElse(told, report);
  for (const stream of streams) expectEndLast(stream);
};

const contentOf = ({ body, dims: [frames = 0, height = 0, width = 0] }: StoredShard): string[] =>
  decodeShard(body, { frames, height, width }, zstd).map(nameOf);

const framesOfChunk = ({ frames, chunkSize }: Told, index: number): string[] =>
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
const expectNothingElse = (told: Told, report: SessionReport): void => {
  const strangers = told.streams.filter(({ id }) => !report.streams.some((own) => own === id));
  const known = strangers.filter(({ state }) => state !== 'ended'); // a stream that was refused its links is ended
  expect(known.length).toBeLessThanOrEqual(report.orphans.length);
  for (const stranger of strangers) expect(stranger.shards.size).toBe(0);
  const issued = new Set(told.frames.map(({ data }) => nameOf(data)));
  for (const { shards } of told.streams)
    for (const shard of shards.values()) for (const name of contentOf(shard)) expect(issued).toContain(name);
};

const expectEndLast = ({ log, state }: RecordedStream): void => {
  if (state === 'ended') expect(log.indexOf('end')).toBe(log.length - 1);
};
