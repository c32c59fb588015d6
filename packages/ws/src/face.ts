/* The class is what `require` gives, with everything else on it. */
import { createWebSocketStream } from './stream.js';
import { WebSocketServer } from './websocket-server.js';
import { WebSocket } from './websocket.js';

const STATICS = { WebSocket, WebSocketServer, Server: WebSocketServer, createWebSocketStream };
for (const [name, value] of Object.entries(STATICS)) {
  Object.defineProperty(WebSocket, name, { value, configurable: true, writable: true });
}

export { createWebSocketStream, WebSocket, WebSocketServer, WebSocketServer as Server };
