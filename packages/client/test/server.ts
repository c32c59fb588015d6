/* Servers for the tests, of nothing but the packages below: one that keeps the rules, one that says what it is told. */
import type { ConnectError } from '@sokker/client';
import { Connection } from '@sokker/connection';
import type { Message, MessageCoder } from '@sokker/frame';
import { acceptKey, encodeResponse, HeaderFields, readRequestHead, respond, type RequestHead } from '@sokker/handshake';
import type { UpgradePolicyOptions } from '@sokker/handshake';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** ws://127.0.0.1:port or wss://localhost:port */
  readonly url: string;
  /** Every socket that came, open or not. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Listens, and hands each socket to `serve`; closing destroys them all. */
export async function listen(
  serve: (socket: Socket) => unknown,
  options: { tls?: TlsOptions; path?: string; port?: number } = {},
): Promise<TestServer> {
  const sockets: Socket[] = [];
  const onSocket = (socket: Socket): void => {
    socket.on('error', () => undefined);
    void (async () => serve(socket))().catch(() => socket.destroy());
  };
  const server: Server = options.tls === undefined ? createTcpServer(onSocket) : createTlsServer(options.tls, onSocket);
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.on('tlsClientError', () => undefined);
  if (options.path === undefined) server.listen(options.port ?? 0, '127.0.0.1');
  else server.listen(options.path);
  await once(server, 'listening');
  const address = server.address() as AddressInfo | string;
  const port = typeof address === 'string' ? 0 : address.port;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const url = options.tls === undefined ? `ws://127.0.0.1:${port}` : `wss://localhost:${port}`;
  return { port, url, sockets, close, [Symbol.asyncDispose]: close };
}

/** A server that keeps the rules; each connection goes to `onConnection`, by default to an echo. */
export function serve(
  onConnection: (connection: Connection, socket: Socket, target: string) => unknown = echo,
  policy: UpgradePolicyOptions<MessageCoder> = {},
  options: Parameters<typeof listen>[1] = {},
): Promise<TestServer> {
  return listen(async (socket) => {
    const request = await readRequestHead(socket);
    const answer = respond<MessageCoder>(request, { origin: 'any', ...policy });
    socket.write(encodeResponse(answer));
    if (answer.type === 'refusal') return socket.end();
    const session = { protocol: answer.subprotocol, coder: answer.extensions[0]?.session };
    const connection = new Connection(socket, { role: 'server', maxMessageBytes: Infinity }, session);
    return onConnection(connection, socket, request.target);
  }, options);
}

export function echo(connection: Connection): void {
  connection.on('message', (message) => connection.send(message.data, { type: message.type }));
}

/** A server that answers every request with what `reply` makes of it, byte for byte. */
export function script(
  reply: (accept: string, socket: Socket, request: RequestHead) => string | undefined,
  options: Parameters<typeof listen>[1] = {},
): Promise<TestServer> {
  return listen(async (socket) => {
    const request = await readRequestHead(socket);
    socket.resume();
    const key = new HeaderFields(request.rawHeaders).only('sec-websocket-key') ?? '';
    const said = reply(acceptKey(key), socket, request);
    if (said !== undefined) socket.write(said, 'latin1');
  }, options);
}

/** The head of a 101, with lines changed: an undefined value leaves one out. */
export function switching(accept: string, changes: Record<string, string | undefined> = {}, more = ''): string {
  const lines = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept, ...changes };
  const kept = Object.entries(lines).filter(([, value]) => value !== undefined);
  return `HTTP/1.1 101 Switching Protocols\r\n${kept.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${more}\r\n`;
}

export async function nextMessage(connection: Connection): Promise<Message> {
  const [message] = (await once(connection, 'message')) as [Message];
  return message;
}

/** What an attempt is refused with. */
export async function errorOf(attempt: Promise<unknown>): Promise<ConnectError> {
  return attempt.then(
    () => Promise.reject(new Error('it should have been refused')),
    (error: unknown) => error as ConnectError,
  );
}
