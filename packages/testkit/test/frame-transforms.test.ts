import { fixtures, runFrameFixtures } from '../src/index.js';
import { frameTransforms } from './adapters/frame-transforms.js';

const families = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8];

describe.each(['frames', 'slices'] as const)('FrameDecoder piped into MessageAssembler, in %s', (emit) => {
  for (const { letter, title, fixtures: all } of families) {
    describe(`${letter} ${title}`, () => runFrameFixtures(frameTransforms(emit), test, all, { codes: true }));
  }
});
