import {
  bytesOf,
  compareFrames,
  fixtures,
  registerFixtures,
  runFrameFixtures,
  type FrameFixture,
} from '../src/index.js';
import { frameTransforms } from './adapters/frame-transforms.js';

const families = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8];

// Node reads the stack of every error that a stream ends with, and jest maps each line of it to its source: a fifth of
// the time, for hundreds of failures that the fixtures ask for.
Error.stackTraceLimit = 0;

/**
 * 64 KiB of payload behind a header: a turn of the event loop for every byte would take most of the time, and the cores,
 * which do all that depends on where a read ends, get each of them alone in frame-cores.test.ts.
 */
const isLong = ({ hex }: FrameFixture): boolean => bytesOf(hex).length > 4096;

describe.each(['frames', 'slices'] as const)('FrameDecoder piped into MessageAssembler, in %s', (emit) => {
  const transforms = frameTransforms(emit);
  for (const { letter, title, fixtures: all } of families) {
    describe(`${letter} ${title}`, () => {
      const short = all.filter((fixture) => !isLong(fixture));
      runFrameFixtures(transforms, test, short, { codes: true });
      registerFixtures(all.filter(isLong), transforms, test, async (fixture) => {
        const findings = await compareFrames(transforms, fixture);
        return findings.map(({ text }) => text);
      });
    });
  }
});
