import { Buffer } from 'node:buffer';
import { ownCopy, UsageError } from '@sokker/frame';
import { isAnyArrayBuffer, isDataView, isTypedArray, isUint8Array } from 'node:util/types';

/** What keeping one more message takes beside its bytes, and counts for, in bytes: a pile of empty ones is bounded too. */
export const ITEM_BYTES = 128;

/** Buffers below this size are copied when they are framed; `frame` leaves only larger ones where they are. */
export const SHORT_BYTES = 4096;

/** RFC 6455 §5.5. */
const MAX_CONTROL_BYTES = 125;

/** What `send` and `ping` take as bytes. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/**
 * As `bytesOf`, for what is framed as it is: a short Buffer is copied there, whatever its memory is, and to ask what that
 * is takes longer than to frame it (packages/bench, row "125 B echo, 32 in flight").
 */
export function payloadOf(data: unknown): Buffer {
  if (isUint8Array(data) && Buffer.isBuffer(data) && data.length < SHORT_BYTES && data.length === LENGTH.call(data))
    return data;
  return bytesOf(data);
}

/**
 * The bytes of any buffer or view, exactly: element sizes, offsets and lengths are honoured. Memory that others may
 * change or resize under us (SharedArrayBuffer, resizable ArrayBuffer) is copied; all else is viewed, not copied.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for anything else: nothing is coerced
 */
export function bytesOf(data: unknown): Buffer {
  if (Buffer.isBuffer(data) && data.length === TYPED.byteLength.call(data) && isSteady(data.buffer)) return data;
  if (isTypedArray(data)) return viewed(TYPED, data);
  if (isDataView(data)) return viewed(VIEW, data);
  if (isAnyArrayBuffer(data)) return steady(new Uint8Array(data));
  throw new UsageError('ERR_SOKKER_ARGUMENT', `expected a string, a buffer or a view of one, not ${kindOf(data)}`);
}

/** So much memory, or so many times their own size, may bytes keep alive where they wait. */
const PIN_BYTES = 8 * 1024;
const PIN_FACTOR = 4;

/** As `unpinned`, for whole messages: long ones stay as they are. Where they were received, `frame` has seen to it. */
export function compact(bytes: Buffer): Buffer {
  return bytes.length >= SHORT_BYTES ? bytes : unpinned(bytes);
}

/**
 * Bytes that are to wait, copied where they would keep much more memory alive than they fill and are counted for: what is
 * received is a view of all that was read with it.
 */
export function unpinned(bytes: Buffer): Buffer {
  return bytes.buffer.byteLength > Math.max(PIN_BYTES, PIN_FACTOR * bytes.length) ? ownCopy(bytes) : bytes;
}

/** A copy of what a Ping is to carry. @throws UsageError `ERR_SOKKER_ARGUMENT` where that is more than one may */
export function pingPayload(data: string | Bytes, name = 'Ping'): Buffer {
  const payload = Buffer.from(typeof data === 'string' ? data : bytesOf(data));
  if (payload.length <= MAX_CONTROL_BYTES) return payload;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `a ${name} may carry 125 bytes, not ${payload.length} (RFC 6455 §5.5)`);
}

/**
 * What the engine knows of a view. A property of the same name that someone hung on the object may say anything; what
 * relied on it would send memory that is none of the message.
 */
interface Extent {
  readonly buffer: (this: unknown) => ArrayBufferLike;
  readonly byteOffset: (this: unknown) => number;
  readonly byteLength: (this: unknown) => number;
}

function extentOf(prototype: object): Extent {
  return Object.fromEntries(
    ['buffer', 'byteOffset', 'byteLength'].map((name) => [name, getterOf(prototype, name)]),
  ) as unknown as Extent;
}

function getterOf(prototype: object, name: string): unknown {
  return (Object.getOwnPropertyDescriptor(prototype, name) as { readonly get?: unknown } | undefined)?.get;
}

const TYPED_ARRAY = Object.getPrototypeOf(Uint8Array.prototype) as object;
const TYPED = extentOf(TYPED_ARRAY);
const VIEW = extentOf(DataView.prototype);
const LENGTH = getterOf(TYPED_ARRAY, 'length') as (this: unknown) => number;

function viewed({ buffer, byteOffset, byteLength }: Extent, data: unknown): Buffer {
  const bytes = new Uint8Array(buffer.call(data), byteOffset.call(data), byteLength.call(data));
  return steady(bytes);
}

function steady(bytes: Uint8Array): Buffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const view = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return isSteady(buffer) ? view : Buffer.from(view);
}

function isSteady(memory: ArrayBufferLike): boolean {
  return memory instanceof ArrayBuffer && (memory as { resizable?: boolean }).resizable !== true;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object of another kind' : typeof value;
}
