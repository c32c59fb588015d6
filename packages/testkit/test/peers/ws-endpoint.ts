/** `ws` over a pair in memory: a real server or client, through its documented interface. */
import { once } from 'node:events';
import { IncomingMessage, createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import WebSocket, { WebSocketServer, type ServerOptions } from 'ws';
import { pair, type PairedDuplex, type Role } from '../../src/index.js';
import { acceptOf } from '../../generate/request.js';

/** An open WebSocket of `ws`, and the far end of its stream. */
export interface WsEndpoint {
  readonly webSocket: WebSocket;
  readonly far: PairedDuplex;
  /** Everything that `ws` wrote after the handshake. */
  readonly written: () => Buffer;
}

export interface WsLimits {
  readonly maxPayload: number;
  readonly maxFragments?: number;
}

const HEADERS = {
  host: 'example.com',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

/** Opens `ws` in a role; `agreed` is the extension header that both sides settled on, if any. */
export async function openWs(role: Role, limits: WsLimits, agreed: string | undefined): Promise<WsEndpoint> {
  return role === 'server' ? openServer(limits, agreed) : openClient(limits, agreed);
}

async function openServer(limits: WsLimits, agreed: string | undefined): Promise<WsEndpoint> {
  const options = { noServer: true, perMessageDeflate: agreed !== undefined, ...limits };
  const server = new WebSocketServer(options);
  const [near, far] = pair();
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  request.url = '/';
  Object.assign(request.headers, HEADERS, agreed === undefined ? {} : { 'sec-websocket-extensions': agreed });
  const output = gather(far);
  const webSocket = await new Promise<WebSocket>((resolve) => {
    server.handleUpgrade(request, near, Buffer.alloc(0), resolve);
  });
  await headEnd(output);
  return { webSocket, far, written: () => afterHead(output) };
}

async function openClient(limits: WsLimits, agreed: string | undefined): Promise<WsEndpoint> {
  const [near, far] = pair();
  const output = gather(far);
  const options = {
    perMessageDeflate: agreed !== undefined,
    createConnection: () => near as unknown as Socket,
    ...limits,
  };
  const webSocket = new WebSocket('ws://example.com/', options);
  const opened = once(webSocket, 'open');
  await headEnd(output);
  const head = Buffer.concat(output.chunks).toString('latin1');
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? '';
  const extension = agreed === undefined ? '' : `Sec-WebSocket-Extensions: ${agreed}\r\n`;
  const start = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  far.write(`${start}Sec-WebSocket-Accept: ${acceptOf(key)}\r\n${extension}\r\n`);
  await opened;
  return { webSocket, far, written: () => afterHead(output) };
}

/** A server of `node:http` with `ws` attached, which answers what comes over pairs. */
export function httpServer(options: ServerOptions): Server {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const webSockets = new WebSocketServer({ ...options, server });
  webSockets.on('connection', (webSocket) => webSocket.on('error', () => undefined));
  webSockets.on('error', () => undefined);
  return server;
}

interface Output {
  readonly chunks: Buffer[];
}

export function gather(stream: Duplex): Output {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => undefined);
  return { chunks };
}

async function headEnd(output: Output): Promise<void> {
  while (!Buffer.concat(output.chunks).includes('\r\n\r\n')) await turns(1);
}

function afterHead({ chunks }: Output): Buffer {
  const all = Buffer.concat(chunks);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

/** Lets everything happen that needs no time. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
