import type { Family } from '../src/fixture.js';
import { clientFamily } from './client.js';
import { closePayloadFamily } from './close-payload.js';
import { closingFamily } from './closing.js';
import { deflateFamily } from './deflate.js';
import { encoderFamily } from './encoder.js';
import { fragmentationFamily } from './fragmentation.js';
import { handshakeFamily } from './handshake.js';
import { headerFamily } from './header.js';
import { http2Family } from './http2.js';
import { negotiationFamily } from './negotiation.js';
import { utf8Family } from './utf8.js';

/** All families, in the order of their letters. Ids are unique over all of them. */
export function families(): Family[] {
  const all: Family[] = [
    headerFamily(),
    closePayloadFamily(),
    fragmentationFamily(),
    utf8Family(),
    deflateFamily(),
    negotiationFamily(),
    handshakeFamily(),
    clientFamily(),
    closingFamily(),
    encoderFamily(),
    http2Family(),
  ];
  const seen = new Set<string>();
  for (const { id } of all.flatMap((family) => family.fixtures)) {
    if (seen.has(id)) throw new Error(`two fixtures have the id ${id}`);
    seen.add(id);
  }
  return all;
}
