import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What is used of a socket's insides. */
interface SocketInsides {
  readonly _handle?: { readonly writeQueueSize?: unknown } | null;
}

/**
 * Whether closing a duplex whose peer has ended tells it all that ending our side first would. That holds for a plain
 * socket that has passed on what it was given: the kernel sends the rest, and the same FIN. TLS has a goodbye of its own,
 * and of other duplexes nobody knows what they still hold.
 */
export function closesAsItEnds(duplex: Duplex): boolean {
  return duplex instanceof Socket && duplex.writableLength === 0 && !('encrypted' in duplex);
}

/**
 * Bytes that a duplex was handed and that have not left. Of a write in progress sockets know how much of it has, though
 * Node does not document where; of others it is known when it is done.
 */
export function unsentBytes(duplex: Duplex): number {
  const bytes = (duplex as SocketInsides)._handle?.writeQueueSize;
  return typeof bytes === 'number' ? bytes : duplex.writableLength;
}
