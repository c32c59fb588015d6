// `ws` as its documentation shows it: an echo, and a loop over the clients for the broadcast. With
// WS_NO_BUFFER_UTIL=1 and WS_NO_UTF_8_VALIDATE=1 it runs without the native add-ons, otherwise with them.
import { WebSocketServer } from 'ws';
import { deflate, host, port, serve, v8Collector } from './contract.mjs';

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
