import type { RequestHead } from '@sokker/handshake';
import type { IncomingMessage } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** A request that a server of Node's has read, and the duplex that is to be its WebSocket. */
export interface ReadRequest {
  readonly request: AskedHead;
  readonly duplex: Duplex;
  /** What came behind it. */
  readonly head: Buffer;
  /** Of node:http. */
  readonly incoming: IncomingMessage | undefined;
}

/** A request over HTTP/1.1, or an extended CONNECT (RFC 8441 §4). */
export interface AskedHead extends RequestHead {
  readonly protocol?: string | undefined;
}

const NOTHING = Buffer.alloc(0);

/** As an 'upgrade' listener of node:http is given it. */
export function requestOfUpgrade(incoming: IncomingMessage, duplex: Duplex, head: Buffer): ReadRequest {
  const { method = '', url = '', httpVersion, rawHeaders } = incoming;
  return { request: { method, target: url, httpVersion, rawHeaders }, duplex, head, incoming };
}

/** As a 'stream' listener of node:http2 is given it. */
export function requestOfStream(
  duplex: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): ReadRequest {
  const { ':method': method = '', ':path': target = '', ':protocol': protocol } = headers;
  const request = { method, target, httpVersion: '2.0', rawHeaders, protocol };
  return { request, duplex, head: NOTHING, incoming: undefined };
}
