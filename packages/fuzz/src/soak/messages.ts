import type { Random } from '../random.js';

/** A message that was sent and has to come back as it was. */
export interface Sent {
  readonly text: boolean;
  readonly bytes: Buffer;
  readonly at: number;
}

const MAX_BYTES = 64 * 1024;
const BASE = Buffer.alloc(2 * MAX_BYTES);
/** What services send: half structure, half noise. */
const WORD = Buffer.from('{"id":0,"event":"trade","price":');

/** Fills the source that all messages are cut from. */
export function fillSource(random: Random): void {
  for (let at = 0; at < BASE.length; at++) {
    BASE[at] = at % 64 < WORD.length ? (WORD[at % 64] ?? 0) : 0x20 + random.below(0x5f);
  }
}

/** A message of 1 byte to 64 KiB: half of them below 256 bytes, as in most applications. */
export function makeMessage(random: Random, at: number): Sent {
  const size = Math.max(1, Math.floor(MAX_BYTES ** (random.below(1000) / 1000)));
  const from = random.below(MAX_BYTES);
  return { text: random.oneIn(2), bytes: BASE.subarray(from, from + size), at };
}
