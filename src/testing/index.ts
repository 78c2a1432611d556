export type { ReceivedChunk, ReceivedPoints, Replies, Reply, Step } from './fakeIngest.js';
export { type FakePlatform, type FakePlatformOptions, fakePlatform } from './fakePlatform.js';
export {
  type Fault,
  type FaultedRequest,
  type FaultPhase,
  type FaultServer,
  type FaultServerOptions,
  startFaultServer,
} from './faultServer.js';
export { type FramesOptions, frames } from './frames.js';
export { grayFrame } from './grayFrame.js';
export { ingestFailure } from './ingestFailure.js';
export { marbles } from './marbles.js';
export { type RheedPatternOptions, rheedPattern } from './rheedPattern.js';
