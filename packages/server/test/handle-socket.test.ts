import { SokkerServer, type ServerConnection, type ServerOptions, type SocketOptions } from '@sokker/server';
import { ManualClock, pair, type PairedDuplex } from '@sokker/testkit';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, Socket, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { Duplex, PassThrough, Writable } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { peerOf } from '../src/address.js';
import { turnsUntil } from './rig.js';
import { header, request, Wire } from './wire.js';

const clock = new ManualClock();
const PEM = readFileSync(join(__dirname, '../../client/test/certificates/good.pem'));
let server: SokkerServer;
let listener: Server | undefined;

function start(options: ServerOptions = {}): void {
  server = new SokkerServer({ clock, ...options });
  server.on('message', (message, connection) => connection.send(message.text()));
}

beforeEach(() => start());
afterEach(async () => {
  const closed = server.close();
  clock.advance(60_000);
  await closed;
  listener?.close();
  listener = undefined;
  expect(clock.pending).toBe(0);
});

type Handled = Promise<ServerConnection | undefined>;

/** A socket in memory that was handed over, and who is at its other end. */
function hand(options?: SocketOptions, ends = pair()): [Handled, Wire, near: PairedDuplex] {
  const [near, far] = ends;
  return [server.handleSocket(near, options), new Wire(far as unknown as Socket), near];
}

/** A port whose sockets somebody else accepts. */
async function port(accepting: Server): Promise<number> {
  listener = accepting;
  await new Promise<void>((resolve) => accepting.listen(0, '127.0.0.1', resolve));
  return (accepting.address() as AddressInfo).port;
}

async function expectEcho(wire: Wire, text: string): Promise<void> {
  wire.text(text);
  expect((await wire.frame()).payload.toString()).toBe(text);
}

test.each([true, false])('a stream in memory is served, half-open or not: %s', async (allowHalfOpen) => {
  const [handled, wire] = hand({}, pair({ allowHalfOpen }));
  const asked = request();
  wire.write(asked.slice(0, 20));
  wire.write(asked.slice(20));
  const connection = await handled;
  expect(connection).toBe([...server.clients][0]);
  expect([connection?.remoteAddress, (await wire.response()).status]).toEqual([undefined, 101]);
  await expectEcho(wire, 'hello');
});

test('whose peer ends its side behind what it sends has its answer, though the socket was made not half-open', async () => {
  const accepted: Socket[] = [];
  const noDelay: unknown[] = [];
  const where = await port(
    createServer((socket) => {
      accepted.push(socket);
      jest.spyOn(socket, 'setNoDelay').mockImplementation((given) => (noDelay.push(given), socket));
      void server.handleSocket(socket);
    }),
  );
  const wire = new Wire(connect({ port: where, host: '127.0.0.1', allowHalfOpen: true }));
  wire.write(request());
  wire.text('hello');
  wire.socket.end();
  expect((await wire.frame()).payload.toString()).toBe('hello');
  expect([accepted[0]?.allowHalfOpen, noDelay]).toEqual([true, [true]]);
  wire.socket.destroy();
});

test('one that was paused when it was accepted is read', async () => {
  const where = await port(createServer({ pauseOnConnect: true }, (socket) => void server.handleSocket(socket)));
  const wire = await Wire.open(where);
  await expectEcho(wire, 'hello');
  wire.socket.destroy();
});

test('of node:tls the scheme is known', async () => {
  const schemes: unknown[] = [];
  server.on('connection', (_, asked) => schemes.push(asked.scheme));
  const where = await port(createTlsServer({ key: PEM, cert: PEM }, (socket) => void server.handleSocket(socket)));
  const wire = new Wire(connectTls({ port: where, host: '127.0.0.1', rejectUnauthorized: false }));
  wire.write(request(['Origin: https://localhost']));
  expect((await wire.response()).status).toBe(101);
  await expectEcho(wire, 'hello');
  expect(schemes).toEqual(['https']);
  wire.socket.destroy();
});

test('behind the PROXY protocol it is the client whose address counts', async () => {
  const HEADER = 'PROXY TCP4 198.51.100.7 192.0.2.1 56324 443\r\n';
  const where = await port(
    createServer((socket) => {
      socket.once('readable', () => {
        const bytes = (socket.read() as Buffer).toString('latin1');
        const end = bytes.indexOf('\r\n') + 2;
        socket.unshift(Buffer.from(bytes.slice(end), 'latin1'));
        void server.handleSocket(socket, { remoteAddress: bytes.split(' ')[2] });
      });
    }),
  );
  const wire = new Wire(where);
  wire.write(HEADER + request());
  expect((await wire.response()).status).toBe(101);
  await expectEcho(wire, 'hello');
  expect([...server.clients].map((each) => each.remoteAddress)).toEqual(['198.51.100.7']);
  wire.socket.destroy();
});

test.each<[string, string, string | undefined, string[]]>([
  ['as it was told', '2001:db8::1', '2001:db8::1', []],
  ['without its IPv6 prefix', '::ffff:192.0.2.1', '192.0.2.1', []],
  ['of the client of a trusted proxy', '10.1.2.3', '198.51.100.7', ['X-Forwarded-For: 198.51.100.7']],
  ['of one that is not trusted', '192.0.2.1', '192.0.2.1', ['X-Forwarded-For: 198.51.100.7']],
])('an address that was told is that of the peer: %s', async (_, remoteAddress, address, headers) => {
  start({ trustedProxies: ['10.0.0.0/8'] });
  const [handled, wire] = hand({ remoteAddress });
  wire.write(request(headers));
  expect((await handled)?.remoteAddress).toBe(address);
});

