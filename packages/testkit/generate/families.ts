import type { Family } from '../src/fixture.js';
import { closePayloadFamily } from './close-payload.js';
import { fragmentationFamily } from './fragmentation.js';
import { headerFamily } from './header.js';
import { utf8Family } from './utf8.js';

/** All families, in the order of their letters. Ids are unique over all of them. */
export function families(): Family[] {
  const all: Family[] = [headerFamily(), closePayloadFamily(), fragmentationFamily(), utf8Family()];
  const seen = new Set<string>();
  for (const { id } of all.flatMap((family) => family.fixtures)) {
    if (seen.has(id)) throw new Error(`two fixtures have the id ${id}`);
    seen.add(id);
  }
  return all;
}
