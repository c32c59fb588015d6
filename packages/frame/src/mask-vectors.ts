// Hot path: long payloads are masked 128 bits at a time. JavaScript has words of 32 bits, WebAssembly has vectors; it sees
// no memory but its own, so that bytes are copied in and out again, and still takes half the time for 4 KiB and 0.4 of it
// from 16 KiB on (packages/bench, rows "decode"). Where it is missing or forbidden, payloads are masked word by word.
import { Buffer } from 'node:buffer';

/** Shorter stretches are masked sooner where they are. */
export const VECTOR_THRESHOLD_BYTES = 4 * 1024;
/** Only whole vectors are masked here. */
export const VECTOR_BYTES = 16;
/** So much is copied at once: it fits into the first cache of most processors twice. */
const BLOCK_BYTES = 16 * 1024;

/**
 * The program, as WebAssembly has it in binary (W3C WebAssembly Core 2.0 §5): one page of memory, and
 * `mask(size, key)`, which masks the first `size` bytes of it, last vector first, and answers whether any is beyond ASCII.
 */
// prettier-ignore
const PROGRAM = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // "\0asm", version 1
  0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, // types: (i32 size, i32 key) → i32
  0x03, 0x02, 0x01, 0x00, // functions: one, of that type
  0x05, 0x03, 0x01, 0x00, 0x01, // memories: one, of one page of 64 KiB
  0x07, 0x11, 0x02, // exports: two
  0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, // "memory"
  0x04, 0x6d, 0x61, 0x73, 0x6b, 0x00, 0x00, // "mask"
  0x0a, 0x36, 0x01, 0x34, // code: one function of 52 bytes
  0x01, 0x03, 0x7b, // locals: v128 keys, union, vector
  0x20, 0x01, 0xfd, 0x11, 0x21, 0x02, // keys = i32x4.splat(key)
  0x03, 0x40, // loop
  0x20, 0x00, 0x41, 0x10, 0x6b, 0x22, 0x00, //   size -= 16
  0x20, 0x00, 0xfd, 0x00, 0x04, 0x00, //   v128.load(size)
  0x20, 0x02, 0xfd, 0x51, 0x22, 0x04, //   vector = v128.xor(…, keys)
  0xfd, 0x0b, 0x04, 0x00, //   v128.store(size, vector)
  0x20, 0x03, 0x20, 0x04, 0xfd, 0x50, 0x21, 0x03, //   union = v128.or(union, vector)
  0x20, 0x00, 0x0d, 0x00, //   again while size > 0
  0x0b, // end
  0x20, 0x03, 0xfd, 0x64, // i8x16.bitmask(union)
  0x0b, // end
);

/** What the program exports, and what of WebAssembly is used here: @types/node does not declare it. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly mask: (size: number, key: number) => number;
}
declare const WebAssembly: {
  Module: new (program: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: Exports };
};

/** A program that runs, and the part of its memory that bytes pass through. */
class Vectors {
  readonly #block: Uint8Array;
  readonly #mask: Exports['mask'];

  constructor({ memory, mask }: Exports) {
    this.#block = Buffer.from(memory.buffer, 0, BLOCK_BYTES);
    this.#mask = mask;
  }

  /** Masks whole vectors. @returns whether any of the resulting bytes is beyond ASCII */
  mask(bytes: Uint8Array, start: number, end: number, key: number): boolean {
    const memory = bytes.buffer;
    const offset = bytes.byteOffset;
    const block = this.#block;
    let beyond = 0;
    for (let at = start; at < end; at += BLOCK_BYTES) {
      const size = Math.min(BLOCK_BYTES, end - at);
      const piece = new Uint8Array(memory, offset + at, size);
      block.set(piece);
      beyond |= this.#mask(size, key);
      piece.set(size === BLOCK_BYTES ? block : block.subarray(0, size));
    }
    return beyond !== 0;
  }
}

let vectors: Vectors | null | undefined;

/** Made when the first long payload comes; null where there is no WebAssembly with vectors, or a policy forbids it. */
export function vectorsAtHand(): Vectors | null {
  return vectors === undefined ? (vectors = makeVectors()) : vectors;
}

function makeVectors(): Vectors | null {
  try {
    return new Vectors(new WebAssembly.Instance(new WebAssembly.Module(PROGRAM)).exports);
  } catch {
    return null;
  }
}
