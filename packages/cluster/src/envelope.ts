// What travels between servers: a message, and what `broadcast` was told about it.
//
//   0         1       2        18
//   ┌─────────┬───────┬────────┬──────────────────────────────────────────────┬─────────┐
//   │ version │ flags │ origin │ where flagged: key, except; each behind its  │ payload │
//   │         │       │        │ length in 2 bytes                            │         │
//   └─────────┴───────┴────────┴──────────────────────────────────────────────┴─────────┘
import { ownCopy, shown, type MessageType } from '@sokker/frame';
import { isUtf8 } from 'node:buffer';
import { ClusterError } from './errors.js';

/** What `broadcast` was given, but for whom it goes to. */
export interface Envelope {
  readonly type: MessageType;
  readonly payload: Buffer;
  readonly compress: boolean;
  readonly key: string | undefined;
  /** A topic. */
  readonly except: string | undefined;
}

const VERSION = 1;
/** Bytes that tell the servers of a cluster apart. */
export const ORIGIN_BYTES = 16;
const ORIGIN_AT = 2;
const REST_AT = ORIGIN_AT + ORIGIN_BYTES;
const LENGTH_BYTES = 2;

const TEXT = 1;
const UNCOMPRESSED = 2;
const KEYED = 4;
const EXCEPTED = 8;
const KNOWN_FLAGS = TEXT | UNCOMPRESSED | KEYED | EXCEPTED;

/** Its memory holds nothing else. @param origin who sends it: `ORIGIN_BYTES` bytes */
export function seal({ type, payload, compress, key, except }: Envelope, origin: Uint8Array): Buffer {
  const text = type === 'text' ? TEXT : 0;
  const flags = text | (compress ? 0 : UNCOMPRESSED) | (key === undefined ? 0 : KEYED);
  const head = Buffer.of(VERSION, flags | (except === undefined ? 0 : EXCEPTED));
  const pieces = [head, origin, ...named(key), ...named(except), payload];
  const sealed = Buffer.alloc(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    sealed.set(piece, at);
    at += piece.length;
  }
  return sealed;
}

function named(name: string | undefined): Buffer[] {
  if (name === undefined) return [];
  const bytes = Buffer.from(name, 'utf8');
  return [Buffer.of(bytes.length >> 8, bytes.length), bytes];
}

/** Whether these bytes were sealed by that origin. */
export function isFrom(sealed: Uint8Array, origin: Uint8Array): boolean {
  return Buffer.compare(sealed.subarray(ORIGIN_AT, REST_AT), origin) === 0;
}

/**
 * The payload is a copy.
 * @param channel on which it came
 * @throws ClusterError `ERR_SOKKER_ENVELOPE`: text that is not UTF-8 included, for which clients would fail
 */
export function unseal(sealed: Uint8Array, channel: string): Envelope {
  const broken = (what: string): ClusterError =>
    new ClusterError('ERR_SOKKER_ENVELOPE', `${what}, on ${shown(channel)}`);
  const [version, flags = 0] = sealed;
  if (sealed.length < REST_AT) throw broken(`${sealed.length} bytes`);
  if (version !== VERSION) throw broken(`version ${version}`);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw broken(`flags ${flags}`);
  let at = REST_AT;
  const nameBehind = (flag: number): string | undefined => {
    if ((flags & flag) === 0) return undefined;
    const [high = 0, low = 0] = sealed.subarray(at);
    const start = at + LENGTH_BYTES;
    at = start + ((high << 8) | low);
    const bytes = sealed.subarray(start, at);
    if (at > sealed.length || !isUtf8(bytes)) throw broken('a name that is cut, or not UTF-8');
    return Buffer.from(bytes).toString('utf8');
  };
  const key = nameBehind(KEYED);
  const except = nameBehind(EXCEPTED);
  const payload = sealed.subarray(at);
  const type = (flags & TEXT) === 0 ? 'binary' : 'text';
  if (type === 'text' && !isUtf8(payload)) throw broken('text that is not UTF-8');
  return { type, payload: ownCopy(payload), compress: (flags & UNCOMPRESSED) === 0, key, except };
}
