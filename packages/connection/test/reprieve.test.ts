/* Duplexes that tell of a write in a later turn: a peer that reads is not too slow there either, whatever one turn sends. */
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as openSession, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { Connection } from '../src/index.js';
import { settled } from './scene.js';
import { sockets } from './sockets.js';

const KIB = 1024;
const MIB = 1024 * KIB;

interface Ends {
  readonly near: Duplex;
  readonly far: Duplex;
  letGo(): Promise<void>;
}

async function overTls(): Promise<Ends> {
  const pem = readFileSync(join(__dirname, '../../client/test/certificates/good.pem'));
  const { near, far, letGo } = await sockets();
  const secured = new TLSSocket(near, { isServer: true, key: pem, cert: pem });
  const client = connect({ socket: far, rejectUnauthorized: false });
  await once(client, 'secureConnect');
  return { near: secured, far: client, letGo };
}

async function overHttp2(): Promise<Ends> {
  const server = createServer({ settings: { enableConnectProtocol: true } });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = { initialWindowSize: 8 * MIB };
  const session = openSession(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { settings });
  session.on('connect', () => session.setLocalWindowSize(16 * MIB));
  await once(session, 'remoteSettings');
  const far = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/' }, { endStream: false });
  const [near] = (await once(server, 'stream')) as [ServerHttp2Stream];
  near.respond({ ':status': 200 });
  const letGo = async (): Promise<void> => {
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { near, far, letGo };
}

describe.each([
  ['TLS', overTls],
  ['HTTP/2', overHttp2],
])('over %s', (_way, open) => {
  let ends: Ends;
  let near: Connection;
  beforeEach(async () => {
    ends = await open();
    near = new Connection(ends.near, { role: 'server' });
  });
  afterEach(() => ends.letGo());

  test.each([
    ['40 messages of 64 KiB', Array<number>(40).fill(64 * KIB)],
    ['a snapshot of 1.2 MB and an update', [1_200_000, 6]],
    ['1000 messages of 2 kB', Array<number>(1000).fill(2000)],
  ])('%s in one turn arrive, and again', async (_what, sizes) => {
    const far = new Connection(ends.far, { role: 'client', maxMessageBytes: Infinity });
    const received: number[] = [];
    far.on('message', ({ data }) => received.push(data.length));
    for (let round = 0; round < 3; round++) {
      received.length = 0;
      for (const size of sizes) near.send('x'.repeat(size));
      while (received.length < sizes.length && near.state === 'open') await settled(1);
      expect([near.state, received]).toEqual(['open', sizes]);
    }
  });

  describe('a peer that reads nothing', () => {
    let clock: ManualClock;
    beforeEach(() => {
      clock = new ManualClock();
      near = new Connection(ends.near, { role: 'server', clock });
    });

    test('is too slow when nothing has left for a second, and no more waits than was there and the limit', async () => {
      for (let sent = 0; sent < 150; sent++) near.send(Buffer.alloc(64 * KIB));
      expect(near.state).toBe('open');
      const burst = near.bufferedBytes;
      let most = 0;
      // The kernel takes what it has room for.
      for (let before = -1; before !== near.bufferedBytes;) {
        before = near.bufferedBytes;
        await settled(20);
      }
      for (let times = 0; times < 10; times++) {
        near.send(Buffer.alloc(64 * KIB));
        most = Math.max(most, near.bufferedBytes);
      }
      clock.advance(900);
      expect(near.state).toBe('open');
      clock.advance(200);
      expect(await near.closed).toMatchObject({ code: 1008, error: { code: 'ERR_SOKKER_TOO_SLOW' } });
      expect(most).toBeLessThan(burst + MIB);
    });

    test('is too slow at once where more is sent in later turns', async () => {
      for (let sent = 0; sent < 150; sent++) near.send(Buffer.alloc(64 * KIB));
      const burst = near.bufferedBytes;
      await settled(20);
      let most = 0;
      for (let sent = 0; sent < 400 && near.state === 'open'; sent++) {
        most = Math.max(most, near.bufferedBytes);
        near.send(Buffer.alloc(64 * KIB));
      }
      expect(near.state).not.toBe('open');
      expect(most).toBeLessThan(burst + MIB + 65 * KIB);
    });

    test('is too slow at sixteen times the limit, be it in one turn', () => {
      let sent = 0;
      for (; near.state === 'open' && sent < 400; sent++) near.send(Buffer.alloc(64 * KIB));
      expect(near.state).not.toBe('open');
      expect(sent * 64).toBeGreaterThan(16 * 1024);
    });

    test('is too slow at the limit for what waits behind a message that is made: no duplex can take that', () => {
      near.sendStream(new ReadableStream()).catch(() => undefined);
      let sent = 0;
      for (; near.state === 'open' && sent < 100; sent++) near.send(Buffer.alloc(64 * KIB));
      expect(sent).toBeLessThan(20);
    });
  });

  test('Pings without a Pong count, whatever was taken', () => {
    for (let times = 0; times < 9000; times++) near.ping().catch(() => undefined);
    expect(near.state).not.toBe('open');
  });
});
