import * as t from 'io-ts';
import type { ChunkRef, ChunkTime } from '../model/chunkRef.js';
import { rule } from '../model/decodeInput.js';
import type { FrameInfo } from '../model/frame.js';
import type { DataId, SessionId } from '../model/identifiers.js';
import { channelsOf } from '../model/pixelFormat.js';
import type { Problem } from '../model/problem.js';
import type { SessionRecord } from '../model/sessionEvent.js';
import type { Owner } from './owner.js';

type Said<Type extends SessionRecord['type']> = Extract<SessionRecord, { readonly type: Type }>;

/** What a journal stores: a session's records, `durable` with what only the disk knows, whose session it is, a body too small for a file. */
export type LogEntry =
  | Exclude<SessionRecord, { readonly type: 'durable' }>
  | (Said<'durable'> & { readonly file?: string; readonly crc?: number })
  | { readonly type: 'owner'; readonly owner: Owner }
  | {
      readonly type: 'body';
      readonly chunk: ChunkRef;
      readonly time: ChunkTime;
      readonly dims: readonly number[];
      readonly bytes: Uint8Array;
    };

/** A count, an index or a length. */
export const Count = rule(
  'a whole number',
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
);

/** A time, or anything else that was measured. */
export const Finite = rule('a finite number', (value): value is number => Number.isFinite(value));

const oneOf = <K extends string>(...names: readonly K[]) =>
  t.keyof(Object.fromEntries(names.map((name) => [name, null])) as Record<K, null>);

const Session = t.string as unknown as t.Type<SessionId>;

const Stream = t.string as unknown as t.Type<DataId>;

const Binary = rule('bytes', (value): value is Uint8Array => value instanceof Uint8Array);

/** Made of whatever was thrown, so nobody has checked it: a field that is not what it should be is mended, or left out. */
const ProblemShape = new t.Type<Problem, unknown>(
  'a problem',
  (value): value is Problem => typeof value === 'object' && value !== null,
  (value, context) =>
    typeof value === 'object' && value !== null ? t.success(mended(value)) : t.failure(value, context),
  t.identity,
);

const mended = ({ tag, message, status, field }: Partial<Record<keyof Problem, unknown>>): Problem => ({
  tag: typeof tag === 'string' ? tag : 'Error',
  message: typeof message === 'string' ? message : String(message),
  ...(typeof status === 'number' ? { status } : {}),
  ...(typeof field === 'string' ? { field } : {}),
});

const GapShape = t.intersection([
  t.type({ frames: t.number, fromMs: t.number, toMs: t.number, cause: oneOf('policy', 'time') }),
  t.partial({ channel: t.string }),
]);

const ChunkShape = t.intersection([
  t.type({ index: Count, revision: Count, items: Count }),
  t.partial({ channel: t.string }),
]);

const TimeShape = t.intersection([
  t.type({ startMs: Finite, timeBase: oneOf('host', 'recorded') }),
  t.partial({ clock: t.type({ offsetMs: Finite, uncertaintyMs: Finite, takenAt: Finite }) }),
]);

const ReportShape = t.type({
  session: Session,
  kind: oneOf('rheed', 'timeseries'),
  streams: t.array(Stream),
  outcome: oneOf('complete', 'cancelled', 'failed', 'interrupted', 'running'),
  ended: t.boolean,
  offered: t.number,
  delivered: t.number,
  kept: t.number,
  rejected: t.number,
  dropped: t.number,
  lost: t.number,
  deadLetters: t.array(t.type({ chunk: ChunkShape, problem: ProblemShape })),
  gaps: t.array(GapShape),
  linksRefused: t.array(ProblemShape),
  orphans: t.array(t.string),
});

const linkFields = { physicalSample: t.string, projectId: t.string, tags: t.array(t.string) };

const AskedShape = t.union([
  t.type({
    kind: oneOf('rheed'),
    options: t.intersection([
      t.type({ fps: Finite, rotationsPerMin: Finite, chunkSize: Count }),
      t.partial({
        streamName: t.string,
        azimuth: t.string,
        startMs: Finite,
        onGap: oneOf('split', 'keep'),
        onClosed: oneOf('continue', 'keep'),
        ...linkFields,
      }),
    ]),
  }),
  t.type({
    kind: oneOf('timeseries'),
    options: t.intersection([
      t.type({ pointsPerChunk: Count, flushAfterMs: Finite }),
      t.partial({
        streamName: t.string,
        synthSourceId: Finite,
        onDisorder: oneOf('error', 'drop', 'keep'),
        onClosed: oneOf('continue', 'keep'),
        ...linkFields,
      }),
    ]),
  }),
]);

