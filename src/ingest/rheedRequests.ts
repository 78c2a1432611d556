import type { ChunkTime } from '../model/chunkRef.js';
import type { ClockReading } from '../model/clockReading.js';
import { defaultStreamName } from '../model/defaultStreamName.js';
import type { EncodedChunk } from '../model/encodedChunk.js';
import type { DataId } from '../model/identifiers.js';
import type { RheedOptions } from '../model/rheedOptions.js';
import type { CreateRheedRequest, PresignQuery, PresignRequest } from './codecs.js';
import { readingFor, spanOf } from './referenceTime.js';

/** What a RHEED stream is created with. */
export const createRheedRequest = (options: RheedOptions, now: Date): CreateRheedRequest => {
  const { fps, rotationsPerMin, streamName, projectId, azimuth } = options;
  return {
    data_item_name: streamName?.trim() || defaultStreamName(now),
    // Frames a rotation; the vendor's client sends null, not Infinity, for a sample that stands still.
    rotational_period: rotationsPerMin === 0 ? null : (fps * 60) / rotationsPerMin,
    rotations_per_min: rotationsPerMin,
    fps_capture_rate: fps,
    ...(projectId?.trim() ? { project_id: projectId.trim() } : {}),
    ...(azimuth?.trim() ? { azimuth_label: azimuth.trim() } : {}),
  };
};

/** Where a chunk lives in its stream's array. */
export const presignQuery = (index: number): PresignQuery => ({
  original_filename: `frames.zarr/frames/c/${index}/0/0`,
  num_parts: '1',
  staging_type: 'stream',
});

/** What a URL for one chunk's shard is asked for with: every value a string. */
export const presignRequest = (
  dataId: DataId,
  { fps, rotationsPerMin, chunkSize }: RheedOptions,
  time: ChunkTime,
  { dims }: EncodedChunk,
  latest: ClockReading | undefined,
): PresignRequest => {
  const clock = readingFor(time, latest);
  const { start, end } = spanOf(time.startMs, dims[0] ?? 0, fps, clock);
  return {
    data_id: dataId,
    data_stream: 'rheed',
    is_stream: '1',
    is_rotating: rotationsPerMin === 0 ? '0' : '1',
    raw_frame_rate: floatText(fps),
    avg_frame_rate: floatText(fps),
    chunk_size: String(chunkSize),
    dims: dims.join(','),
    start_unix_ms_utc: String(start),
    end_unix_ms_utc: String(end),
    ...(clock === undefined
      ? {}
      : {
          clock_offset_ms: String(Math.round(clock.offsetMs)),
          clock_uncertainty_ms: clock.uncertaintyMs.toFixed(1),
        }),
  };
};

/** A float as the platform expects to read one: a whole number keeps its `.0`. */
export const floatText = (value: number): string => {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};
