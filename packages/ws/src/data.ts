import type { MessageType } from '@sokker/frame';
import { isAnyArrayBuffer } from 'node:util/types';
import type { RawData } from './events.js';

export type BinaryType = 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob';

export const BINARY_TYPES: readonly BinaryType[] = ['nodebuffer', 'arraybuffer', 'fragments', 'blob'];

/** A received message as its listeners get it: text always as a Buffer. */
export function received(type: MessageType, data: Buffer, binaryType: BinaryType): RawData | Blob {
  if (type === 'text' || binaryType === 'nodebuffer') return data;
  if (binaryType === 'fragments') return [data];
  const bytes = data as Uint8Array<ArrayBuffer>;
  if (binaryType === 'blob') return new Blob([bytes]);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

/**
 * What `send`, `ping` and `pong` are given, as a string, bytes or a Blob: numbers are written out, nothing is nothing, and
 * what is no bytes becomes what `Buffer.from` makes of it.
 * @throws TypeError as `Buffer.from` does
 */
export function given(data: unknown): string | Uint8Array | Blob {
  if (typeof data === 'string' || Buffer.isBuffer(data) || data instanceof Blob) return data;
  if (typeof data === 'number') return String(data);
  if (data === undefined || data === null) return Buffer.alloc(0);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isAnyArrayBuffer(data) ? new Uint8Array(data) : Buffer.from(data as Buffer);
}

/** The same for frames that carry no Blob. */
export function givenWhole(data: unknown): string | Uint8Array {
  const whole = given(data);
  if (whole instanceof Blob) throw new TypeError('a Ping or Pong carries no Blob');
  return whole;
}
