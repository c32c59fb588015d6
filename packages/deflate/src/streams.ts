import type { TransformOptions } from 'node:stream';
import { createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';

/** Decoded messages leave in pieces of at most this many bytes, so that a limit stops a bomb early. */
export const PIECE_BYTES = 16 * 1024;

/** The smallest that zlib takes: these streams never write into it. */
const UNUSED_CHUNK_BYTES = 64;

export type ZlibStream = DeflateRaw | InflateRaw;

/** How a deflater is set up; contexts with equal settings are interchangeable. */
export interface DeflateSettings {
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
}

/** zlib raises 8 window bits to 9; a raw stream of 9 bits refers at most 250 bytes back, so that 8 can follow it. */
export function deflateStream({ windowBits, level, memLevel }: DeflateSettings): DeflateRaw {
  return quiet(
    createDeflateRaw({
      windowBits: Math.max(9, windowBits),
      level,
      memLevel,
      chunkSize: PIECE_BYTES,
    }),
  );
}

/** An inflater for synchronous writes alone. */
export function directInflateStream(windowBits: number): InflateRaw {
  return quiet(createInflateRaw({ windowBits, chunkSize: UNUSED_CHUNK_BYTES }));
}

/** An inflater that stops after each piece until that is read. */
export function pausingInflateStream(windowBits: number): InflateRaw {
  const options: ZlibOptions & TransformOptions = { windowBits, chunkSize: PIECE_BYTES, readableHighWaterMark: 1 };
  return quiet(createInflateRaw(options));
}

/** zlib reports some errors late, when nobody waits for them any more; none may become uncaught. */
function quiet<Stream extends ZlibStream>(stream: Stream): Stream {
  stream.on('error', () => {});
  return stream;
}
