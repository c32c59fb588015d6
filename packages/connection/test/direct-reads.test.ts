/** Sockets that are read into one buffer, once they were seen to bring little at a time. */
import { encodeFrame, Opcode } from '@sokker/frame';
import { random } from '@sokker/testkit';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Connection, ConnectionSettings } from '../src/index.js';
import { pause, readDirectly } from '../src/direct-reads.js';
import { listenTo, type DuplexListener } from '../src/duplex-listener.js';
import { settled, until } from './scene.js';
import { sockets } from './sockets.js';

const KIB = 1024;
const settings = new ConnectionSettings({ role: 'server' });
const NOBODY: DuplexListener = { onData() {}, onDataEnd() {}, onDuplexError() {}, onDuplexClose() {} };

const open: Awaited<ReturnType<typeof sockets>>[] = [];

async function ends(): Promise<{ near: Socket; far: Socket }> {
  const both = await sockets();
  open.push(both);
  both.far.resume();
  return both;
}

afterEach(async () => {
  for (const both of open.splice(0)) await both.letGo();
});

/** Node's function that has a socket read into a buffer of the user's. */
function spyOnReads(socket: Socket): jest.SpyInstance {
  const { _handle: handle } = socket as unknown as { _handle: { useUserBuffer(buffer: Buffer): void } };
  return jest.spyOn(handle, 'useUserBuffer');
}

function frame(payload: Buffer): Buffer {
  return encodeFrame({ fin: true, rsv: 0, opcode: Opcode.binary, payload }, { role: 'client', maskingKey: 0x01020304 });
}

describe('which sockets', () => {
  test.each<[string, number, number[], boolean]>([
    ['fifteen short reads: too few to tell', 15, [100], false],
    ['sixteen of them', 16, [100], true],
    ['sixteen that nearly fill the buffer', 16, [64 * KIB - 1], true],
    ['such as fill it', 100, [64 * KIB], false],
    ['these and four shorter ones each', 100, [64 * KIB, 60 * KIB, 100, 100, 100], false],
    ['these and five shorter ones each', 100, [64 * KIB, 60 * KIB, 100, 100, 100, 100], true],
    ['those with their rests', 100, [64 * KIB, 32], false],
    ['one of them among many short ones', 10, [...Array<number>(9).fill(100), 64 * KIB], true],
    ['short ones after many of them', 1, [...Array<number>(100).fill(64 * KIB), ...Array<number>(16).fill(10)], true],
  ])('%s', async (_, rounds, reads, expected) => {
    const { near } = await ends();
    const spy = spyOnReads(near);
    listenTo(near, NOBODY);
    for (let round = 0; round < rounds; round++) for (const bytes of reads) near.emit('data', Buffer.alloc(bytes));
    expect(spy).toHaveBeenCalledTimes(expected ? 1 : 0);
  });

  test.each<[string, (near: Socket) => Duplex]>([
    ['under TLS', (near) => new TLSSocket(near)],
    [
      'of a class of its own',
      (near) => Object.setPrototypeOf(near, Object.create(Object.getPrototypeOf(near))) as Socket,
    ],
    ['that hands out text', (near) => near.setEncoding('utf8')],
    ['that is closed', (near) => near.destroy()],
    ['that is no socket', () => new PassThrough()],
  ])('none %s', async (_, prepare) => {
    const { near } = await ends();
    const spy = spyOnReads(near);
    const duplex = prepare(near);
    readDirectly(duplex);
    readDirectly(duplex);
    expect(spy).not.toHaveBeenCalled();
    duplex.destroy();
  });

  test('none that is read so already, by us or by its user', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const onread = { buffer: Buffer.alloc(16), callback: () => true };
    const theirs = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, onread });
    const [accepted] = (await once(server, 'connection')) as [Socket];
    if (theirs.connecting) await once(theirs, 'connect');
    for (const [socket, times] of [[theirs, 0] as const, [accepted, 1] as const]) {
      const spy = spyOnReads(socket);
      readDirectly(socket);
      readDirectly(socket);
      expect(spy).toHaveBeenCalledTimes(times);
      socket.destroy();
    }
    server.close();
    await once(server, 'close');
  });
});

