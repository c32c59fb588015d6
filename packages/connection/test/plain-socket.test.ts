/** How a connection over a real socket ends when its peer ends without a Close. */
import { encodeFrame, Opcode } from '@sokker/frame';
import { pair } from '@sokker/testkit';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { hasPassedOn } from '../src/plain-socket.js';
import { Connection, type CloseRecord } from '../src/index.js';
import { sockets } from './sockets.js';

const MIB = 1024 * 1024;

let near: Socket;
let far: Socket;
let letGo: () => Promise<void>;

beforeEach(async () => ({ near, far, letGo } = await sockets()));
afterEach(() => letGo());

async function bytesUntilEnd(socket: Socket): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) bytes += (chunk as Buffer).length;
  return bytes;
}

const hello = encodeFrame(
  { fin: true, rsv: 0, opcode: Opcode.text, payload: Buffer.from('hello') },
  { role: 'client', maskingKey: 1 },
);

test('nothing waits: it is closed without being shut down first, and the peer reads an end', async () => {
  const connection = new Connection(near, { role: 'server' });
  const finished = jest.fn();
  near.on('finish', finished);
  const closed = once(connection, 'close') as Promise<[CloseRecord]>;
  far.end();
  expect(await bytesUntilEnd(far)).toBe(0);
  expect((await closed)[0]).toMatchObject({ code: 1006, by: 'peer', clean: false });
  expect(finished).not.toHaveBeenCalled();
});

test('the answer to what came with the end still arrives', async () => {
  const connection = new Connection(near, { role: 'server' });
  connection.on('message', (message) => connection.send(message.data));
  far.end(hello);
  expect(await bytesUntilEnd(far)).toBe(2 + 'hello'.length);
});

test('so does all that waits for a peer that had stopped reading', async () => {
  const connection = new Connection(near, { role: 'server', maxBufferedBytes: Infinity });
  far.pause();
  const payload = Buffer.alloc(MIB);
  const messages = 32;
  for (let i = 0; i < messages; i++) connection.send(payload);
  expect(connection.bufferedBytes).toBeGreaterThan(MIB);
  const ended = once(near, 'end');
  far.end();
  await ended;
  expect(await bytesUntilEnd(far)).toBe(messages * (10 + MIB));
});

test('and what was sent as late as the end itself', async () => {
  near.once('end', () => connection.send('bye'));
  const connection = new Connection(near, { role: 'server' });
  far.end();
  expect(await bytesUntilEnd(far)).toBe(2 + 'bye'.length);
});

test('what others wrote to the socket is not cut off', async () => {
  new Connection(near, { role: 'server' });
  near.cork();
  near.write('x');
  expect(hasPassedOn(near)).toBe(false);
  far.end();
  expect(await bytesUntilEnd(far)).toBe(1);
});

test('TLS, and streams that are no sockets, end their side first', () => {
  expect(hasPassedOn(new TLSSocket(new Socket()))).toBe(false);
  expect(hasPassedOn(pair()[0])).toBe(false);
});
