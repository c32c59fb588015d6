import { Buffer } from 'node:buffer';

/**
 * What `Buffer` itself makes its views with (ECMA-262 §23.2.2.4, %TypedArray%[@@species]): a view of memory that is
 * known. `subarray` asks its buffer for its memory each time, and that takes as long again (packages/bench, rows
 * "decode").
 */
export const View = (Buffer as unknown as { readonly [Symbol.species]: new (...args: ViewArguments) => Buffer })[
  Symbol.species
];
type ViewArguments = [memory: ArrayBufferLike, at: number, bytes: number];

/** Bytes as a Buffer of the same memory: what is one already as it is. A plain Uint8Array lacks what we call on payloads. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
