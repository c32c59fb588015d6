/** A server that ends TCP right behind its Close has our Close all the same, however late we read its own (RFC 6455 §5.5.1). */
import { connect, type ConnectOptions } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { listen, script, switching, type TestServer } from './server.js';

const MESSAGES = '\x81\x01a\x81\x01b\x81\x01c';
const CLOSE_4001 = '\x88\x02\x0f\xa1';

const certificate = (name: string): Buffer => readFileSync(join(__dirname, 'certificates', `${name}.pem`));
const tls = { key: certificate('good'), cert: certificate('good') };
const ca = certificate('ca');

const folder = mkdtempSync(join(tmpdir(), 'sokker-'));
const path = join(folder, 'socket');
afterAll(() => rmSync(folder, { recursive: true }));

const open: TestServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** Says what it has to say, and ends its side. */
async function ending(said: string, options: Parameters<typeof listen>[1]) {
  let socket: Socket | undefined;
  let heard: Promise<Buffer> | undefined;
  const server = await script((accept, given) => {
    socket = given;
    heard = buffer(given);
    given.end(`${switching(accept)}${said}`, 'latin1');
    return undefined;
  }, options);
  open.push(server);
  const finished = async (): Promise<void> => {
    if (socket?.writableFinished !== true) await once(socket!, 'finish');
    // It is on its way to the other end of this process.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { url: server.url, finished, heard: () => heard!, closed: () => once(socket!, 'close') };
}

const ways: [string, Parameters<typeof listen>[1], Partial<ConnectOptions>][] = [
  ['TCP', {}, {}],
  ['a Unix socket', { path }, { socketPath: path }],
  ['TLS', { tls }, { tls: { ca } }],
];

describe.each(ways)('through %s', (_, listening, options) => {
  const urlOf = (url: string): string => (listening?.path === undefined ? url : 'ws://localhost/');

  test.each<[string, number]>([
    ['at once', 0],
    ['late', 1],
  ])('a reader who takes what comes %s closes in order', async (_, late) => {
    const { url, finished, heard } = await ending(MESSAGES + CLOSE_4001, listening);
    const connection: Connection = await connect(urlOf(url), options);
    const got: string[] = [];
    for await (const message of connection) {
      got.push(message.text());
      if (got.length === late) await finished();
    }
    expect(got).toEqual(['a', 'b', 'c']);
    expect(await connection.closed).toMatchObject({ code: 4001, clean: true, by: 'peer' });
    // FIN, Close, masked, with a code.
    expect((await heard()).subarray(0, 2).toString('hex')).toBe('8882');
  });

  test('where it says no Close, the socket ends', async () => {
    const { url, heard } = await ending('', listening);
    const connection: Connection = await connect(urlOf(url), options);
    expect(await connection.closed).toMatchObject({ code: 1006, clean: false, by: 'peer' });
    expect(await heard()).toHaveLength(0);
  });

  test('who has paused may close, too', async () => {
    const { url, finished, heard } = await ending(MESSAGES + CLOSE_4001, listening);
    const connection: Connection = await connect(urlOf(url), options);
    const got: string[] = [];
    connection.on('message', (message) => got.push(message.text()));
    connection.once('message', () => connection.pause());
    await once(connection, 'message');
    await finished();
    expect(got).toEqual(['a']);
    expect(await connection.close()).toMatchObject({ code: 4001, clean: true, by: 'us' });
    expect(got).toEqual(['a', 'b', 'c']);
    expect((await heard()).subarray(0, 2).toString('hex')).toBe('8882');
  });
});

test.each(['before the TLS handshake', 'inside it'])('a server that ends TCP %s is left', async (when) => {
  const server = await listen((socket) => {
    if (when === 'inside it') socket.once('data', () => socket.end());
    else socket.resume().end();
  });
  open.push(server);
  await expect(connect(server.url.replace('ws:', 'wss:'))).rejects.toMatchObject({ code: 'ERR_SOKKER_TLS' });
  const [socket] = server.sockets;
  if (socket?.closed !== true) await once(socket!, 'close');
});
