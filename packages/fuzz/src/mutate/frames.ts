import type { Random } from '../random.js';
import { MAX_INPUT_BYTES, mutateBytes, replace } from './bytes.js';
import { readWire, wireFrame, writeWire, type Wire, type WireFrame } from './wire.js';

const FIRST_BYTES = [0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8a, 0xc1, 0xc2, 0x41, 0x42, 0x83, 0x8b, 0x09];
const LENGTHS = [0, 1, 2, 10, 11, 123, 124, 125, 126, 127, 128, 1024, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff];
const HIGHS = [0, 0, 0, 0, 1, 0x1f_ffff, 0x20_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const CODES = [0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 65535];
/** Sizes at which decoders take another way. */
const SIZES = [0, 1, 31, 32, 33, 95, 96, 97, 124, 125, 126, 127, 255, 256, 257, 1023, 1024, 1025];
/** Pieces of UTF-8, of which some are cut, overlong, surrogates or beyond U+10FFFF. */
const TEXTS = ['c3a9', 'e282ac', 'f09f9880', 'efbbbf', 'c3', 'e282', 'f09f98', '80', 'c080', 'eda080', 'f4908080', 'ff']
  .concat(['00', '61', 'edbfbf', 'e0a080', 'f0908080', 'f48fbfbf', 'f5', 'e0', 'ed', 'f4'])
  .map((hex) => Buffer.from(hex, 'hex'));

type Change = (frames: WireFrame[], at: number, random: Random, other: Wire) => void;

/** Changes of one frame or of their order; each keeps the rest readable. */
const CHANGES: readonly Change[] = [
  (frames, at, random) => edit(frames, at, { byte0: random.pick(FIRST_BYTES) }),
  (frames, at, random) => edit(frames, at, { byte0: (frames[at]?.byte0 ?? 0) ^ (1 << random.below(8)) }),
  (frames, at) => edit(frames, at, { masked: frames[at]?.masked !== true }),
  (frames, at, random) => edit(frames, at, { form: random.pick([0, 2, 8]) }),
  (frames, at, random) => edit(frames, at, { form: 8, high: random.pick(HIGHS), low: random.pick(LENGTHS) }),
  (frames, at, random) => edit(frames, at, { low: (frames[at]?.low ?? 0) + random.below(5) - 2 }),
  (frames, at, random) => edit(frames, at, { key: random.oneIn(4) ? 0 : random.next() }),
  (frames, at, random) => resize(frames, at, mutateBytes(payloadOf(frames, at), TEXTS[0] ?? NOTHING, 0, random)),
  (frames, at, random) => resize(frames, at, withText(payloadOf(frames, at), random)),
  (frames, at, random) => resize(frames, at, ofSize(payloadOf(frames, at), random.pick(SIZES), random)),
  (frames, at, random) => insert(frames, at, closeFrame(frames[at], random)),
  (frames, at, random) => insert(frames, at, wireFrame(random.pick(FIRST_BYTES), NOTHING, keyLike(frames[at], random))),
  (frames, at) => void frames.splice(at, 1),
  (frames, at) => frames[at] && insert(frames, at, { ...frames[at] }),
  (frames, at, random) => fragment(frames, at, random),
  (frames, at, random, other) => frames.splice(at, random.below(2), ...other.frames.slice(0, 1 + random.below(3))),
  (frames, at, random) => frames.push(...frames.splice(at, 1 + random.below(2))),
];

const NOTHING = Buffer.alloc(0);

/** Changes frames as frames, or their bytes as bytes. The first `settings` bytes of both inputs are none of the wire. */
export function mutateFrames(parent: Buffer, other: Buffer, settings: number, random: Random): Buffer {
  if (random.oneIn(3)) return mutateBytes(parent, other, settings, random);
  const wire = readWire(parent.subarray(settings));
  const lender = random.oneIn(8) ? readWire(other.subarray(settings)) : wire;
  for (let round = 1 + random.below(3); round > 0; round--) {
    random.pick(CHANGES)(wire.frames, random.below(wire.frames.length + 1), random, lender);
  }
  const child = Buffer.concat([parent.subarray(0, settings), writeWire(wire)]);
  return child.length > MAX_INPUT_BYTES ? child.subarray(0, MAX_INPUT_BYTES) : child;
}

function edit(frames: WireFrame[], at: number, change: Partial<WireFrame>): void {
  const frame = frames[at];
  if (frame !== undefined) frames[at] = { ...frame, ...change };
}

function insert(frames: WireFrame[], at: number, frame: WireFrame): void {
  frames.splice(at, 0, frame);
}

function payloadOf(frames: readonly WireFrame[], at: number): Buffer {
  return frames[at]?.payload ?? NOTHING;
}

/** Gives a frame another payload and the length that goes with it. */
function resize(frames: WireFrame[], at: number, payload: Buffer): void {
  const frame = frames[at];
  if (frame !== undefined) frames[at] = wireFrame(frame.byte0, payload, frame.masked ? frame.key : undefined);
}

function withText(payload: Buffer, random: Random): Buffer {
  const at = random.below(payload.length + 1);
  return replace(payload, at, at + random.below(3), random.pick(TEXTS));
}

/** The payload cut, or made longer by repeating it: text stays text most of the time. */
function ofSize(payload: Buffer, size: number, random: Random): Buffer {
  if (payload.length > size) return payload.subarray(0, size);
  return Buffer.alloc(size, payload.length > 0 && !random.oneIn(4) ? payload : random.pick(TEXTS));
}

function keyLike(frame: WireFrame | undefined, random: Random): number | undefined {
  return frame?.masked === true ? random.next() : undefined;
}

function closeFrame(beside: WireFrame | undefined, random: Random): WireFrame {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(random.pick(CODES));
  const payload = random.oneIn(8) ? code.subarray(0, random.below(2)) : Buffer.concat([code, random.pick(TEXTS)]);
  return wireFrame(0x88, payload, keyLike(beside, random));
}

/** Turns a frame into several of one message. */
function fragment(frames: WireFrame[], at: number, random: Random): void {
  const frame = frames[at];
  if (frame === undefined) return;
  const key = (): number | undefined => (frame.masked ? random.next() : undefined);
  const cut = random.below(frame.payload.length + 1);
  const first = wireFrame(frame.byte0 & 0x7f, frame.payload.subarray(0, cut), key());
  const last = wireFrame(frame.byte0 & 0x80, frame.payload.subarray(cut), key());
  frames.splice(at, 1, first, last);
}
