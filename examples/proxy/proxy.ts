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
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Running } from '../program.js';

/** The other server judges origins: the proxy passes them on. */
const policy = new UpgradePolicy({ origin: 'any' });
const DEADLINE_MS = 10_000;

export async function startProxy(target: string, port: number): Promise<Running & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client.on('error', () => undefined).on('close', () => sockets.delete(client)));
    serve(client, target).catch(() => client.destroy());
  });
  server.listen(port);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, greeting: `ws://localhost:${address.port} forwards to ${target}`, close };
}

async function serve(client: Socket, target: string): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const offer = examine(await readRequestHead(client, { signal }), policy);
  if (offer.type === 'refusal') return void client.end(encodeResponse(offer));
  const upstream = await dial(offer, target, signal).catch(() => undefined);
  if (upstream === undefined) return void client.end(encodeResponse(refuse({ status: 502 }, offer)));
  client.write(encodeResponse(accept(offer, { subprotocol: upstream.subprotocol })));
  await forward(client, upstream.socket);
}

/** Opens a WebSocket to the other server, asking for what the client asked for. Extensions are not passed on. */
async function dial(offer: UpgradeOffer, target: string, signal: AbortSignal) {
  const headers: Record<string, string> = offer.origin === null ? {} : { Origin: offer.origin };
  const url = new URL(offer.query === '' ? offer.path : `${offer.path}?${offer.query}`, target);
  const request = createRequest(url.href, { subprotocols: offer.subprotocols, headers });
  const socket = connect({ port: request.port, host: request.hostname, noDelay: true, signal });
  await once(socket, 'connect');
  socket.write(encodeRequest(request));
  const answer = verifyResponse(request, await readResponseHead(socket, { signal }));
  if (answer.type !== 'agreement') throw new Error(`the other server answered ${answer.status}`);
  return { socket, subprotocol: answer.subprotocol };
}

/** Both ways at once; when either ends badly, so do both sockets. */
async function forward(client: Socket, upstream: Socket): Promise<void> {
  const slices = { emit: 'slices', maxFramePayloadBytes: Infinity } as const;
  const fromClient = new FrameDecoder({ role: 'server', ...slices });
  const fromUpstream = new FrameDecoder({ role: 'client', ...slices });
  await Promise.all([
    pipeline(client, fromClient, new FrameEncoder({ role: 'client' }), upstream),
    pipeline(upstream, fromUpstream, new FrameEncoder({ role: 'server' }), client),
  ]);
}
