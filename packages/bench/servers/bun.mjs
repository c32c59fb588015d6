// Bun's own server: `ws.send` for the echo, `server.publish` to a topic for the broadcast. Run by Bun, not by Node.
import { deflate, host, port, serve } from './contract.mjs';

const server = Bun.serve({
  port,
  hostname: host,
  fetch(request, server) {
    const toAll = new URL(request.url).pathname === '/broadcast';
    return server.upgrade(request, { data: { toAll } }) ? undefined : new Response('WebSocket only', { status: 426 });
  },
  websocket: {
    perMessageDeflate: deflate,
    open(socket) {
      if (socket.data.toAll) socket.subscribe('room');
    },
    message(socket, data) {
      if (socket.data.toAll) server.publish('room', data, deflate);
      else socket.send(data, deflate);
    },
  },
});
serve(server.port, () => Bun.gc(true));
