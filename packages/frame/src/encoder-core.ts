// Hot path: everything an endpoint sends passes here, to be written by pending.ts.
import { Buffer } from 'node:buffer';
import { UsageError } from './errors.js';
import type { Frame, FrameSlice } from './frame.js';
import { sendablePayloadOf } from './given-frame.js';
import { headerBytes, writeHeader } from './header.js';
import { maskInPlace } from './mask.js';
import { randomMaskingKey } from './masking-key.js';
import { ENCODER_OPTIONS, readOptions } from './options.js';
import { writePayload, writePending, type Pending } from './pending.js';
import type { Role } from './role.js';

export interface EncoderOptions {
  /** Our role: a client masks what it sends, a server does not. */
  role: Role;
  /** Source of masking keys, unsigned 32-bit integers; default: strong randomness, drawn in blocks. */
  maskingKey?: (() => number) | undefined;
}

/** Faces of the core let no more than this gather, so that a burst within one turn stays bounded. */
export const GATHER_BYTES = 64 * 1024;
/**
 * So many frames that wait are written into one buffer at once: kept as they are, small ones would take many times
 * their bytes, and only their bytes are counted.
 */
export const PILE_FRAMES = 1024;
const NOTHING: readonly Buffer[] = [];
const NONE: readonly Pending[] = [];

/**
 * Frames in, bytes out (RFC 6455 §5.2). Frames gather until `take`, which answers them as few buffers. Payloads must
 * not change before that, large ones of a server, and slices that go on, not before they are written; masking never
 * changes them.
 */
export class EncoderCore {
  readonly #maskingKey: (() => number) | undefined;
  #pending: Pending[] | undefined;
  /** What was written already, before `#pending`. */
  #written = NOTHING;
  #bytes = 0;
  /** The frame whose slices are passing: its key, and how much of it went out; -1: there is none. */
  #key: number | undefined;
  #phase = -1;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: EncoderOptions) {
    const settled = readOptions<EncoderOptions>('FrameEncoder', ENCODER_OPTIONS, options);
    this.#maskingKey = settled.role === 'client' ? (settled.maskingKey ?? randomMaskingKey) : undefined;
  }

  /** Bytes that `take` would answer, headers included. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a frame, or the next slice of one.
   * @throws UsageError `ERR_SOKKER_ARGUMENT` when `fin`, `rsv` or `opcode` is none that exists, the payload is not bytes, or
   *   too long for a control frame; and between the slices of a frame for all but the next of them
   */
  add(frame: Frame | FrameSlice): void {
    const payload = sendablePayloadOf(frame);
    if ('first' in frame && !(frame.first && frame.last)) return this.#addSlice(frame);
    if (this.#phase >= 0) throw outOfOrder(true);
    this.addFrame(firstByte(frame.fin, frame.rsv, frame.opcode), payload, payload.length);
  }

  /**
   * Adds a whole frame, unchecked: where one passes in slices, only behind its last.
   * @param byte0 FIN, RSV and opcode as they go on the wire
   * @param payload bytes, or a string that leaves as UTF-8
   * @param bytes the payload's size, of a string as UTF-8
   */
  addFrame(byte0: number, payload: Uint8Array | string, bytes: number): void {
    const maskingKey = this.#maskingKey?.();
    this.#push({ byte0, payload, bytes, declared: bytes, maskingKey, phase: 0 });
    this.#bytes += headerBytes(bytes, maskingKey !== undefined) + bytes;
  }

  /** Adds bytes that are a frame already: unmasked, hence of a server. */
  addEncoded(bytes: Uint8Array): void {
    const size = bytes.length;
    this.#push({ byte0: -1, payload: bytes, bytes: size, declared: size, maskingKey: undefined, phase: 0 });
    this.#bytes += size;
  }

  /**
   * Everything added since the last call, in order, as few buffers. They belong to the caller.
   * @param reusing whether they are given back when they can be, and so may be written to memory that was: see `reclaim`.
   *   Short ones may be without it too. Beside them in that memory may be what others have sent.
   */
  take(reusing = false): Buffer[] {
    const pending = this.#pending ?? NONE;
    const written = this.#written;
    this.#pending = undefined;
    this.#bytes = 0;
    if (written.length > 0) {
      this.#written = NOTHING;
      return [...written, ...writePending(pending, reusing)];
    }
    return writePending(pending, reusing);
  }

  #push(item: Pending): void {
    const pending = this.#pending;
    // Most frames leave alone: an array made with its one item has room for no more, one that was pushed to for 17.
    if (pending === undefined) {
      this.#pending = [item];
    } else if (pending.push(item) === PILE_FRAMES) {
      this.#written = [...this.#written, ...writePending(pending, false)];
      this.#pending = undefined;
    }
  }

  #addSlice(slice: FrameSlice): void {
    // Within a frame, the header of another would be read as payload, and so would all that follows.
    if (slice.first ? this.#phase >= 0 : this.#phase < 0) throw outOfOrder(slice.first);
    const bytes = slice.payload.length;
    if (slice.first) {
      this.#key = this.#maskingKey?.();
      this.#phase = 0;
    }
    const byte0 = slice.first ? firstByte(slice.fin, slice.rsv, slice.opcode) : -1;
    const declared = slice.payloadBytes;
    const maskingKey = this.#key;
    this.#push({ byte0, payload: slice.payload, bytes, declared, maskingKey, phase: this.#phase });
    this.#phase = slice.last ? -1 : this.#phase + bytes;
    this.#bytes += bytes + (slice.first ? headerBytes(declared, maskingKey !== undefined) : 0);
  }
}

function outOfOrder(begins: boolean): UsageError {
  const rule = begins ? 'the last slice of one frame comes before the next frame' : 'no slice goes on where none began';
  return new UsageError('ERR_SOKKER_ARGUMENT', rule);
}

/** FIN, RSV and opcode as they go on the wire. */
export function firstByte(fin: boolean, rsv: number, opcode: number): number {
  return (fin ? 0x80 : 0) | (rsv << 4) | opcode;
}

/**
 * One frame as bytes. The payload is copied, never changed.
 * @param options.role a client masks, a server does not
 * @param options.maskingKey an unsigned 32-bit integer; default: strong randomness
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for a frame or a role that does not exist
 */
export function encodeFrame(frame: Frame, options: { role: Role; maskingKey?: number | undefined }): Buffer {
  // Callers in JavaScript leave them out.
  if (!ENCODER_OPTIONS.role.values.includes((options as EncoderOptions | undefined)?.role as Role)) {
    throw new UsageError('ERR_SOKKER_ARGUMENT', "encodeFrame needs a role: 'client' or 'server'");
  }
  const payload = sendablePayloadOf(frame);
  const maskingKey = options.role === 'client' ? (options.maskingKey ?? randomMaskingKey()) : undefined;
  const out = Buffer.allocUnsafe(headerBytes(payload.length, maskingKey !== undefined) + payload.length);
  const at = writeHeader(out, 0, firstByte(frame.fin, frame.rsv, frame.opcode), payload.length, maskingKey);
  writePayload(out, at, payload, payload.length);
  if (maskingKey !== undefined) maskInPlace(out, at, out.length, maskingKey, 0);
  return out;
}
