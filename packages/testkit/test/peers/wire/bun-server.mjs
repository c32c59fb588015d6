// A server as Bun's documentation writes it; run by Bun. It prints its port, and ends with its standard input.
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response('WebSocket only', { status: 400 })),
  websocket: { perMessageDeflate: true, message: (socket, data) => void socket.send(data) },
});
console.log(server.port);
process.stdin.on('end', () => process.exit(0)).resume();
