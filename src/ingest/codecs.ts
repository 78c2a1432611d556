import * as t from 'io-ts';
import { rule } from '../model/decodeInput.js';

/** What travels as JSON between the library and a platform. Requests are checked by the local platform, replies by the client. */

const Finite = rule('a finite number', (value): value is number => Number.isFinite(value));

const Id = rule('a non-empty string', (value): value is string => typeof value === 'string' && value !== '');

/** A number written as a string, as every number of a presign request is. */
const Numeral = rule(
  'a string that holds a number',
  (value): value is string => typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)),
);

const Flag = t.keyof({ '0': null, '1': null });

// --- the reference clock

export const TimeReply = t.type({ receivedAtUnixMs: Finite, transmittedAtUnixMs: Finite });
export type TimeReply = t.TypeOf<typeof TimeReply>;

// --- links

/** Samples and tags as they are listed; one nameless entry must not spoil the list. */
export const NamedList = t.array(
  t.intersection([t.type({ id: Id }), t.partial({ name: t.union([t.string, t.null]) })]),
);
export type NamedList = t.TypeOf<typeof NamedList>;

export const CreateNamedRequest = t.type({ name: t.string });
export type CreateNamedRequest = t.TypeOf<typeof CreateNamedRequest>;

export const CreateNamedReply = t.union([t.type({ id: Id }), t.type({ physical_sample_id: Id })]);
export type CreateNamedReply = t.TypeOf<typeof CreateNamedReply>;

/** The body of a 409 for a sample that exists. */
export const ConflictReply = t.type({ detail: t.type({ id: Id }) });

export const LinkSampleRequest = t.type({ data_ids: t.array(Id), physical_sample_id: Id });
export type LinkSampleRequest = t.TypeOf<typeof LinkSampleRequest>;

export const LinkTagsRequest = t.type({ data_ids: t.array(Id), tag_ids: t.array(Id) });
export type LinkTagsRequest = t.TypeOf<typeof LinkTagsRequest>;

export const TrackSampleRequest = t.type({ physical_sample_id: Id, set_active: t.boolean });
export type TrackSampleRequest = t.TypeOf<typeof TrackSampleRequest>;

// --- RHEED

export const CreateRheedRequest = t.intersection([
  t.type({
    data_item_name: t.string,
    /** Frames a rotation; null for a stationary sample. */
    rotational_period: t.union([Finite, t.null]),
    rotations_per_min: Finite,
    fps_capture_rate: Finite,
  }),
  t.partial({ project_id: t.string, azimuth_label: t.string }),
]);
export type CreateRheedRequest = t.TypeOf<typeof CreateRheedRequest>;

/** A bare JSON string. */
export const CreateRheedReply = Id;

export const PresignQuery = t.type({ original_filename: t.string, num_parts: Numeral, staging_type: t.string });
export type PresignQuery = t.TypeOf<typeof PresignQuery>;

/** Every value is a string; `dims` is frames,height,width. */
export const PresignRequest = t.intersection([
  t.type({
    data_id: Id,
    data_stream: t.string,
    is_stream: Flag,
    is_rotating: Flag,
    raw_frame_rate: Numeral,
    avg_frame_rate: Numeral,
    chunk_size: Numeral,
    dims: t.string,
    start_unix_ms_utc: Numeral,
    end_unix_ms_utc: Numeral,
  }),
  t.partial({ clock_offset_ms: Numeral, clock_uncertainty_ms: Numeral }),
]);
export type PresignRequest = t.TypeOf<typeof PresignRequest>;

const SignedUrl = rule(
  'an absolute http(s) URL',
  (value): value is string =>
    typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
);

const Presigned = t.type({ url: SignedUrl });

export const PresignReply = t.union([
  rule(
    'a list of URLs',
    (value): value is [t.TypeOf<typeof Presigned>] => Array.isArray(value) && Presigned.is(value[0]),
  ),
  Presigned,
]);
export type PresignReply = t.TypeOf<typeof PresignReply>;

