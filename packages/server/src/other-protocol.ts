// Requests for another protocol than ours: `curl --http2` and Java's HttpClient ask for h2c with plain requests, and Node
// emits 'upgrade' for each as soon as somebody listens for it. RFC 9110 §7.8 lets a server ignore Upgrade, as this one did
// before we were attached to it:
//
//   1 'upgrade' ─▶ 2 the head, without Upgrade ─▶ 3 back into the socket ─▶ 4 node:http, as a new connection ─▶ 5 'request'
//
// So node:http keeps the connection alive and minds its time limits as ever, and to the application it is an ordinary
// request; but `maxRequestsPerSocket` is counted anew. Requests with a body are not handed back: whether what came behind
// the head is the body, or was read with it, depends on the version of Node, and a wrong guess is request smuggling.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeEmitter } from './attachments.js';
import { mayHideHeaders } from './hidden-headers.js';
import { TakenSocket } from './taken-socket.js';

/** What is used of a socket that node:http serves, which does not document it. */
interface ServedSocket {
  /** The response that is being made; those to later requests wait for it. */
  readonly _httpMessage?: ServerResponse | null;
}

type Listener = ReturnType<UpgradeEmitter['listeners']>[number];

/**
 * What node:http itself does with a connection; in every server of it, and behind TLS of node:https, it is the same
 * listener. Documented is to emit 'connection' for a socket that a server is to serve, but then the application's own
 * listeners would count one that they know a second time.
 */
let serve: Listener | undefined;

/**
 * Has `server` answer a request for another protocol as an ordinary one. False where that is not to be had, or the
 * request is for a WebSocket: then nothing has happened.
 */
export function handBack(server: UpgradeEmitter, request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
  if (!asksForOther(request) || mayHaveBody(server, request)) return false;
  if (server.listenerCount('request') === 0 || !isFree(socket)) return false;
  serve ??= createServer().listeners('connection')[0];
  const listeners = [...server.listeners('connection'), ...server.listeners('secureConnection')];
  if (serve === undefined || !listeners.includes(serve)) return false;
  socket.unshift(Buffer.concat([headOf(request), head]));
  Reflect.apply(serve, server, [socket]);
  return true;
}

/** Whether nobody has taken it, its peer can still send, and no answer to an earlier request is owed. */
function isFree(socket: Duplex): boolean {
  const { _httpMessage: response } = socket as ServedSocket;
  return !TakenSocket.is(socket) && !socket.readableEnded && !socket.destroyed && !response;
}

/** What names `websocket` in any way at all is ours to judge. */
function asksForOther({ headers: { upgrade } }: IncomingMessage): boolean {
  return upgrade !== undefined && !upgrade.toLowerCase().includes('websocket');
}

/** Among headers that are not shown may be the one that tells of it. */
function mayHaveBody(server: UpgradeEmitter, request: IncomingMessage): boolean {
  const { 'transfer-encoding': coding, 'content-length': length = '0' } = request.headers;
  return coding !== undefined || length !== '0' || mayHideHeaders(server, request);
}

function headOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let lines = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (name.toLowerCase() !== 'upgrade') lines += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${lines}\r\n`, 'latin1');
}
