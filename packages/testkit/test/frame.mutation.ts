// The fixtures as mutation runs use them (`npm run mutate`): whole and byte by byte, a family at once.
import { fixtures, runEncoderFixtures, runFrameFixtures } from '../src/index.js';
import { frameCores } from './adapters/frame-cores.js';
import { encoderCore, frameEncoder } from './adapters/frame-encoder.js';
import { testTogether } from './together.js';

const chunking = { maxSplits: 0, randomCuts: 0 };

for (const { title, fixtures: all } of [
  fixtures.header,
  fixtures.closePayload,
  fixtures.fragmentation,
  fixtures.utf8,
]) {
  testTogether(title, (test) => runFrameFixtures(frameCores('slices'), test, all, { chunking, codes: true }));
}
testTogether('encodeFrame', (test) => runEncoderFixtures(frameEncoder, test, fixtures.encoder.fixtures));
testTogether('EncoderCore', (test) => runEncoderFixtures(encoderCore, test, fixtures.encoder.fixtures));
