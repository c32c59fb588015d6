// An echo server of Bun, with permessage-deflate. See conversation.ts for what the words mean.
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request, it) => {
    const offered = request.headers.get('sec-websocket-protocol');
    const headers = offered === null ? {} : { 'Sec-WebSocket-Protocol': offered.split(',')[0] };
    return it.upgrade(request, { headers }) ? undefined : new Response('no WebSocket', { status: 426 });
  },
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: 16 * 1024 * 1024,
    message(socket, data) {
      if (data === 'close yourself') socket.close(4002, 'as asked');
      else if (data === 'ping me') socket.ping('from Bun');
      else socket.send(data, true);
    },
  },
});
console.log(server.port);
