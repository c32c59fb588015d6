import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** Whether a duplex is a stream of node:http2: it is answered by its `respond`, and its session has the socket. */
export function isHttp2Stream(duplex: Duplex): duplex is ServerHttp2Stream {
  return 'respond' in duplex && 'session' in duplex;
}

/** The socket that carries a duplex: itself, or of a stream of HTTP/2 that of its session, as long as there is one. */
export function carrierOf(duplex: Duplex): Duplex {
  if (!isHttp2Stream(duplex)) return duplex;
  const { session } = duplex;
  return session === undefined || session.destroyed ? duplex : session.socket;
}
