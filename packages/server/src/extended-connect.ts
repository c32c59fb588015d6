import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
import { Socket } from 'node:net';
import { ignoreError } from './farewell.js';
import { requestOfStream, type ReadRequest } from './read-request.js';

export type Http2Emitter = Http2Server | Http2SecureServer;
type Dispatch = (read: ReadRequest, isAlone: boolean) => void;

export function isHttp2Server(server: object): server is Http2Emitter {
  return 'updateSettings' in server;
}

/** What hears of the extended CONNECTs of a server of node:http2 (RFC 8441 §4), by the names of its events. */
export function connectListeners(server: Http2Emitter, dispatch: Dispatch): ReadonlyMap<string, () => void> {
  const onStream = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: readonly string[],
  ): void => {
    const { ':protocol': protocol } = headers;
    if (protocol === undefined) return;
    stream.on('error', ignoreError);
    // When what was read with it has been: one that is reset at once, by the thousand, costs nothing more (CVE-2023-44487).
    setImmediate(() => {
      if (stream.headersSent || stream.destroyed) return;
      dispatch(requestOfStream(stream, headers, rawHeaders), isAloneAt(server));
    });
  };
  // To a CONNECT for which nobody listens, node:http2 says 405 where there are 'request' listeners, and destroys one of
  // HTTP/1.1. Ours are none of its business, and with the others it goes on so.
  const onConnect = (request: Http2ServerRequest, response: Http2ServerResponse | Socket): void => {
    if (request.headers[':protocol'] !== undefined || server.listenerCount('connect') > 1) return;
    if (response instanceof Socket) return void response.destroy();
    response.statusCode = 405;
    response.end();
  };
  return new Map<string, () => void>([
    ['stream', onStream as () => void],
    ['connect', onConnect as () => void],
  ]);
}

/**
 * Whether nobody else may know what to do with a CONNECT. Where there are 'request' listeners, node:http2 has answered one
 * that no 'connect' listener takes, so that a 'stream' listener does not.
 */
function isAloneAt(server: Http2Emitter): boolean {
  if (server.listenerCount('connect') > 1) return false;
  return server.listenerCount('request') > 0 || server.listenerCount('stream') <= 1;
}
