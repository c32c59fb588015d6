/** Streams of frames for fast-check, which prints the seed of a run that fails. */
import fc from 'fast-check';
import type { Role } from '../src/index.js';
import { frameOf, peerOf, type WireFrame } from './wire.js';

export const roles = fc.constantFrom<Role>('client', 'server');
export const keys = fc.integer({ min: 0, max: 0xffffffff });

/** Bytes with the lengths where something changes: forms of the length, the word threshold. */
export const payloads = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 120, maxLength: 130, size: 'max' }) },
  { weight: 1, arbitrary: fc.constantFrom(65535, 65536, 65537).map((length) => new Uint8Array(length).fill(0x69)) },
);

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 60, size: 'max' }),
);

/** Cuts bytes at any offsets: pieces that together are the bytes, some perhaps empty. */
export function cut(bytes: Uint8Array, points: readonly number[]): Buffer[] {
  const offsets = points.map((point) => Math.floor(point * (bytes.length + 1))).sort((a, b) => a - b);
  const ends = [...offsets, bytes.length];
  return ends.map((end, i) => Buffer.from(bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end)));
}

/** Where to cut, as parts of the whole. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 12 });

const control: fc.Arbitrary<WireFrame> = fc.record({
  opcode: fc.constantFrom(0x9, 0xa),
  payload: fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes)),
});

/** One message as fragments, control frames between them. */
const message: fc.Arbitrary<WireFrame[]> = fc
  .tuple(
    fc.oneof(
      payloads.map((bytes) => ({ opcode: 0x2, bytes })),
      text.map((string) => ({ opcode: 0x1, bytes: new Uint8Array(Buffer.from(string)) })),
    ),
    fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 4 }),
    fc.array(control, { maxLength: 3 }),
  )
  .map(([{ opcode, bytes }, points, controls]) => {
    const pieces = cut(bytes, points);
    return pieces.flatMap((payload, i) => {
      const fin = i === pieces.length - 1;
      const frame = { fin, opcode: i === 0 ? opcode : 0, payload };
      return controls[i] === undefined ? [frame] : [controls[i], frame];
    });
  });

/** Frames that a peer may legally send. */
export const legalFrames = fc.array(message, { maxLength: 4 }).map((messages) => messages.flat());

/** Bytes that a peer might send: legal ones, with a few bytes changed, or none of that. */
export function hostileBytes(role: Role): fc.Arbitrary<Uint8Array> {
  const legal = legalFrames.map((frames) => Buffer.concat(frames.map((frame) => frameOf(peerOf(role), frame))));
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
  const changed = fc.tuple(legal, changes).map(([bytes, changed]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, value] of changed) if (copy.length > 0) copy[at % Math.min(copy.length, 40)] = value;
    return copy;
  });
  return fc.oneof(changed, fc.uint8Array({ maxLength: 60, size: 'max' }));
}
