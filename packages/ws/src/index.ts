import { createWebSocketStream } from './stream.js';
import { WebSocketServer } from './websocket-server.js';
import { WebSocket } from './websocket.js';

// What `require` gives is the class, with everything else on it.
for (const [name, value] of Object.entries({
  WebSocket,
  WebSocketServer,
  Server: WebSocketServer,
  createWebSocketStream,
})) {
  Object.defineProperty(WebSocket, name, { value, configurable: true, writable: true });
}

export { CLIENT_OPTIONS, SHARED_OPTIONS } from './client-options.js';
export type { ClientOptions, SharedOptions } from './client-options.js';
export type { BinaryType } from './data.js';
export type { SendCallback } from './callbacks.js';
export type { PerMessageDeflateOptions } from './deflate-options.js';
export type { CloseEvent, Data, ErrorEvent, Event, MessageEvent, RawData, WebSocketEventMap } from './events.js';
export type { EventListener, EventListenerOptions, Handler } from './listener-target.js';
export { SERVER_OPTIONS } from './server-options.js';
export type {
  ServerOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  VerifyClientInfo,
} from './server-options.js';
export { createWebSocketStream } from './stream.js';
export { WebSocketServer, WebSocketServer as Server } from './websocket-server.js';
export type { WebSocketServerEvents } from './websocket-server.js';
export { WebSocket, WebSocket as default, WebSocket as 'module.exports' } from './websocket.js';
export type { WebSocketEvents } from './websocket.js';
export type { SendOptions } from './wire.js';
