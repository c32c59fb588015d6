// An echo server of Deno, which has no extension. See conversation.ts for what the words mean.
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) }, (request) => {
  if (request.headers.get('upgrade') !== 'websocket') return new Response('no WebSocket', { status: 426 });
  const offered = request.headers.get('sec-websocket-protocol');
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol: offered?.split(',')[0], idleTimeout: 1 });
  socket.onmessage = ({ data }) => {
    if (data === 'close yourself') socket.close(4002, 'as asked');
    // Deno sends Pings by itself, every half idleTimeout.
    else if (data !== 'ping me') socket.send(data);
  };
  return response;
});
