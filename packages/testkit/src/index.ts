export { chunkings, oneByte, randomCuts, splitAt, whole } from './chunkings.js';
export type { Chunked, ChunkingOptions } from './chunkings.js';
export { fixtures } from './families.js';
export type { Expectation, Family, FixtureBase, FixtureEvent, FrameFixture, Limits, Role, Rule } from './fixture.js';
export type {
  FrameImplementation,
  FrameObservation,
  FrameReceiver,
  FrameSetup,
  ReceivedEvent,
} from './frame-observation.js';
export { compareFrames, judgeFrames, runFrameFixtures } from './frame-verdict.js';
export type { Deviation, Finding, FrameRunOptions } from './frame-verdict.js';
export { bytesOf, hexOf } from './hex.js';
export { random } from './random.js';
export { registerFixtures } from './runner.js';
export type { Adapter, TestFunction } from './runner.js';
