import { hash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  // RFC 6455 §10.8: the handshake needs none of SHA-1's security. The one-shot takes half the time of createHash.
  return hash('sha1', key + GUID, 'base64');
}
