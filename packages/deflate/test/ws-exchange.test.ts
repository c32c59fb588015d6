// What `ws` compresses we inflate, and the other way round, over real sockets.
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type PerMessageDeflateOptions } from 'ws';
import { permessageDeflate, type DeflateOptions } from '../src/index.js';
import { noise, sampleText } from './drive.js';
import { connect, echoServer } from './wire.js';

const MESSAGES = [
  Buffer.alloc(0),
  Buffer.from('Hello'),
  Buffer.from('Hello'),
  sampleText(1024),
  noise(5000),
  sampleText(16385),
  Buffer.alloc(300_000),
  sampleText(300_000),
  Buffer.from('Hello'),
];

const SETTINGS: readonly (readonly [name: string, ours: DeflateOptions, theirs: PerMessageDeflateOptions])[] = [
  ['context takeover', { preset: '336KiB' }, {}],
  ['no context takeover', {}, {}],
  ['small windows', { preset: '112KiB' }, {}],
  ['the smallest windows', { preset: '336KiB', serverMaxWindowBits: 8, clientMaxWindowBits: 9 }, {}],
  ['their wish for no context takeover', { preset: '336KiB' }, { serverNoContextTakeover: true, clientNoContextTakeover: true }], // prettier-ignore
  ['their wish for small windows', { preset: '336KiB' }, { serverMaxWindowBits: 9, clientMaxWindowBits: 9 }],
];

test.each(SETTINGS)('our server and a ws client: %s', async (_, ours, theirs) => {
  const server = await echoServer(permessageDeflate(ours));
  const client = new WebSocket(server.url, { perMessageDeflate: { threshold: 0, ...theirs } });
  await new Promise((resolve) => client.once('open', resolve));
  for (const message of MESSAGES) {
    const answer = new Promise<Buffer>((resolve) => client.once('message', resolve));
    client.send(message);
    expect((await answer).equals(message)).toBe(true);
  }
  client.terminate();
  server.close();
});

test.each(SETTINGS)('our client and a ws server: %s', async (_, ours, theirs) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0, ...theirs } });
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (peer) => peer.on('message', (data: Buffer) => peer.send(data)));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = await connect(url, permessageDeflate(ours));
  for (const message of MESSAGES) {
    const answer = client.next();
    await client.send(message);
    expect((await answer).equals(message)).toBe(true);
  }
  client.close();
  for (const peer of server.clients) peer.terminate();
  server.close();
});
