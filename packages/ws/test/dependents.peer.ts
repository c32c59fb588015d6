// Packages that bring `ws` along, with ours in its place: every `require('ws')` below gives what ours gives.
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import WebSocket, { WebSocketServer } from 'ws';

jest.mock('ws', () => jest.requireActual<{ 'module.exports': unknown }>('@sokker/ws')['module.exports']);

test('it is ours', () => {
  expect(new WebSocketServer({ noServer: true })).toHaveProperty('sokker');
  expect(WebSocket).toHaveProperty('Server', WebSocketServer);
});

describe.each<[string, object, string[]]>([
  ['WebSocket alone', {}, ['websocket']],
  ['after polling', {}, ['polling', 'websocket']],
  ['WebSocket, compressed', { perMessageDeflate: { threshold: 0 } }, ['websocket']],
])('Socket.IO, %s', (_, options, transports) => {
  const httpServer = http.createServer();
  const server = new Server(httpServer, options);
  let client: Socket;

  beforeAll(async () => {
    server.on('connection', (socket) => {
      void socket.join('room');
      socket.on('echo', (...args: unknown[]) => {
        const answer = args.pop() as (...echoed: unknown[]) => void;
        answer(...args);
      });
    });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    client = io(`http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`, { transports });
    await new Promise<void>((resolve) => client.on('connect', () => resolve()));
    const [socket] = server.sockets.sockets.values();
    if (socket!.conn.transport.name !== 'websocket')
      await new Promise((resolve) => socket!.conn.once('upgrade', resolve));
  });

  afterAll(async () => {
    client.close();
    await server.close();
  });

  test('speaks by WebSocket, which is ours at both ends', () => {
    const [socket] = server.sockets.sockets.values();
    expect(socket!.conn.transport.name).toBe('websocket');
    const [theirs, ours] = [socket!.conn.transport, client.io.engine.transport] as unknown as [
      { socket: object },
      { ws: object },
    ];
    expect(['sokker' in theirs.socket, 'sokker' in ours.ws]).toEqual([true, true]);
  });

  test('carries text, bytes and both, with acknowledgements', async () => {
    const bytes = Buffer.alloc(5000, 7);
    const answer = await client.emitWithAck('echo', 'text', bytes, { nested: [bytes, 1, 'ü'] });
    expect(answer).toBe('text');
    const echoed = await new Promise<unknown[]>((resolve) => {
      client.emit('echo', 'text', bytes, { nested: [bytes, 'ü'] }, (...args: unknown[]) => resolve(args));
    });
    expect(echoed).toEqual(['text', bytes, { nested: [bytes, 'ü'] }]);
  });

  test('reaches a room, and tells that a client has left', async () => {
    const heard = new Promise((resolve) => client.once('news', resolve));
    server.to('room').emit('news', 'to all');
    expect(await heard).toBe('to all');
    const [socket] = server.sockets.sockets.values();
    const left = new Promise((resolve) => socket!.once('disconnect', resolve));
    client.disconnect();
    expect(await left).toBe('client namespace disconnect');
  });
});

test('graphql-ws', async () => {
  const schema = buildSchema('type Query { hello: String! } type Subscription { count(to: Int!): Int! }');
  const roots = {
    query: { hello: () => 'world' },
    subscription: {
      async *count({ to }: { to: number }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
    },
  };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const serving = useServer({ schema, roots }, server);
  const client = createClient({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    webSocketImpl: WebSocket,
  });
  const got: unknown[] = [];
  for await (const { data } of client.iterate({ query: 'subscription { count(to: 3) }' })) got.push(data);
  expect(got).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  await client.dispose();
  await serving.dispose();
  await new Promise((resolve) => server.close(resolve));
});
