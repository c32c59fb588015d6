// Hot path: frames become bytes here. Those that leave together share one buffer, sized exactly, because one contiguous
// write per turn is most of what there is to gain (packages/bench, row "125 B echo, 32 in flight"); from 8 KiB on the
// copy costs more than a second write, so large payloads stay where they are.
import { Buffer } from 'node:buffer';
import { headerBytes, writeHeader } from './header.js';
import { copyMasked, maskInPlace } from './mask.js';
import { forgetLent } from './reclaim.js';
import { slabFor, type Slab } from './slab.js';
import { bufferOf } from './view.js';

/** Unmasked payloads from this size on leave as they are, uncopied, behind a buffer with their header. */
export const COPY_BELOW_BYTES = 8 * 1024;
/**
 * A buffer that holds so much takes no further frame: longer ones the allocator returns to the kernel, and each time they
 * are made anew their pages are, too.
 */
const FULL_BYTES = 64 * 1024;
/** Below this, a loop beats the call into `TypedArray.prototype.set`. */
const LOOP_BELOW_BYTES = 32;

/** What waits to be written: a header and a payload, or bytes that are framed already. */
export interface Pending {
  /** FIN, RSV and opcode; -1: `payload` is framed, or goes on with a frame whose header went before. */
  readonly byte0: number;
  readonly payload: Uint8Array | string;
  /** Size of `payload`, as UTF-8 where it is a string. */
  readonly bytes: number;
  /** The length that the header declares. */
  readonly declared: number;
  readonly maskingKey: number | undefined;
  /** How much of the frame's payload went before: the masking key repeats every four bytes. */
  readonly phase: number;
}

/**
 * What waits, in order, as few buffers, which are the caller's.
 * @param reusing whether the caller gives back what it can: see `reclaim`
 */
export function writePending(pending: readonly Pending[], reusing: boolean): Buffer[] {
  forgetLent();
  if (pending.length !== 1) return writeAll(pending, reusing);
  const only = pending[0]!;
  if (only.byte0 < 0 && only.maskingKey === undefined) return only.bytes === 0 ? [] : [uncopied(only)];
  return staysUncopied(only) ? writeAll(pending, reusing) : writeAlone(only, reusing);
}

function staysUncopied(item: Pending): boolean {
  return item.bytes >= COPY_BELOW_BYTES && item.maskingKey === undefined && typeof item.payload !== 'string';
}

/** The short way for what is most common: without it a frame of 16 bytes took a fifth more (packages/bench, "encode"). */
function writeAlone(item: Pending, reusing: boolean): Buffer[] {
  const size = (item.byte0 < 0 ? 0 : headerBytes(item.declared, item.maskingKey !== undefined)) + item.bytes;
  if (size === 0) return [];
  const slab = slabFor(size, reusing);
  const { start } = slab;
  const out = slab.cut(size);
  writeFrame(slab, start, item);
  return [out];
}

/** Writes runs of small items into one buffer each, sized exactly, until it is full; large payloads stand between them. */
function writeAll(pending: readonly Pending[], reusing: boolean): Buffer[] {
  const out: Buffer[] = [];
  for (let start = 0; start < pending.length;) {
    let size = 0;
    let end = start;
    for (let large = false; end < pending.length && !large && size < FULL_BYTES; end++) {
      const item = pending[end]!;
      large = staysUncopied(item);
      if (item.byte0 >= 0) size += headerBytes(item.declared, item.maskingKey !== undefined);
      if (!large) size += item.bytes;
    }
    if (size > 0) {
      const slab = slabFor(size, reusing);
      let at = slab.start;
      out.push(slab.cut(size));
      for (let i = start; i < end; i++) at = writeFrame(slab, at, pending[i]!);
    }
    const last = pending[end - 1]!;
    if (staysUncopied(last)) out.push(uncopied(last));
    start = end;
  }
  return out;
}

/** Writes the header and, unless it stays where it is, the payload; answers the offset behind them. */
function writeFrame(slab: Slab, at: number, item: Pending): number {
  const out = slab.bytes;
  const { byte0, payload, bytes, declared, maskingKey } = item;
  const start = byte0 < 0 ? at : writeHeader(out, at, byte0, declared, maskingKey);
  if (staysUncopied(item)) return start;
  if (maskingKey !== undefined && bytes < LOOP_BELOW_BYTES && typeof payload !== 'string') {
    copyMasked(payload, out, start, bytes, maskingKey, item.phase);
    return start + bytes;
  }
  writePayload(out, start, payload, bytes);
  if (maskingKey !== undefined) maskInPlace(out, start, start + bytes, maskingKey, item.phase, slab.words);
  return start + bytes;
}

export function writePayload(out: Buffer, at: number, payload: Uint8Array | string, bytes: number): void {
  if (typeof payload === 'string') {
    // As many bytes as characters means ASCII, which latin1 writes faster.
    out.write(payload, at, bytes, payload.length === bytes ? 'latin1' : 'utf8');
  } else if (bytes < LOOP_BELOW_BYTES || payload.length !== bytes) {
    // Also where it was detached or resized since it was added. The header has told its length: zeros for what is gone.
    for (let i = 0; i < bytes; i++) out[at + i] = payload[i]!;
  } else {
    out.set(payload, at);
  }
}

function uncopied({ payload, bytes }: Pending): Buffer {
  if (typeof payload === 'string' || payload.length !== bytes) {
    const copy = Buffer.alloc(bytes);
    writePayload(copy, 0, payload, bytes);
    return copy;
  }
  return bufferOf(payload);
}
