import { fixtures, runFrameFixtures } from '../src/index.js';
import { frameTransforms } from './adapters/frame-transforms.js';

const families = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8];

// Node reads the stack of every error that a stream ends with, and jest maps each line of it to its source: a fifth of
// the time, for hundreds of failures that the fixtures ask for.
Error.stackTraceLimit = 0;

describe.each(['frames', 'slices'] as const)('FrameDecoder piped into MessageAssembler, in %s', (emit) => {
  for (const { letter, title, fixtures: all } of families) {
    describe(`${letter} ${title}`, () => runFrameFixtures(frameTransforms(emit), test, all, { codes: true }));
  }
});
