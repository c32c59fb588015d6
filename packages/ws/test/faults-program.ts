/* What becomes of faults: of a peer, where nobody listens for `error`, and of the program's own listeners. */
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type WebSocketServer as Server } from '../src/index.js';

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
];

process.on('uncaughtException', (error) => console.log(`uncaught: ${error.message}`));
process.on('unhandledRejection', (error) => console.log(`unhandled: ${(error as Error).message}`));

const server: Server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

server.once('connection', (socket: WebSocket) => {
  socket.on('close', (code: number) => console.log(`the bad peer: ${code}`));
});
const peer = net.connect(port, '127.0.0.1');
peer.write(HANDSHAKE.join('\r\n'));
await once(peer, 'data');
peer.resume().end(Buffer.from('ff', 'hex'));
await once(peer, 'close');

server.once('connection', (socket: WebSocket) => {
  socket.on('message', (data) => {
    if ((data as Buffer).toString() === 'throw') throw new Error('of a listener');
    socket.send(data);
  });
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- what becomes of it is the question
  socket.on('message', async (data) => {
    await Promise.resolve();
    if ((data as Buffer).toString() === 'reject') throw new Error('of an async listener');
  });
  throw new Error('of the connection listener');
});
const client = new WebSocket(`ws://127.0.0.1:${port}`);
await once(client, 'open');
const texts: string[] = [];
const heard = new Promise<void>((resolve) => {
  client.on('message', (data) => {
    if (texts.push((data as Buffer).toString()) === 3) resolve();
  });
});
for (const text of ['throw', 'reject', 'on it goes']) client.send(text);
client.send('last', () => {
  throw new Error('of a callback');
});
await heard;
console.log(texts.join(', '));
client.close();
await once(client, 'close');

class Faulty extends WebSocket {
  constructor() {
    super(null);
    throw new Error('of a class');
  }
}
const faulty = new WebSocketServer({ port: 0, host: '127.0.0.1', WebSocket: Faulty as unknown as typeof WebSocket });
await once(faulty, 'listening');
const lost = new WebSocket(`ws://127.0.0.1:${(faulty.address() as AddressInfo).port}`);
await once(lost, 'close');
await new Promise((resolve) => faulty.close(resolve));
const unreachable = new WebSocket('ws://127.0.0.1:1');
await once(unreachable, 'close').catch((error: unknown) =>
  console.log(`refused: ${(error as NodeJS.ErrnoException).code}`),
);
const unheard = new WebSocket('ws://127.0.0.1:1');
await new Promise((resolve) => unheard.on('close', resolve));
server.close(() => console.log('closed'));
