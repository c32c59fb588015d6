import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { addressKey, peerOf, plainAddress } from '../src/address.js';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['::ffff:1:2:3', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['no address', 'no address'],
  ['::ffff:zz:1', '::ffff:zz:1'],
])('%s counts as %s', (address, key) => expect(addressKey(address)).toBe(key));

test('a zone is no part of an address', () => expect(plainAddress('fe80::1%eth0')).toBe('fe80::1'));

describe('who is at the other end', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sokker-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function accepted(where: object, look: (socket: Socket) => unknown): Promise<unknown> {
    const server = createServer().listen(where);
    await once(server, 'listening');
    const address = server.address() as AddressInfo | string;
    const client = typeof address === 'string' ? connect(address) : connect(address.port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    const seen = look(socket);
    socket.destroy();
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
    return seen;
  }

  test('an address, as others write it', async () => {
    expect(await accepted({ port: 0 }, peerOf)).toEqual({ address: '127.0.0.1', isOnUnixSocket: false });
  });

  test('somebody on a unix socket', async () => {
    const where = { path: join(folder, 'socket') };
    expect(await accepted(where, peerOf)).toEqual({ address: undefined, isOnUnixSocket: true });
  });

  test('somebody who is gone: our own address tells that it was no unix socket', async () => {
    const gone = (socket: Socket): unknown =>
      peerOf(Object.defineProperty(socket, 'remoteAddress', { value: undefined }));
    expect(await accepted({ port: 0 }, gone)).toEqual({ address: undefined, isOnUnixSocket: false });
  });

  test.each<[string, () => Duplex]>([
    ['a socket that is destroyed', () => new Socket().destroy()],
    ['no socket', () => new PassThrough()],
    ['a socket of TLS over no socket', () => new TLSSocket(new PassThrough(), { isServer: true })],
  ])('%s', (_, make) => expect(peerOf(make())).toEqual({ address: undefined, isOnUnixSocket: false }));
});
