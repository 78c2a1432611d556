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
export type { AlignedRow } from './model/alignedRow.js';
export type { Asked, StreamKind } from './model/asked.js';
export type { ChunkRef, ChunkTime } from './model/chunkRef.js';
export type { ClockReading } from './model/clockReading.js';
export * from './model/errors.js';
export type { Frame, FrameInfo, TimeBase } from './model/frame.js';
export type { FrameChunk } from './model/frameChunk.js';
export type { Gap } from './model/gap.js';
export type { GrowthRun, GrowthRunOptions, RunStreamFound } from './model/growthRun.js';
export type { HttpAttempt } from './model/httpAttempt.js';
export type { DataId, SessionId } from './model/identifiers.js';
export { isComplete } from './model/isComplete.js';
export type { Links } from './model/links.js';
export type { Logger } from './model/logger.js';
export type { Outcome } from './model/outcome.js';
export type { PixelFormat } from './model/pixelFormat.js';
export type { Outage, PlatformStatus } from './model/platformStatus.js';
export type { Problem } from './model/problem.js';
export type { PublicPlatform } from './model/publicPlatform.js';
export type { AngleResults, ChannelResults, FrameResult, Results } from './model/results.js';
export type { RheedOptions } from './model/rheedOptions.js';
export type { RheedSession } from './model/rheedSession.js';
export type { RunPart } from './model/runStreamName.js';
export type { Reading, Sample, SampleFlag } from './model/sample.js';
export type { SessionEvent, SessionNotice, SessionRecord } from './model/sessionEvent.js';
export type { SessionReport } from './model/sessionReport.js';
export type { SpoolOptions } from './model/spoolOptions.js';
export type { SpoolStatus } from './model/spoolStatus.js';
export type { TextEvent } from './model/textEvent.js';
export type { TimeseriesOptions } from './model/timeseriesOptions.js';
export type { Points, TimeseriesSession } from './model/timeseriesSession.js';
export type { Verbosity } from './model/verbosity.js';
export { alignChannels } from './operators/alignChannels.js';
export type { AlignChannelsOptions, PerChannel, RowTimes } from './operators/alignChannelsOptions.js';
export type {
  ChannelFlat,
  ChannelReturned,
  ChannelSilent,
  WatchedChannel,
  WatchedSample,
} from './operators/channelWatch.js';
export { type MergeChannelsOptions, mergeChannels } from './operators/mergeChannels.js';
export { type OscillationPeriod, oscillationPeriod } from './operators/oscillationPeriod.js';
export type { OscillationPeriodOptions } from './operators/oscillationPeriodOptions.js';
export { type PaceAtOptions, paceAt } from './operators/paceAt.js';
export type { Fill } from './operators/readingAt.js';
export type { Region } from './operators/region.js';
export { type RegionIntensityOptions, regionIntensity } from './operators/regionIntensity.js';
export type { RegionStatistic } from './operators/regionStatistic.js';
export { retryBackoff } from './operators/retryBackoff.js';
export { type StaleAfterOptions, staleAfter } from './operators/staleAfter.js';
export { type ToGray8Options, toGray8 } from './operators/toGray8.js';
export { uploadChunk } from './operators/uploadChunk.js';
export type { FrameWithReading, Timed } from './operators/waitingFrames.js';
export { type WithChannelOptions, withChannel } from './operators/withChannel.js';
export { type PollResultsOptions, pollResults, type ResultsOf } from './results/pollResults.js';
export { growthRun } from './sinks/growthRun.js';
export { openRheed } from './sinks/openRheed.js';
export { openTimeseries } from './sinks/openTimeseries.js';
export { rheedSink } from './sinks/rheedSink.js';
export { timeseriesSink } from './sinks/timeseriesSink.js';
export type { BadReading } from './sources/badReading.js';
export type { ByteStream } from './sources/byteStream.js';
export type { CsvColumn } from './sources/csv/csvColumns.js';
export type { LogNotice } from './sources/csv/logNotice.js';
export type { DateOrder } from './sources/csv/logTime.js';
export type { Sentinels } from './sources/csv/sentinels.js';
export { type FromCallbackEnd, type FromCallbackOptions, fromCallback } from './sources/fromCallback.js';
export { type FromCsvLogOptions, fromCsvLog } from './sources/fromCsvLog.js';
export { type FromEpicLogOptions, fromEpicLog } from './sources/fromEpicLog.js';
export { type FromEpicMessagesOptions, fromEpicMessages } from './sources/fromEpicMessages.js';
export { type FromFramesOptions, fromFrames } from './sources/fromFrames.js';
export { type FromImagesOptions, fromImages } from './sources/fromImages.js';
export { type FromLinesOptions, fromLines } from './sources/fromLines.js';
export { type FromMqttOptions, fromMqtt } from './sources/fromMqtt.js';
export { type FromMsgpackOptions, fromMsgpack } from './sources/fromMsgpack.js';
export type { LiveOptions } from './sources/liveOptions.js';
export type { MqttConnection } from './sources/mqtt/mqttConnection.js';
export type { MqttMessage, MqttReading } from './sources/mqtt/mqttMessage.js';
export type { MqttTopic, MqttTopics, ParseMqtt } from './sources/mqtt/mqttTopics.js';
export type { FrameBlock } from './streamers/frameBlock.js';
export type { PointBlock } from './streamers/pointBlock.js';
export { RHEEDStreamer, type RHEEDStreamerOptions } from './streamers/rheedStreamer.js';
export {
  type InitializeTimeseries,
  TimeseriesStreamer,
  type TimeseriesStreamerOptions,
} from './streamers/timeseriesStreamer.js';
