import client from '../fixtures/client.json' with { type: 'json' };
import closePayload from '../fixtures/close-payload.json' with { type: 'json' };
import closing from '../fixtures/closing.json' with { type: 'json' };
import deflate from '../fixtures/deflate.json' with { type: 'json' };
import encoder from '../fixtures/encoder.json' with { type: 'json' };
import fragmentation from '../fixtures/fragmentation.json' with { type: 'json' };
import handshake from '../fixtures/handshake.json' with { type: 'json' };
import header from '../fixtures/header.json' with { type: 'json' };
import http2 from '../fixtures/http2.json' with { type: 'json' };
import negotiation from '../fixtures/negotiation.json' with { type: 'json' };
import utf8 from '../fixtures/utf8.json' with { type: 'json' };
import type {
  ClientFixture,
  ClosingFixture,
  EncoderFixture,
  Family,
  FrameFixture,
  HandshakeFixture,
  Http2Fixture,
  NegotiationFixture,
} from './fixture.js';

const read = <Type>(content: unknown): Type => content as Type;

/** All fixture files, by family, in the order of their letters. */
export const fixtures = {
  header: read<Family<FrameFixture>>(header),
  closePayload: read<Family<FrameFixture>>(closePayload),
  fragmentation: read<Family<FrameFixture>>(fragmentation),
  utf8: read<Family<FrameFixture>>(utf8),
  deflate: read<Family<FrameFixture>>(deflate),
  negotiation: read<Family<NegotiationFixture>>(negotiation),
  handshake: read<Family<HandshakeFixture>>(handshake),
  client: read<Family<ClientFixture>>(client),
  closing: read<Family<ClosingFixture>>(closing),
  encoder: read<Family<EncoderFixture>>(encoder),
  http2: read<Family<Http2Fixture>>(http2),
} as const;
