// What travels between servers: a message, and what `broadcast` was told about it.
//
//   0          1        2           18
//   ┌─────────┬────────┬───────────┬──────────────────────────────────────────┬─────────┐
//   │ version │ flags  │ origin    │ where flagged: key, its length in 2 bytes │ payload │
//   └─────────┴────────┴───────────┴──────────────────────────────────────────┴─────────┘
import { ownCopy, type MessageType } from '@sokker/frame';
import { isUtf8 } from 'node:buffer';
import { ClusterError } from './errors.js';

/** What `broadcast` was given, but for whom it goes to. */
export interface Envelope {
  readonly type: MessageType;
  readonly payload: Buffer;
  readonly key: string | undefined;
  readonly compress: boolean;
}

const VERSION = 1;
/** Bytes that tell the servers of a cluster apart. */
export const ORIGIN_BYTES = 16;
const ORIGIN_AT = 2;
const REST_AT = ORIGIN_AT + ORIGIN_BYTES;
const KEY_LENGTH_BYTES = 2;
/** In UTF-8. */
export const MAX_KEY_BYTES = 65_535;

const TEXT = 1;
const UNCOMPRESSED = 2;
const KEYED = 4;
const KNOWN_FLAGS = TEXT | UNCOMPRESSED | KEYED;

/** Its memory holds nothing else. @param origin who sends it: `ORIGIN_BYTES` bytes */
export function seal({ type, payload, key, compress }: Envelope, origin: Uint8Array): Buffer {
  const keyBytes = key === undefined ? undefined : Buffer.from(key, 'utf8');
  const keyed = keyBytes === undefined ? 0 : KEY_LENGTH_BYTES + keyBytes.length;
  const sealed = Buffer.alloc(REST_AT + keyed + payload.length);
  sealed[0] = VERSION;
  sealed[1] = (type === 'text' ? TEXT : 0) | (compress ? 0 : UNCOMPRESSED) | (keyBytes === undefined ? 0 : KEYED);
  sealed.set(origin, ORIGIN_AT);
  if (keyBytes !== undefined) {
    sealed.writeUInt16BE(keyBytes.length, REST_AT);
    sealed.set(keyBytes, REST_AT + KEY_LENGTH_BYTES);
  }
  sealed.set(payload, REST_AT + keyed);
  return sealed;
}

/** Whether these bytes were sealed by that origin. */
export function isFrom(sealed: Uint8Array, origin: Uint8Array): boolean {
  return Buffer.compare(sealed.subarray(ORIGIN_AT, REST_AT), origin) === 0;
}

/**
 * The payload is a copy.
 * @throws ClusterError `ERR_SOKKER_ENVELOPE`: text that is not UTF-8 included, for which clients would fail
 */
export function unseal(sealed: Uint8Array): Envelope {
  const [version, flags = 0] = sealed;
  if (sealed.length < REST_AT) throw broken(`${sealed.length} bytes`);
  if (version !== VERSION) throw broken(`version ${version}`);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw broken(`flags ${flags}`);
  const keyEnd = (flags & KEYED) === 0 ? REST_AT : endOfKey(sealed);
  const payload = sealed.subarray(keyEnd);
  const type = (flags & TEXT) === 0 ? 'binary' : 'text';
  if (type === 'text' && !isUtf8(payload)) throw broken('text that is not UTF-8');
  const keyBytes = sealed.subarray(REST_AT + KEY_LENGTH_BYTES, keyEnd);
  if (!isUtf8(keyBytes)) throw broken('a key that is not UTF-8');
  const key = keyEnd === REST_AT ? undefined : Buffer.from(keyBytes).toString('utf8');
  return { type, payload: ownCopy(payload), key, compress: (flags & UNCOMPRESSED) === 0 };
}

function endOfKey(sealed: Uint8Array): number {
  const [high, low] = sealed.subarray(REST_AT);
  if (high === undefined || low === undefined) throw broken('a key without length');
  const end = REST_AT + KEY_LENGTH_BYTES + ((high << 8) | low);
  if (end > sealed.length) throw broken('a key that is cut');
  return end;
}

function broken(what: string): ClusterError {
  return new ClusterError('ERR_SOKKER_ENVELOPE', what);
}
