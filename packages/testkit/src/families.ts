import closePayload from '../fixtures/close-payload.json' with { type: 'json' };
import fragmentation from '../fixtures/fragmentation.json' with { type: 'json' };
import header from '../fixtures/header.json' with { type: 'json' };
import utf8 from '../fixtures/utf8.json' with { type: 'json' };
import type { Family, FrameFixture } from './fixture.js';

const read = <Type>(content: unknown): Type => content as Type;

/** All fixture files, by family. */
export const fixtures = {
  header: read<Family<FrameFixture>>(header),
  closePayload: read<Family<FrameFixture>>(closePayload),
  fragmentation: read<Family<FrameFixture>>(fragmentation),
  utf8: read<Family<FrameFixture>>(utf8),
} as const;
