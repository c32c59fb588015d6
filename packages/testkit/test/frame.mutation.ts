// The fixtures as mutation runs use them (`npm run mutate`): whole and byte by byte, a family at once.
import { bytesOf, fixtures, runEncoderFixtures, runFrameFixtures } from '../src/index.js';
import { frameCores } from './adapters/frame-cores.js';
import { encoderCore, frameEncoder } from './adapters/frame-encoder.js';
import { testTogether } from './together.js';

const chunking = { maxSplits: 0, randomCuts: 0 };
/** Longer ones hold nothing but payload behind these, and take a hundred times as long byte by byte. */
const MOST_BYTES = 500;

for (const { title, fixtures: all } of [
  fixtures.header,
  fixtures.closePayload,
  fixtures.fragmentation,
  fixtures.utf8,
]) {
  const short = all.filter(({ hex }) => bytesOf(hex).length <= MOST_BYTES);
  testTogether(title, (test) => runFrameFixtures(frameCores('slices'), test, short, { chunking, codes: true }));
}
testTogether('encodeFrame', (test) => runEncoderFixtures(frameEncoder, test, fixtures.encoder.fixtures));
testTogether('EncoderCore', (test) => runEncoderFixtures(encoderCore, test, fixtures.encoder.fixtures));
