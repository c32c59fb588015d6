export { chunkings, oneByte, randomCuts, splitAt, whole } from './chunkings.js';
export type { Chunked, ChunkingOptions } from './chunkings.js';
export { compareClient, runClientFixtures } from './client-runner.js';
export type { ClientImplementation, ClientOpened, ClientReceiver } from './client-runner.js';
export { compareClosing, runClosingFixtures } from './closing-runner.js';
export type { ClosingEndpoint, ClosingImplementation, ClosingListener } from './closing-runner.js';
export { compareEncoder, runEncoderFixtures } from './encoder-runner.js';
export type { EncoderImplementation } from './encoder-runner.js';
export { UsageError } from './errors.js';
export type { UsageCode } from './errors.js';
export { fixtures } from './families.js';
export { FaultyDuplex } from './faulty-duplex.js';
export type { FaultyDuplexOptions } from './faulty-duplex.js';
export type {
  AnswerExpectation,
  ClientFixture,
  ClientRequestFixture,
  ClientResponseFixture,
  ClosingFixture,
  ClosingStep,
  EncoderFixture,
  EncoderInput,
  Expectation,
  Family,
  FixtureBase,
  FixtureEvent,
  FrameFixture,
  HandshakeFixture,
  Http2Fixture,
  Limits,
  NegotiationExpectation,
  NegotiationFixture,
  Role,
  Rule,
  SentFrame,
  ServerSettings,
} from './fixture.js';
export type { FrameImplementation, FrameObservation, FrameReceiver, FrameSetup } from './frame-observation.js';
export { compareFrames, judgeFrames, runFrameFixtures } from './frame-verdict.js';
export type { Deviation, Finding, FrameRunOptions } from './frame-verdict.js';
export { compareHandshake, runHandshakeFixtures, runHttp2Fixtures } from './handshake-runner.js';
export type {
  HandshakeImplementation,
  HandshakeRunOptions,
  HandshakeServer,
  Http2Answer,
  Http2Implementation,
  Http2RunOptions,
} from './handshake-runner.js';
export { bytesOf, hexOf } from './hex.js';
export { ManualClock } from './manual-clock.js';
export { compareNegotiation, runNegotiationFixtures } from './negotiation-runner.js';
export type { NegotiationAnswer, NegotiationImplementation } from './negotiation-runner.js';
export { pair, PairedDuplex } from './pair.js';
export type { PairOptions } from './pair.js';
export { random } from './random.js';
export type { ReceivedData, ReceivedEvent } from './received-event.js';
export { registerFixtures } from './runner.js';
export type { Adapter, TestFunction } from './runner.js';
export { testClient } from './wire/test-client.js';
export type { ClientTestOptions } from './wire/test-client.js';
export { testServer } from './wire/test-server.js';
export type { ServerTestOptions } from './wire/test-server.js';
export type { WireFinding, WireResult } from './wire/result.js';
