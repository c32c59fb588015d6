/** Wire bytes for decoders. Decoders unmask in place, so the chunks are filled anew before every batch. */
import { encodeClientFrame } from '../load/frames.js';
import { makePayload, type PayloadKind } from '../load/payloads.js';
import type { Feeding } from './jobs.js';

export interface Batch {
  readonly chunks: readonly Buffer[];
  readonly messages: number;
  refill(): void;
}

/** What one read of a socket brings at most: libuv's buffer. */
const READ_BYTES = 65536;
const BATCH_BYTES = { reads: 1 << 20, frames: 1 << 20, bytes: 1 << 14 } as const satisfies Record<Feeding, number>;
const MOST_FRAMES = 4096;

function cut(wire: Buffer, frameBytes: number, feeding: Feeding): Buffer[] {
  const chunkBytes = feeding === 'reads' ? READ_BYTES : frameBytes;
  const chunks: Buffer[] = [];
  // A read has memory of its own; single bytes share theirs, or a megabyte of them would not fit into memory.
  for (let at = 0; at < wire.length; at += chunkBytes) {
    chunks.push(Buffer.alloc(Math.min(chunkBytes, wire.length - at)));
  }
  return chunks;
}

function singleBytes(memory: Buffer): Buffer[] {
  return Array.from(memory, (_, i) => memory.subarray(i, i + 1));
}

export function makeBatch(payload: PayloadKind, bytes: number, feeding: Feeding): Batch {
  const frame = encodeClientFrame(makePayload(payload, bytes), { text: payload !== 'binary' });
  const messages = Math.min(MOST_FRAMES, Math.max(1, Math.floor(BATCH_BYTES[feeding] / frame.length)));
  const wire = Buffer.concat(Array<Buffer>(messages).fill(frame));
  if (feeding === 'bytes') {
    const memory = Buffer.from(wire);
    const refill = (): void => {
      memory.set(wire);
    };
    return { chunks: singleBytes(memory), messages, refill };
  }
  const chunks = cut(wire, frame.length, feeding);
  const refill = (): void => {
    let at = 0;
    for (const chunk of chunks) at += wire.copy(chunk, 0, at, at + chunk.length);
  };
  return { chunks, messages, refill };
}
