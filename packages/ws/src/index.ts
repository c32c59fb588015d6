export { WEB_SOCKET_CLIENT_OPTIONS } from './client-options.js';
export type { WebSocketClientOptions as ClientOptions } from './client-options.js';
export type { BinaryType } from './data.js';
export type { SendCallback } from './callbacks.js';
export { PER_MESSAGE_DEFLATE_OPTIONS } from './deflate-options.js';
export type { PerMessageDeflateOptions } from './deflate-options.js';
export type {
  CloseEvent,
  Data,
  ErrorEvent,
  Event,
  MessageEvent,
  RawData,
  WebSocketEventMap,
  WebSocketEvents,
} from './events.js';
export { createWebSocketStream, Server, WebSocket, WebSocket as default, WebSocketServer } from './face.js';
export { WebSocket as 'module.exports' } from './face.js';
export type { EventListener, Handler } from './listener-target.js';
export { MESSAGE_OPTIONS } from './message-options.js';
export type { MessageOptions as SendOptions } from './message-options.js';
export { WEB_SOCKET_SERVER_OPTIONS } from './server-options.js';
export type {
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
  VerifyClientInfo,
  WebSocketServerOptions as ServerOptions,
} from './server-options.js';
export type { WebSocketServerEvents } from './websocket-server.js';
