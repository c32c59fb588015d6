import { fixtures, runFrameFixtures, runNegotiationFixtures } from '../src/index.js';
import { deflateFrames, deflateNegotiation } from './adapters/deflate.js';

describe('E Compressed messages: @sokker/deflate between the cores', () => {
  runFrameFixtures(deflateFrames, test, fixtures.deflate.fixtures);
});

describe('A Frame headers that need inflate', () => {
  const compressed = fixtures.header.fixtures.filter(
    ({ extensions, expect }) => extensions.length > 0 && expect.events.length > 0,
  );
  runFrameFixtures(deflateFrames, test, compressed);
});

describe('F Extension negotiation: @sokker/deflate through @sokker/handshake', () => {
  runNegotiationFixtures(deflateNegotiation, test, fixtures.negotiation.fixtures);
});
