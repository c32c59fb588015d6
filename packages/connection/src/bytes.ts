import { Buffer } from 'node:buffer';
import { UsageError } from '@sokker/frame';
import { isAnyArrayBuffer, isDataView, isTypedArray } from 'node:util/types';

/** What keeping one more takes beside its bytes, and counts for: a pile of empty ones is bounded too. */
export const ITEM_BYTES = 128;

/** What `send` and `ping` take as bytes. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

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
  const getters = ['buffer', 'byteOffset', 'byteLength'].map((name) => {
    const property = Object.getOwnPropertyDescriptor(prototype, name) as { readonly get?: unknown } | undefined;
    return [name, property?.get];
  });
  return Object.fromEntries(getters) as Extent;
}

const TYPED = extentOf(Object.getPrototypeOf(Uint8Array.prototype) as object);
const VIEW = extentOf(DataView.prototype);

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
