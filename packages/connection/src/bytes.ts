import { UsageError } from '@sokker/frame';
import { isAnyArrayBuffer } from 'node:util/types';

/** What `send` and `ping` take as bytes. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/**
 * The bytes of any buffer or view, exactly: element sizes, offsets and lengths are honoured. Memory that others may
 * change or resize under us (SharedArrayBuffer, resizable ArrayBuffer) is copied; all else is viewed, not copied.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` for anything else: nothing is coerced
 */
export function bytesOf(data: unknown): Buffer {
  if (Buffer.isBuffer(data) && isSteady(data.buffer)) return data;
  if (ArrayBuffer.isView(data)) return viewed(data.buffer, data.byteOffset, data.byteLength);
  if (isAnyArrayBuffer(data)) return viewed(data, 0, data.byteLength);
  throw new UsageError('ERR_SOKKER_ARGUMENT', `expected a string, a buffer or a view of one, not ${kindOf(data)}`);
}

function viewed(memory: ArrayBufferLike, offset: number, bytes: number): Buffer {
  const view = Buffer.from(memory as ArrayBuffer, offset, bytes);
  return isSteady(memory) ? view : Buffer.from(view);
}

function isSteady(memory: ArrayBufferLike): boolean {
  return memory instanceof ArrayBuffer && (memory as { resizable?: boolean }).resizable !== true;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object of another kind' : typeof value;
}
