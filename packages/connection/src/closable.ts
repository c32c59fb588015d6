import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Whether closing a duplex whose peer has ended tells it all that ending our side first would. That holds for a plain
 * socket that has passed on what it was given: the kernel sends the rest, and the same FIN. TLS has a goodbye of its own,
 * and of other duplexes nobody knows what they still hold.
 */
export function closesAsItEnds(duplex: Duplex): boolean {
  return duplex instanceof Socket && duplex.writableLength === 0 && !('encrypted' in duplex);
}
