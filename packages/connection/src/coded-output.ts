import type { MessageCoder } from '@sokker/frame';

/** Codes a whole message; a promise when the work goes on off this thread. */
export function codeWhole(coder: MessageCoder, payload: Buffer): Buffer | Promise<Buffer> {
  coder.encode.write(payload, true);
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = coder.encode.read();
    if (piece instanceof Promise) return codeRest(coder, pieces, piece);
    if (piece === undefined) return join(pieces);
    pieces.push(piece);
  }
}

/** Codes the next part of a message that is sent as a stream; the pieces are to be sent in order. */
export async function* codePart(coder: MessageCoder, bytes: Buffer, last: boolean): AsyncGenerator<Buffer> {
  coder.encode.write(bytes, last);
  for (let piece = await coder.encode.read(); piece !== undefined; piece = await coder.encode.read()) yield piece;
}

async function codeRest(coder: MessageCoder, pieces: Buffer[], pending: Promise<Buffer | undefined>): Promise<Buffer> {
  for (let piece = await pending; piece !== undefined; piece = await coder.encode.read()) pieces.push(piece);
  return join(pieces);
}

function join(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
