import * as face from '@sokker/ws';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { isNativeError } from 'node:util/types';
import * as ws from 'ws';

/** What both have, under one type: that of ours, which is to fit. */
export interface Implementation {
  readonly WebSocket: typeof face.WebSocket;
  readonly WebSocketServer: typeof face.WebSocketServer;
  readonly createWebSocketStream: typeof face.createWebSocketStream;
}

export const OURS: Implementation = face;
export const THEIRS = ws as unknown as Implementation;

/** What holds for one must hold for the other. */
export const BOTH: [string, Implementation][] = [
  ['ws', THEIRS],
  ['@sokker/ws', OURS],
];

/** Servers and clients of each. */
export const PAIRS: [string, string, Implementation, Implementation][] = BOTH.flatMap(([server, its]) =>
  BOTH.map(([client, theirs]): [string, string, Implementation, Implementation] => [server, client, its, theirs]),
);

export type Server = InstanceType<typeof face.WebSocketServer>;
export type Socket = InstanceType<typeof face.WebSocket>;

const open: Server[] = [];

export async function serverOf(it: Implementation, options: face.ServerOptions = {}): Promise<Server> {
  const server = new it.WebSocketServer({ port: 0, host: '127.0.0.1', ...options });
  open.push(server);
  await once(server, 'listening');
  return server;
}

export function urlOf(server: Server, path = '/'): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

/** Both ends of a connection, open. */
export async function pairOf(
  it: Implementation,
  peer: Implementation = it,
  serverOptions: face.ServerOptions = {},
  clientOptions: face.ClientOptions = {},
): Promise<{ server: Server; socket: Socket; client: Socket }> {
  const server = await serverOf(it, serverOptions);
  const client = new peer.WebSocket(urlOf(server), clientOptions);
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  return { server, socket: socket as Socket, client };
}

/** To be called after each test: ends what it opened, and waits for the end. */
export async function closeAll(): Promise<void> {
  await Promise.all(
    open.splice(0).map(async (server) => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }),
  );
}

export type Log = [name: string, ...args: unknown[]][];

/** Everything that a socket emits from here on, with bytes as text, and errors by their codes. */
export function record(socket: Socket): Log {
  const log: Log = [];
  for (const name of ['open', 'message', 'ping', 'pong', 'error', 'close'] as const) {
    socket.on(name, (...args: unknown[]) => log.push([name, ...args.map(shown)]));
  }
  return log;
}

export function shown(value: unknown): unknown {
  if (isNativeError(value)) return (value as NodeJS.ErrnoException).code ?? value.message;
  return Buffer.isBuffer(value) ? value.toString() : value;
}

/** Resolves when everything that was sent to this server before has reached it: it comes by another connection, behind that. */
export async function arrived(server: Server): Promise<void> {
  const probe = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  probe.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n').resume();
  await once(probe, 'close');
}

/** Resolves at 'close'; `once` of node:events rejects at an 'error' before it. */
export function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

const HANDSHAKE = ['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];

/** A client that says what it likes behind the opening handshake, or with it. @param behind follows the request at once */
export async function rawPeer(server: Server, behind = Buffer.alloc(0)): Promise<net.Socket> {
  const peer = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const lines = ['GET / HTTP/1.1', ...HANDSHAKE, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''];
  peer.write(Buffer.concat([Buffer.from(lines.join('\r\n')), behind]));
  await once(peer, 'data');
  return peer;
}
