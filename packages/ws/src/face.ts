/* The class is what `require` gives, with everything else on it. */
import type { AddressInfo as NetAddressInfo } from 'node:net';
import type { WebSocketClientOptions } from './client-options.js';
import type { PerMessageDeflateOptions as DeflateOptions } from './deflate-options.js';
import type * as events from './events.js';
import type * as server from './server-options.js';
import { createWebSocketStream } from './stream.js';
import { WebSocketServer } from './websocket-server.js';
import { WebSocket } from './websocket.js';

declare module './websocket.js' {
  /** Types under the names that those of `ws` have. */
  // eslint-disable-next-line @typescript-eslint/no-namespace -- `WebSocket.RawData` is what code for `ws` says
  namespace WebSocket {
    type AddressInfo = NetAddressInfo;
    type ClientOptions = WebSocketClientOptions;
    type CloseEvent = events.CloseEvent;
    type Data = events.Data;
    type ErrorEvent = events.ErrorEvent;
    type Event = events.Event;
    type MessageEvent = events.MessageEvent;
    type PerMessageDeflateOptions = DeflateOptions;
    type RawData = events.RawData;
    type Server<Class extends typeof WebSocket = typeof WebSocket> = WebSocketServer<Class>;
    type ServerOptions<Class extends typeof WebSocket = typeof WebSocket> = server.WebSocketServerOptions<Class>;
    type VerifyClientCallbackAsync = server.VerifyClientCallbackAsync;
    type VerifyClientCallbackSync = server.VerifyClientCallbackSync;
    type WebSocket = InstanceType<typeof import('./websocket.js').WebSocket>;
    type WebSocketEventMap = events.WebSocketEventMap;
  }
}

const STATICS = { WebSocket, WebSocketServer, Server: WebSocketServer, createWebSocketStream };
for (const [name, value] of Object.entries(STATICS)) {
  Object.defineProperty(WebSocket, name, { value, configurable: true, enumerable: true, writable: true });
}

export { createWebSocketStream, WebSocket, WebSocketServer, WebSocketServer as Server };