// --- time series

export const CreateTimeseriesRequest = t.intersection([
  t.type({
    stream_name: t.union([t.string, t.null]),
    points_per_chunk: Finite,
    project_id: t.union([t.string, t.null]),
  }),
  t.partial({ synth_source_id: Finite }),
]);
export type CreateTimeseriesRequest = t.TypeOf<typeof CreateTimeseriesRequest>;

export const CreateTimeseriesReply = t.intersection([t.type({ data_id: Id }), t.partial({ processed_data_id: Id })]);
export type CreateTimeseriesReply = t.TypeOf<typeof CreateTimeseriesReply>;

/** Unix seconds by the reference clock; NaN and the infinities travel as null. */
export const Points = t.intersection([
  t.type({ timestamps: t.array(Finite), values: t.array(t.union([Finite, t.null])) }),
  t.partial({ units: t.union([t.string, t.null]) }),
]);
export type Points = t.TypeOf<typeof Points>;

export const SendPointsRequest = t.intersection([
  t.type({ data_id: Id, chunk_index: Finite, channel_name: Id }),
  Points,
]);
export type SendPointsRequest = t.TypeOf<typeof SendPointsRequest>;

export const SendPointsReply = t.type({
  data_id: Id,
  channel_name: Id,
  chunk_index: Finite,
  total_points: Finite,
});
export type SendPointsReply = t.TypeOf<typeof SendPointsReply>;

export const SendChannelsRequest = t.type({
  data_id: Id,
  chunk_index: Finite,
  channels: t.record(t.string, Points),
});
export type SendChannelsRequest = t.TypeOf<typeof SendChannelsRequest>;

/** What every platform says of points that it has stored, of one channel or of several. */
export const SentPointsReply = t.type({ data_id: Id, chunk_index: Finite });

// --- results

const Maybe = <C extends t.Mixed>(codec: C) => t.union([codec, t.null, t.undefined]);

export const RheedResultsReply = t.type({
  series_by_angle: t.array(
    t.intersection([
      t.type({
        angle: Finite,
        series: t.array(
          t.intersection([
            t.type({ frame_number: Finite, relative_time_seconds: Finite, unix_timestamp_ms: Finite }),
            t.partial({ specular_intensity: Maybe(Finite), oscillation_period: Maybe(Finite) }),
          ]),
        ),
      }),
      t.partial({ view_id: Maybe(t.string), azimuth_label: Maybe(t.string) }),
    ]),
  ),
});
export type RheedResultsReply = t.TypeOf<typeof RheedResultsReply>;

export const TimeseriesResultsReply = t.type({
  properties: t.record(
    t.string,
    t.intersection([
      t.type({
        relative_time_seconds: t.array(Finite),
        unix_timestamp_ms: t.array(Finite),
        values: t.array(Maybe(Finite)),
      }),
      t.partial({ units: Maybe(t.string) }),
    ]),
  ),
});
export type TimeseriesResultsReply = t.TypeOf<typeof TimeseriesResultsReply>;

// --- the list of streams

/** One entry as this client knows it. */
export const ListedStream = t.type({
  data_id: Id,
  name: t.string,
  kind: t.keyof({ rheed: null, timeseries: null }),
  state: t.keyof({ open: null, ended: null }),
  created: rule('a date', (value): value is string => !Number.isNaN(Date.parse(String(value)))),
});
export type ListedStream = t.TypeOf<typeof ListedStream>;

/** One entry of a kind that is not known yet must not spoil the list. */
export const StreamsReply = t.array(t.unknown);

// --- errors

/** What a refusal says: a sentence, FastAPI's list of what is wrong with the request, or an object. */
export const ErrorReply = t.type({
  detail: t.union([
    t.string,
    t.array(t.intersection([t.type({ msg: t.string }), t.partial({ loc: t.array(t.union([t.string, t.number])) })])),
  ]),
});
export type ErrorReply = t.TypeOf<typeof ErrorReply>;
