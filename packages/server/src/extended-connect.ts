import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2';
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
    // Answered, or reset, before we heard of it.
    if (protocol === undefined || stream.headersSent || stream.destroyed) return;
    const isAlone = othersOf(server) === 0;
    if (isAlone || protocol === 'websocket') dispatch(requestOfStream(stream, headers, rawHeaders), isAlone);
  };
  // To a CONNECT for which nobody listens, node:http2 says 405 where there are 'request' listeners. Ours are none of its
  // business, and for the others it goes on saying so.
  const onConnect = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    if (request.headers[':protocol'] !== undefined || server.listenerCount('connect') > 1) return;
    response.statusCode = 405;
    response.end();
  };
  return new Map<string, () => void>([
    ['stream', onStream as () => void],
    ['connect', onConnect as () => void],
  ]);
}

/** How many others may know what to do with a CONNECT; where there are 'request' listeners, one of them is node:http2's. */
function othersOf(server: Http2Emitter): number {
  const own = server.listenerCount('request') > 0 ? 2 : 1;
  return server.listenerCount('stream') - own + server.listenerCount('connect') - 1;
}
