/** Keys of opening handshakes, and what they are answered with. */
import { createHash } from 'node:crypto';

/** Those of the example in RFC 6455 §1.3, which the fixtures have. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const ACCEPT = acceptFor(KEY);

export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
