import type { FastifyInstance } from 'fastify';
import type { RheedResultsReply } from '../ingest/codecs.js';
import { routes } from '../ingest/routes.js';
import { AngleSeries, type FrameEntry } from './angleSeries.js';
import type { DataDirectory } from './dataDirectory.js';
import type { FrameAnalysis } from './frameAnalysis.js';
import type { FrameStore } from './frameStore.js';
import { lastN } from './lastN.js';
import { Refusal } from './refusal.js';
import { secondsSince } from './secondsSince.js';
import type { Stream } from './stream.js';

/** Whose frames are asked for. */
interface Seen {
  readonly stream: Stream<FrameStore>;
  readonly store: FrameStore;
  readonly analysis: FrameAnalysis;
}

/** The frames that were looked at; of each angle the last `most`. */
const seriesOf = async (seen: Seen, most: number): Promise<AngleSeries> => {
  const { rotational_period: framesPerTurn, fps_capture_rate: fps } = seen.stream.record.asked;
  const series = new AngleSeries({ framesPerTurn: Number(framesPerTurn ?? 0), fps: Number(fps) }, most);
  const chunks = await seen.store.chunks();
  const [firstTime = 0] = chunks[0] === undefined ? [] : await seen.store.times(chunks[0]);
  for (const index of chunks.reverse()) {
    if (series.isFull) break;
    for (const frame of (await framesOf(seen, index, firstTime)).reverse()) series.add(frame);
  }
  return series;
};

/** The frames of a chunk, once all of them were looked at. */
const framesOf = async ({ stream, store, analysis }: Seen, index: number, firstTime: number): Promise<FrameEntry[]> => {
  const times = await store.times(index);
  const first = index * (store.chunkShape?.frames ?? 0);
  const intensities = await analysis.of(stream, store, index, times.length);
  return intensities.map((frame, k) => {
    const time = times[k] ?? Number.NaN;
    return {
      frame_number: first + k,
      relative_time_seconds: secondsSince(firstTime, time),
      unix_timestamp_ms: Math.round(time * 1000),
      mean_intensity: frame?.mean ?? null,
      specular_intensity: frame?.specular ?? null,
      oscillation_period: null,
    };
  });
};

/** How bright each frame of a stream is, as far as that is known. */
export const frameResults = (app: FastifyInstance, { streams, analysis }: DataDirectory): void => {
  app.get<{ Params: { dataId: string } }>(
    routes.rheedResults,
    async ({ params: { dataId }, query }): Promise<RheedResultsReply> => {
      const stream = streams.rheed(dataId);
      const most = lastN(query) ?? Number.POSITIVE_INFINITY;
      const angles = (await stream.read((store) => seriesOf({ stream, store, analysis }, most))).list();
      if (angles.length === 0) throw new Refusal(404, `of stream ${dataId} no frame has been looked at yet`);
      const { azimuth_label } = stream.record.asked;
      const label = typeof azimuth_label === 'string' ? { azimuth_label } : {};
      return { series_by_angle: angles.map(({ angle, series }) => ({ angle, ...label, series })) };
    },
  );
};
