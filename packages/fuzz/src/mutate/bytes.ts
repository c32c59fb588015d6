// Hot path: one mutation per execution, of which there are millions.
import { Buffer } from 'node:buffer';
import type { Random } from '../random.js';

const INTERESTING = [0x00, 0x01, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0x88, 0x89, 0xbf, 0xc0, 0xed, 0xf4, 0xfe, 0xff];

/** Inputs do not grow beyond this. */
export const MAX_INPUT_BYTES = 2048;

/** Changes bytes from `from` on without knowing what they mean. */
export function mutateBytes(parent: Buffer, other: Buffer, from: number, random: Random): Buffer {
  let bytes = parent;
  for (let round = 1 + random.below(3); round > 0; round--) bytes = mutateOnce(bytes, other, from, random);
  return bytes === parent ? Buffer.from(parent) : bytes;
}

function mutateOnce(bytes: Buffer, other: Buffer, from: number, random: Random): Buffer {
  const length = bytes.length - from;
  const at = from + random.below(length + 1);
  if (length === 0) return replace(bytes, from, from, Buffer.of(random.below(256)));
  switch (random.below(8)) {
    case 0:
      return withByte(bytes, Math.min(at, bytes.length - 1), (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return withByte(bytes, Math.min(at, bytes.length - 1), () => random.below(256));
    case 2:
      return withByte(bytes, Math.min(at, bytes.length - 1), () => random.pick(INTERESTING));
    case 3:
      return replace(bytes, at, at, Buffer.of(random.pick(INTERESTING)));
    case 4:
      return replace(bytes, at, at + 1 + random.below(8), EMPTY);
    case 5: {
      const size = 1 + random.below(Math.min(32, length));
      const start = from + random.below(length - size + 1);
      return replace(bytes, at, at, bytes.subarray(start, start + size));
    }
    case 6: {
      const start = random.below(other.length);
      return replace(bytes, at, at, other.subarray(start, start + 1 + random.below(32)));
    }
    default:
      return replace(bytes, from + random.below(length + 1), bytes.length, EMPTY);
  }
}

const EMPTY = Buffer.alloc(0);

function withByte(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy[at]!);
  return copy;
}

/** `bytes` with the stretch from `start` to `end` replaced, cut to the greatest size of an input. */
export function replace(bytes: Buffer, start: number, end: number, by: Buffer): Buffer {
  const whole = Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
  return whole.length > MAX_INPUT_BYTES ? whole.subarray(0, MAX_INPUT_BYTES) : whole;
}

/** A copy of `parent` in which one of the settings bytes is another. */
export function mutateSettings(parent: Buffer, settingsBytes: number, random: Random): Buffer {
  return withByte(parent, random.below(settingsBytes), () => random.below(256));
}
