import { fixtures, runFrameFixtures } from '../src/index.js';
import { frameCores } from './adapters/frame-cores.js';

const families = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8];

describe.each(['frames', 'slices'] as const)('DecoderCore and AssemblerCore in %s', (emit) => {
  for (const { letter, title, fixtures: all } of families) {
    describe(`${letter} ${title}`, () => runFrameFixtures(frameCores(emit), test, all, { codes: true }));
  }
});
