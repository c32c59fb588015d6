import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What is used of a socket's insides. Node does not document them, so that each may be missing. */
export interface SocketInsides {
  readonly _handle?: { readonly writeQueueSize?: unknown; useUserBuffer?(buffer: Buffer): void } | null;
}

/** Whether a duplex is a socket and nothing more: what TLS and other subclasses do with what they are given, they know. */
export function isPlainSocket(duplex: Duplex): duplex is Socket {
  return Object.getPrototypeOf(duplex) === Socket.prototype;
}

/**
 * Bytes that a socket was handed and that have not left: it knows of a write in progress how much of it has. Undefined
 * for other duplexes.
 */
export function unsentBytes(duplex: Duplex): number | undefined {
  const bytes = (duplex as SocketInsides)._handle?.writeQueueSize;
  return typeof bytes === 'number' ? bytes : undefined;
}

/**
 * Whether a plain socket has passed on to the kernel all that it was given. Then closing it, where its peer has ended,
 * tells that all that ending our side first would: the kernel sends the rest, and the same FIN. TLS has a goodbye of its
 * own, and of other duplexes nobody knows what they still hold.
 */
export function hasPassedOn(duplex: Duplex): boolean {
  return isPlainSocket(duplex) && duplex.writableLength === 0;
}

/**
 * Whether `unsentBytes` knows, without asking how many: that is a call out of JavaScript, and this is asked for every
 * write.
 */
function tellsUnsent(duplex: Duplex): boolean {
  const { _handle: handle } = duplex as SocketInsides;
  return handle !== null && handle !== undefined && 'writeQueueSize' in handle;
}

/** What is used of a stream of node:http2. */
interface Http2Stream {
  close(code: number): void;
}

export function isHttp2Stream(duplex: Duplex): duplex is Duplex & Http2Stream {
  return 'rstCode' in duplex;
}

/** RFC 9113 §7 */
const CANCEL = 8;

/** Ends a duplex at once. RFC 8441 §5: where TCP would be reset, a stream of HTTP/2 is cancelled. */
export function breakOff(duplex: Duplex): void {
  if (isHttp2Stream(duplex) && !duplex.destroyed) duplex.close(CANCEL);
  duplex.destroy();
}

/**
 * Whether a duplex tells of a write in a later turn alone, though it may have left at once: TLS sockets do, and streams of
 * node:http2.
 */
export function tellsLater(duplex: Duplex): boolean {
  return (duplex as { readonly encrypted?: unknown }).encrypted === true || isHttp2Stream(duplex);
}

type Writing = Readonly<Record<'write' | '_write' | '_writev' | '_writeGeneric', unknown>>;

const { write, _write, _writev, _writeGeneric } = Socket.prototype as unknown as Writing;
/** Somebody was here before us: Node's sockets inherit it. */
const isReplaced = Object.hasOwn(Socket.prototype, 'write');

/**
 * Whether nobody keeps what a duplex was given once its `writableLength` is 0: it is a plain socket, and no method of it
 * was replaced by one that records or delays.
 */
export function keepsNothing(duplex: Duplex): boolean {
  if (isReplaced || !isPlainSocket(duplex) || !tellsUnsent(duplex)) return false;
  const way = duplex as unknown as Writing;
  return way.write === write && way._write === _write && way._writev === _writev && way._writeGeneric === _writeGeneric;
}
