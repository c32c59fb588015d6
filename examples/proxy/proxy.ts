// A proxy that assembles nothing: slices of frames go from one socket to the other as they arrive, unmasked from the
// client and masked anew where the other end is a server. A frame of any size passes in constant memory, and whoever is
// slow slows the other end down.
//
//   client ─▶ FrameDecoder (server) ─▶ slices ─▶ FrameEncoder (client) ─▶ upstream
//   client ◀─ FrameEncoder (server) ◀─ slices ◀─ FrameDecoder (client) ◀─ upstream
import { FrameDecoder, FrameEncoder } from '@sokker/frame';
import {
  accept,
  createRequest,
  encodeRequest,
  encodeResponse,
  examine,
  readRequestHead,
  readResponseHead,
  refuse,
  UpgradePolicy,
  verifyResponse,
  type UpgradeOffer,
} from '@sokker/handshake';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { addressOf, listen, StartError, type Running } from '../program.js';

/** A browser sees this host, not the one behind it, which may judge the Origin again. */
const policy = new UpgradePolicy({ origin: 'same' });
/** What the server behind decides by. */
const HANDED_ON = ['Origin', 'Cookie', 'Authorization'];
const DEADLINE_MS = 10_000;

export interface Proxy extends Running {
  readonly port: number;
}

export interface ProxyOptions {
  /** Begins the time that the opening handshakes of a connection may take, both together; default: 10 s. */
  readonly deadline?: () => AbortSignal;
  /** Hears of what went wrong, a line each. */
  readonly report: Report;
}

type Report = (line: string) => void;

/**
 * @param target where to: `ws://host:port`
 * @throws UsageError of `@sokker/handshake` for what is no URL; StartError for one that asks for TLS or has credentials
 */
export async function startProxy(target: string, port: number, options: ProxyOptions): Promise<Proxy> {
  const { deadline = () => AbortSignal.timeout(DEADLINE_MS), report } = options;
  if (createRequest(target).secure)
    throw new StartError('This proxy speaks no TLS to the server behind it: say ws:// instead');
  const { username, password } = new URL(target);
  if (username !== '' || password !== '')
    throw new StartError('The server behind is told the Authorization of each client: name it without credentials');
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    sockets.add(client.on('error', () => undefined).on('close', () => sockets.delete(client)));
    serve(client, target, deadline(), report).catch((error: unknown) => {
      report(lineOf(error));
      client.destroy();
    });
  });
  const address = await listen(server, port);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, greeting: `ws://${addressOf(address)} forwards to ${target}`, close };
}

async function serve(client: Socket, target: string, signal: AbortSignal, report: Report): Promise<void> {
  const offer = examine(await readRequestHead(client, { signal }), policy);
  if (offer.type === 'refusal') return void client.end(encodeResponse(offer));
  const upstream = await dial(offer, target, signal).catch((error: unknown) => {
    report(lineOf(error));
  });
  if (upstream === undefined) return void client.end(encodeResponse(refuse({ status: 502 }, offer)));
  client.write(encodeResponse(accept(offer, { subprotocol: upstream.subprotocol })));
  await forward(client, upstream.socket);
}

/** Opens a WebSocket to the other server, asking for what the client asked for. Extensions are not passed on. */
async function dial(offer: UpgradeOffer, target: string, signal: AbortSignal) {
  const { path, query, subprotocols } = offer;
  const url = new URL(target);
  // Not `new URL(path, target)`: a path that begins with two slashes would name another host.
  url.pathname = path;
  // With its mark: of a query that begins with another one, that would be taken for it.
  url.search = `?${query}`;
  const request = createRequest(url, { subprotocols, headers: handedOn(offer) });
  const socket = connect({ port: request.port, host: request.hostname, noDelay: true, allowHalfOpen: true });
  try {
    await once(socket, 'connect', { signal });
    socket.write(encodeRequest(request));
    const answer = verifyResponse(request, await readResponseHead(socket, { signal }));
    if (answer.type === 'declined') throw new Error(`the server behind answered ${answer.status}`);
    return { socket, subprotocol: answer.subprotocol };
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}

function handedOn({ headers, host, port }: UpgradeOffer): [name: string, value: string][] {
  const lines = HANDED_ON.flatMap((name) => headers.all(name).map((value): [string, string] => [name, value]));
  // What the Origin of a page is compared with by a server that names this one in trustedProxies.
  return [...lines, ['X-Forwarded-Host', port === undefined ? host : `${host}:${port}`]];
}

function lineOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  // Where several addresses of a host failed, Node.js gives the error no message.
  return message === '' ? String(code) : message;
}

/** Both ways at once. When either fails, so do both sockets; a frame that breaks a rule is not passed on. */
async function forward(client: Socket, upstream: Socket): Promise<void> {
  const slices = { emit: 'slices', maxFramePayloadBytes: Infinity } as const;
  const fromClient = new FrameDecoder({ role: 'server', ...slices });
  const fromUpstream = new FrameDecoder({ role: 'client', ...slices });
  try {
    await Promise.all([
      pipeline(client, fromClient, new FrameEncoder({ role: 'client' }), upstream),
      pipeline(upstream, fromUpstream, new FrameEncoder({ role: 'server' }), client),
    ]);
  } finally {
    client.destroy();
    upstream.destroy();
  }
}
