// `ws` as its documentation shows it: an echo, and a loop over the clients for the broadcast. With
// WS_NO_BUFFER_UTIL=1 it runs without its native add-on, otherwise with it or not at all.
import { WebSocketServer } from 'ws';
import { checkAddon } from '../dist/ws-addon.js';
import { deflate, host, port, serve, v8Collector } from './contract.mjs';

if (process.env.WS_NO_BUFFER_UTIL === undefined) checkAddon(import.meta.url);

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