/** The part that a chunk file repeats, so that its bytes are not lost with the journal. */
export const ChunkHeaderShape = t.type({
  chunk: ChunkShape,
  time: TimeShape,
  dims: t.array(Count),
  bytes: Count,
  crc: Count,
});

/** What a camera may tell of a frame. Nobody has checked it: a field that is not what it should be is left out, and the rest is kept. */
const infoFields = {
  width: t.number,
  height: t.number,
  format: oneOf(...(Object.keys(channelsOf) as FrameInfo['format'][])),
  bits: t.number,
  capturedAt: t.number,
  arrivedAt: t.number,
  timeBase: oneOf('host', 'recorded'),
  frameId: t.number,
  deviceTicks: t.bigint,
  exposureSeconds: t.number,
  gain: t.number,
  gapBefore: GapShape,
} satisfies Record<keyof FrameInfo, t.Mixed>;

const infoFieldOf: ReadonlyMap<string, t.Mixed> = new Map(Object.entries(infoFields));

/** There is one for each frame of a run: it is read and written without detours. */
const knownInfo = (info: unknown): FrameInfo => {
  const told = Object(info) as Record<string, unknown>;
  const known: Record<string, unknown> = {};
  for (const name in told) if (infoFieldOf.get(name)?.is(told[name]) === true) known[name] = told[name];
  return known as unknown as FrameInfo;
};

/** An `accepted` record with what is known of its frames, and nothing else that came with them. */
export const withKnownFrames = (said: Said<'accepted'>): Said<'accepted'> =>
  said.frames === undefined ? said : { ...said, frames: said.frames.map(knownInfo) };

const Frames = new t.Type<readonly FrameInfo[], unknown>(
  'frames',
  (value): value is readonly FrameInfo[] => Array.isArray(value),
  (value, context) => (Array.isArray(value) ? t.success(value.map(knownInfo)) : t.failure(value, context)),
  t.identity,
);

const shapes: { readonly [T in LogEntry['type']]: t.Decoder<unknown, Omit<Extract<LogEntry, { type: T }>, 'type'>> } = {
  asked: t.type({ asked: AskedShape }),
  owner: t.type({ owner: t.intersection([t.type({ endpoint: t.string }), t.partial({ keyPrint: t.string })]) }),
  accepted: t.intersection([t.type({ chunk: ChunkShape, time: TimeShape }), t.partial({ frames: Frames })]),
  durable: t.intersection([t.type({ chunk: ChunkShape, bytes: Count }), t.partial({ file: t.string, crc: Count })]),
  body: t.type({ chunk: ChunkShape, time: TimeShape, dims: t.array(Count), bytes: Binary }),
  intent: t.type({ step: oneOf('create', 'end') }),
  notCreated: t.type({}),
  created: t.intersection([t.type({ dataId: Stream }), t.partial({ firstIndex: Count })]),
  orphaned: t.type({ streamName: t.string, problem: ProblemShape }),
  opened: t.intersection([t.type({ dataId: Stream }), t.partial({ continues: Stream, firstIndex: Count })]),
  linkRefused: t.type({ problem: ProblemShape }),
  delivered: t.type({ chunk: ChunkShape, to: Stream, as: Count }),
  rejected: t.type({ chunk: ChunkShape, problem: ProblemShape }),
  retried: t.type({ chunk: ChunkShape }),
  lost: t.type({ chunk: ChunkShape, problem: ProblemShape }),
  gap: t.type({ gap: GapShape }),
  ending: t.intersection([
    t.type({ outcome: oneOf('complete', 'cancelled', 'failed', 'interrupted') }),
    t.partial({ problem: ProblemShape }),
  ]),
  closed: t.type({ dataId: Stream, report: ReportShape }),
  gaveUp: t.type({ phase: oneOf('open', 'deliver', 'end'), problem: ProblemShape, report: ReportShape }),
};

/** The shape of each type of record. What a file says is a record only when it has it. */
export const recordShapes: ReadonlyMap<string, t.Decoder<unknown, LogEntry>> = new Map(
  Object.entries(shapes as unknown as Record<string, t.Decoder<unknown, LogEntry>>),
);
