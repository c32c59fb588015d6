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
 * Bytes that a socket was handed and that have not left: it knows of a write in progress how much of it has, though Node
 * does not document where. Undefined for other duplexes.
 */
export function unsentBytes(duplex: Duplex): number | undefined {
  const bytes = (duplex as SocketInsides)._handle?.writeQueueSize;
  return typeof bytes === 'number' ? bytes : undefined;
}