describe('a socket that is read directly', () => {
  test('hands out bytes that stay, and to everyone who listens for `data`', async () => {
    const [one, other] = [await ends(), await ends()];
    const chunks: Buffer[] = [];
    for (const { near } of [one, other]) {
      near.on('data', (chunk: Buffer) => chunks.push(chunk));
      readDirectly(near);
    }
    for (const [index, { far }] of [one, other, one].entries()) {
      far.write(Buffer.alloc(100 + index, index));
      await until(() => chunks.length === index + 1);
    }
    expect(chunks).toEqual([Buffer.alloc(100, 0), Buffer.alloc(101, 1), Buffer.alloc(102, 2)]);
  });

  test('keeps little memory alive with what is kept', async () => {
    const { near, far } = await ends();
    const chunks: Buffer[] = [];
    near.on('data', (chunk: Buffer) => chunks.push(chunk));
    readDirectly(near);
    for (const bytes of [1, 100, 511, 512, 513, 3000]) {
      const before = chunks.length;
      far.write(Buffer.alloc(bytes, bytes));
      await until(() => chunks.length > before);
    }
    for (const chunk of chunks) expect(chunk.buffer.byteLength).toBeLessThanOrEqual(Math.max(1024, chunk.length));
    expect(chunks).toEqual([1, 100, 511, 512, 513, 3000].map((bytes) => Buffer.alloc(bytes, bytes)));
  });

  test('keeps what comes while it is paused, as much as others do, and in order', async () => {
    const { near, far } = await ends();
    const sent = Buffer.alloc(2048 * KIB, 'abcdefg');
    const chunks: Buffer[] = [];
    near.on('data', (chunk: Buffer) => chunks.push(chunk));
    readDirectly(near);
    pause(near);
    far.write(sent);
    await until(() => near.readableLength >= near.readableHighWaterMark);
    for (let again = 0; again < 3; again++) {
      pause(near);
      await settled();
    }
    expect(near.readableLength).toBeLessThan(near.readableHighWaterMark + 64 * KIB);
    expect(chunks).toEqual([]);
    near.resume();
    await until(() => chunks.reduce((sum, chunk) => sum + chunk.length, 0) === sent.length);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  test('notices its end while it is paused', async () => {
    const { near, far } = await ends();
    readDirectly(near);
    near.resume();
    pause(near);
    far.end();
    await until(() => near.readableEnded);
  });

  test('tells of a reset', async () => {
    const { near, far } = await ends();
    const connection = new Connection(near, settings);
    const spy = spyOnReads(near);
    for (let sent = 0; sent < 20; sent++) {
      far.write(frame(Buffer.alloc(sent)));
      await once(connection, 'message');
    }
    expect(spy).toHaveBeenCalledTimes(1);
    far.resetAndDestroy();
    expect(await connection.closed).toMatchObject({ code: 1006, clean: false });
  });
});

test.each([1, 2, 3, 4, 5, 6])('messages of all lengths, kept, under pauses: seed %i', async (seed) => {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const talks = await Promise.all(
    [0, 1, 2].map(async () => {
      const { near, far } = await ends();
      const connection = new Connection(near, settings);
      const [sent, heard] = [[] as Buffer[], [] as Buffer[]];
      connection.on('message', (message) => {
        heard.push(message.data);
        if (below(8) > 0) return;
        connection.pause();
        setImmediate(() => connection.resume());
      });
      return { near, far, connection, sent, heard };
    }),
  );
  for (let round = 0; round < 150; round++) {
    for (const { far, sent } of talks) {
      const burst = Array.from({ length: 1 + below(6) }, () => {
        return Buffer.alloc(below(20) === 0 ? below(90 * KIB) : below(300), below(256));
      });
      sent.push(...burst);
      const bytes = Buffer.concat(burst.map(frame));
      const cut = below(bytes.length);
      far.write(bytes.subarray(0, cut));
      await settled(1);
      far.write(bytes.subarray(cut));
    }
  }
  for (const { heard, sent, near } of talks) {
    await until(() => heard.length === sent.length);
    expect(heard.every((data, index) => data.equals(sent[index]!))).toBe(true);
    expect(near.listenerCount('data')).toBe(1);
  }
});
