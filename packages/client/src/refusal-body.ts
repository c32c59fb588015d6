import type { Readable } from 'node:stream';
import type { BodyDecoder } from './body-decoder.js';

/**
 * Reads the body of a refusal: up to its end, `maxBytes`, or the moment the signal aborts. The refusal itself is known
 * by then, so a body that breaks off is no error; what came of it is the answer. The source is destroyed, which
 * need not be the socket.
 * @param decoder undefined: the source holds nothing but the body
 */
export async function readBody(
  source: Readable,
  decoder: BodyDecoder | undefined,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const isWhole = (): boolean => bytes >= maxBytes || decoder?.done === true;
  const stop = (): void => void source.destroy();
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted || isWhole()) return Buffer.alloc(0);
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (const piece of decoder?.decode(chunk) ?? [chunk]) {
        const part = piece.subarray(0, maxBytes - bytes);
        pieces.push(part);
        // One read may hold many pieces: what is left of the bound never gets negative.
        bytes += part.length;
      }
      if (isWhole()) break;
    }
  } catch {
    // Broken off.
  } finally {
    signal.removeEventListener('abort', stop);
    source.destroy();
  }
  // A copy: the pieces are views of what was read.
  return Buffer.concat(pieces);
}