test('an address that was told is counted', async () => {
  start({ maxConnectionsPerAddress: 1 });
  const statuses = [];
  for (const remoteAddress of ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2', undefined, undefined]) {
    const [, wire] = hand({ remoteAddress });
    wire.write(request());
    statuses.push((await wire.response()).status);
  }
  expect(statuses).toEqual([101, 429, 101, 101, 101]);
});

test('a request that is refused makes no connection', async () => {
  const [handled, wire] = hand();
  wire.write(request(['Origin: http://evil.example']));
  expect([(await wire.response()).status, await handled]).toEqual([403, undefined]);
});

test.each<[string, (far: PairedDuplex) => unknown]>([
  ['ended', (far) => far.end()],
  ['reset', (far) => far.resetAndDestroy()],
])('nor does a peer that has %s before a byte came, which nobody counts', async (_, end) => {
  const [near, far] = pair();
  const handled = server.handleSocket(near);
  end(far);
  expect(await handled).toBeUndefined();
  expect([near.destroyed, server.metrics()]).toMatchObject([true, { handshakes: 0, refusals: {} }]);
});

test.each<[string, (near: PairedDuplex, far: PairedDuplex) => unknown]>([
  ['has ended', (near, far) => (far.end(), near.resume(), once(near, 'end'))],
  ['was destroyed', (near) => near.destroy()],
  ['is closed', (near) => (near.destroy(), once(near, 'close'))],
])('nor does one whose socket %s when it is handed over', async (_, end) => {
  const [near, far] = pair();
  await end(near, far);
  expect(await server.handleSocket(near)).toBeUndefined();
  expect([near.destroyed, server.metrics()]).toMatchObject([true, { handshakes: 0, refusals: {} }]);
});

test('nor one that keeps silent', async () => {
  const [handled, wire] = hand();
  clock.advance(10_000);
  expect([await handled, (await wire.response()).status]).toEqual([undefined, 408]);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['close', () => server.close(), '5'],
  ['drain', () => server.drain({ spreadMs: 7000 }), '7'],
])('%s refuses those that are under way, and those that come afterwards, at once', async (_, end, retryAfter) => {
  const before = hand();
  const ended = end();
  const after = hand();
  for (const [handled, wire] of [before, after]) {
    expect(await handled).toBeUndefined();
    const response = await wire.response();
    expect([response.status, header(response, 'retry-after')]).toEqual([503, retryAfter]);
  }
  await ended;
});

test('drain closes those that are open', async () => {
  const [handled, wire] = hand();
  wire.write(request());
  const connection = await handled;
  const drained = server.drain({ spreadMs: 0 });
  const { opcode, payload } = await wire.frame();
  wire.send(opcode, payload);
  wire.socket.end();
  expect(await drained).toMatchObject({ connections: 1, clean: 1 });
  expect(connection?.state).toBe('closed');
});

test('a socket that was taken is refused, and its peer notices nothing', async () => {
  const [, wire, near] = hand();
  const taken = expect.objectContaining({ name: 'ServerError', code: 'ERR_SOKKER_SOCKET_TAKEN' }) as Error;
  await expect(server.handleSocket(near)).rejects.toEqual(taken);
  await expect(new SokkerServer().handleSocket(near)).rejects.toEqual(taken);
  wire.write(request());
  await wire.response();
  await expectEcho(wire, 'hello');
});

test.each<[string, unknown[], string, string]>([
  ['nothing', [], 'ERR_SOKKER_ARGUMENT', 'the socket of handleSocket is a Duplex, not undefined'],
  ['a listener', [createServer()], 'ERR_SOKKER_ARGUMENT', 'the socket of handleSocket is a Duplex, not an object'],
  ['what cannot be read', [new Writable()], 'ERR_SOKKER_ARGUMENT', 'the socket of handleSocket is a Duplex'],
  ['a name', [new PassThrough(), { remoteAddress: 'localhost' }], 'ERR_SOKKER_OPTION', 'an IPv4 or IPv6 address'],
  ['another option', [new PassThrough(), { address: '::1' }], 'ERR_SOKKER_OPTION', 'address'],
  ['a head', [new PassThrough(), Buffer.from('GET')], 'ERR_SOKKER_OPTION', 'handleSocket'],
])('handleSocket refuses %s', async (_, given, code, text) => {
  const handled = server.handleSocket(...(given as [Duplex, SocketOptions]));
  const message = expect.stringContaining(text) as string;
  await expect(handled).rejects.toEqual(expect.objectContaining({ name: 'UsageError', code, message }));
  expect(server.metrics().handshakes).toBe(0);
});

test('a duplex that ends without a byte, and never says that it has closed, is let go at once', async () => {
  const duplex = new Duplex({ emitClose: false, read() {}, write() {} });
  const handled = server.handleSocket(duplex);
  duplex.push(null);
  expect(await handled).toBeUndefined();
  expect([server.metrics().handshakes, server.metrics().refusals]).toEqual([0, {}]);
});

test('a socket that is still connecting is not on a unix socket', () => {
  const socket = connect({ port: 1, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  expect(peerOf(socket)).toEqual({ address: undefined, isOnUnixSocket: false });
  socket.destroy();
});

test('who closes meanwhile is let go', async () => {
  const [handled, wire, near] = hand();
  wire.write('GET');
  await turnsUntil(() => near.readableDidRead);
  wire.socket.destroy();
  expect(await handled).toBeUndefined();
});
