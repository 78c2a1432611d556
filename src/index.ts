export { type ConnectOptions, connect } from './connect.js';
export type { Platform } from './delivery/platform.js';
export type { Account } from './flow/account.js';
export { admit, type Overflow } from './flow/admit.js';
export { Budget } from './flow/budget.js';
export { chargedMergeMap } from './flow/chargedMergeMap.js';
export type { Clock } from './flow/clock.js';
export { clockScheduler } from './flow/clockScheduler.js';
export type { RetryPolicy } from './flow/retryPolicy.js';
export type { Timeouts } from './ingest/timeouts.js';
export type { Asked, StreamKind } from './model/asked.js';
export type { ClockReading } from './model/clockReading.js';
export * from './model/errors.js';
export type { Frame, FrameInfo, TimeBase } from './model/frame.js';
export type { FrameChunk } from './model/frameChunk.js';
export type { Gap } from './model/gap.js';
export type { DataId, SessionId } from './model/identifiers.js';
export type { Links } from './model/links.js';
export type { PixelFormat } from './model/pixelFormat.js';
export type { PlatformStatus } from './model/platformStatus.js';
export type { Problem } from './model/problem.js';
export type { PublicPlatform } from './model/publicPlatform.js';
export type { RheedOptions } from './model/rheedOptions.js';
export type { RheedSession } from './model/rheedSession.js';
export type {
  ChunkRef,
  ChunkTime,
  Outcome,
  SessionEvent,
  SessionNotice,
  SessionRecord,
} from './model/sessionEvent.js';
export { isComplete, type SessionReport } from './model/sessionReport.js';
export { type PaceAtOptions, paceAt } from './operators/paceAt.js';
export { retryBackoff } from './operators/retryBackoff.js';
export { type ToGray8Options, toGray8 } from './operators/toGray8.js';
export { uploadChunk } from './operators/uploadChunk.js';
export { openRheed } from './sinks/openRheed.js';
export { rheedSink } from './sinks/rheedSink.js';
export { type FromCallbackEnd, type FromCallbackOptions, fromCallback } from './sources/fromCallback.js';
export { type FromFramesOptions, fromFrames } from './sources/fromFrames.js';
export { type FromImagesOptions, fromImages } from './sources/fromImages.js';
export type { FrameBlock } from './streamers/frameBlock.js';
export type { Verbosity } from './streamers/narrate.js';
export { RHEEDStreamer, type RHEEDStreamerOptions } from './streamers/rheedStreamer.js';
