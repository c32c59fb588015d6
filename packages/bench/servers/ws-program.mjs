// An echo, and a loop over the clients for the broadcast, as the documentation of `ws` shows it: for `ws`, and for what has its
// interface.
import { deflate, host, port, serve, v8Collector } from './contract.mjs';

/** @param {typeof import('ws').WebSocketServer} WebSocketServer */
export function run(WebSocketServer) {
  /** @type {Set<import('ws').WebSocket>} */
  const room = new Set();

  const server = new WebSocketServer({ port, host, backlog: 4096, perMessageDeflate: deflate }, () =>
    serve(server.address().port, v8Collector()),
  );
  server.on('connection', (socket, request) => {
    socket.on('error', () => socket.terminate());
    if (request.url !== '/broadcast') {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      return;
    }
    room.add(socket);
    socket.on('close', () => room.delete(socket));
    socket.on('message', (data, isBinary) => {
      for (const member of room) member.send(data, { binary: isBinary });
    });
  });
}
