import { connect } from '@sokker/client';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { TestClock } from './clock.js';
import { errorOf, nextMessage, script, serve, switching, type TestServer } from './server.js';

const certificate = (name: string): Buffer => readFileSync(join(__dirname, 'certificates', `${name}.pem`));
const open: TestServer[] = [];
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** An agent as those of proxies are made: it asks a proxy for a tunnel, and answers with the proxy's refusal. */
class TunnelAgent extends http.Agent {
  readonly #proxyPort: number;

  constructor(proxyPort: number) {
    super();
    this.#proxyPort = proxyPort;
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const ask = http.request({ port: this.#proxyPort, method: 'CONNECT', path: `${options.host}:${options.port}` });
    ask.on('connect', (_response, socket) => callback?.(null, socket));
    ask.on('error', (error) => callback?.(error, undefined as never));
    ask.end();
    return undefined;
  }
}

async function proxy(): Promise<{ port: number; targets: string[]; close: () => void }> {
  const targets: string[] = [];
  const sockets = new Set<Duplex>();
  const server = http.createServer();
  server.on('connect', (request, socket: Socket) => {
    targets.push(request.url ?? '');
    const far = connectTcp(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 \r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    for (const each of [socket, far]) sockets.add(each.on('error', () => undefined));
  });
  const port = await listening(server);
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, targets, close };
}

const refusal = 'HTTP/1.1 503 \r\nContent-Length: 12\r\n\r\nnothing here';

async function listening(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

describe('an agent', () => {
  test('of node:http makes the connection', async () => {
    const { url } = await keep(serve());
    const agent = new http.Agent({ keepAlive: true });
    const connection = await connect(url, { agent, subprotocols: [], headers: { Cookie: ['a=1', 'b=2'] } });
    connection.send('x');
    expect((await nextMessage(connection)).text()).toBe('x');
    expect(await connection.close()).toMatchObject({ clean: true });
    agent.destroy();
  });

  test('sends every line of a header, however its name is spelt', async () => {
    let seen: readonly string[] = [];
    const { url } = await keep(
      script((accept, _socket, { rawHeaders }) => {
        seen = rawHeaders;
        return switching(accept);
      }),
    );
    const headers = [
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-B', '3'],
      ['X-A', '4'],
    ] as const;
    (await connect(url, { agent: new http.Agent(), headers })).terminate();
    expect(seen.join().match(/X-[AB],\d/gi)).toEqual(['X-A,1', 'X-A,2', 'X-A,4', 'X-B,3']);
  });

  test('of node:https brings TLS options of its own', async () => {
    const tls = { key: certificate('good'), cert: certificate('good') };
    const { url } = await keep(serve(undefined, {}, { tls }));
    const agent = new https.Agent({ ca: certificate('ca') });
    const connection = await connect(url, { agent });
    await connection.close();
    const error = await errorOf(connect(url, { agent: new https.Agent() }));
    expect(error.code).toBe('ERR_SOKKER_TLS');
  });

  test('of a proxy tunnels', async () => {
    const { url, port } = await keep(serve());
    const through = await proxy();
    const connection = await connect(url, { agent: new TunnelAgent(through.port) });
    connection.send('x');
    expect((await nextMessage(connection)).text()).toBe('x');
    expect(through.targets).toEqual([`127.0.0.1:${port}`]);
    await connection.close();
    through.close();
  });

  test('follows redirects within the origin', async () => {
    const { url } = await keep(
      script((accept, _socket, { target }) =>
        target === '/there' ? switching(accept) : 'HTTP/1.1 307 \r\nLocation: /there\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    (await connect(url, { agent: new http.Agent(), maxRedirects: 1 })).terminate();
  });

  test('frames behind the response are not lost', async () => {
    const { url } = await keep(script((accept) => `${switching(accept)}\x81\x02hi`));
    const connection = await connect(url, { agent: new http.Agent() });
    expect((await nextMessage(connection)).text()).toBe('hi');
    connection.terminate();
  });

  test('a refusal tells status, headers and body', async () => {
    const { url } = await keep(
      script(() => 'HTTP/1.1 407 \r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
    );
    const error = await errorOf(connect(url, { agent: new http.Agent() }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_DECLINED', status: 407, body: Buffer.from('no') });
    expect(error.headers?.get('x-a')).toBe('b');
  });

  test.each([
    ['whole', 100],
    ['cut off at maxBodyBytes', 2],
  ])('a refusal whose body was %s hurts no request that waits for its socket', async (_what, maxBodyBytes) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let connections = 0;
    let got: Promise<unknown> | undefined;
    const server = http.createServer((_request, response) => response.end());
    server.on('connection', () => connections++);
    server.on('upgrade', (_request, socket) => {
      got = new Promise((resolve, reject) => {
        http.get({ port, host: '127.0.0.1', agent }, (response) => resolve(response.statusCode)).on('error', reject);
      });
      socket.write(refusal);
    });
    const port = await listening(server);
    const error = await errorOf(connect(`ws://127.0.0.1:${port}`, { agent, maxBodyBytes }));
    expect(error.body?.toString()).toBe('nothing here'.slice(0, maxBodyBytes));
    expect([await got, connections]).toEqual([200, 2]);
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  test('a refusal leaves no socket behind for the next attempt, which the server may be about to end', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const server = http.createServer();
    server.on('upgrade', (_request, socket) => socket.end(refusal));
    const port = await listening(server);
    const codes: string[] = [];
    for (let index = 0; index < 10; index++) {
      codes.push((await errorOf(connect(`ws://127.0.0.1:${port}`, { agent }))).code);
    }
    expect(codes).toEqual(Array(10).fill('ERR_SOKKER_DECLINED'));
    expect([agent.sockets, agent.freeSockets]).toEqual([{}, {}]);
    agent.destroy();
    server.close();
  });

  test.each<[string, string, (accept: string) => string]>([
    ['no Upgrade', 'ERR_SOKKER_RESPONSE_UPGRADE', (a) => switching(a, { Upgrade: undefined })],
    ['no Connection', 'ERR_SOKKER_RESPONSE_CONNECTION', (a) => switching(a, { Connection: undefined })],
    ['a wrong Accept', 'ERR_SOKKER_ACCEPT', (a) => switching(a.toLowerCase())],
    ['HTTP/1.0', 'ERR_SOKKER_RESPONSE_VERSION', (a) => switching(a).replace('HTTP/1.1', 'HTTP/1.0')],
    ['Content-Length', 'ERR_SOKKER_RESPONSE_BODY', (a) => switching(a, { 'Content-Length': '5' })],
    ['17 interim responses', 'ERR_SOKKER_TOO_MANY_INTERIM', (a) => 'HTTP/1.1 103 \r\n\r\n'.repeat(17) + switching(a)],
    ['a head of 17 KiB', 'ERR_SOKKER_HEAD_TOO_BIG', (a) => switching(a, { 'X-A': 'a'.repeat(17 * 1024) })],
    ['no HTTP', 'ERR_SOKKER_STATUS_LINE', () => 'SSH-2.0-OpenSSH_9.9\r\n\r\n'],
  ])('%s is refused as without an agent: %s', async (_name, code, reply) => {
    const clock = new TestClock();
    const { url } = await keep(script(reply));
    expect((await errorOf(connect(url, { agent: new http.Agent(), clock }))).code).toBe(code);
    expect(clock.pending).toBe(0);
  });

  test('an end within the head', async () => {
    const { url } = await keep(script((_a, socket) => void socket.end('HTTP/1.1 101 \r\nUpg')));
    const error = await errorOf(connect(url, { agent: new http.Agent() }));
    expect(error.code).toBe('ERR_SOKKER_HEAD_TRUNCATED');
  });

  test('nobody listens there', async () => {
    const server = await serve();
    await server.close();
    const error = await errorOf(connect(server.url, { agent: new http.Agent() }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_UNREACHABLE' });
    expect(error.message).toBe('no connection to the server came about: through the agent: ECONNREFUSED');
  });

  test.each([
    ['a number', 42],
    ['no code', '\x1b[2J'],
  ])('an error of its socket whose code is %s is told without it', async (_what, code) => {
    const { url } = await keep(script((accept, socket) => void socket.write(`${accept} `)));
    class Failing extends http.Agent {
      override createConnection(options: http.ClientRequestArgs): Duplex {
        const socket = connectTcp(Number(options.port), '127.0.0.1');
        socket.once('connect', () => socket.destroy(Object.assign(new Error('foreign'), { code })));
        return socket;
      }
    }
    const error = await errorOf(connect(url, { agent: new Failing() }));
    expect(error.code).toBe('ERR_SOKKER_HEAD_TRUNCATED');
  });

  test.each([
    [
      'connectTimeoutMs',
      'ERR_SOKKER_CONNECT_TIMEOUT',
      () =>
        new (class extends http.Agent {
          override createConnection(): undefined {
            return undefined;
          }
        })(),
    ],
    ['handshakeTimeoutMs', 'ERR_SOKKER_HANDSHAKE_TIMEOUT', () => new http.Agent()],
  ])('%s bounds it', async (option, code, agent) => {
    const clock = new TestClock();
    const { url } = await keep(script(() => undefined));
    const timeouts = { connectTimeoutMs: 1e9, handshakeTimeoutMs: 1e9, [option]: 50 };
    const attempt = errorOf(connect(url, { agent: agent(), clock, ...timeouts }));
    let settled = false;
    void attempt.then(() => (settled = true));
    while (!settled) {
      clock.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await attempt).code).toBe(code);
    expect(clock.pending).toBe(0);
  });
});

test.each(['before', 'in the same turn', 'a turn later'])(
  'a signal that aborts %s: its reason, and nothing that nobody catches',
  async (when) => {
    const server = await keep(serve(() => undefined));
    const aborter = new AbortController();
    const reason = new Error('too late');
    if (when === 'before') aborter.abort(reason);
    const attempt = connect(server.url, { agent: new http.Agent(), signal: aborter.signal });
    if (when === 'in the same turn') aborter.abort(reason);
    else setImmediate(() => aborter.abort(reason));
    await expect(attempt).rejects.toBe(reason);
    // What a request says of its end, it says within a few turns.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  },
);

test.each(['ws', 'wss'])('a lookup that throws at once is named beside the agent: %s', async (scheme) => {
  const fault = Object.assign(new Error('no resolver'), { code: 'ENORESOLVER' });
  const lookup = (): never => {
    throw fault;
  };
  const agent = scheme === 'ws' ? new http.Agent() : new https.Agent();
  const error = await errorOf(connect(`${scheme}://x.test`, { agent, lookup, tls: {} }));
  const named = scheme === 'ws' ? 'agent or lookup' : 'agent or tls or lookup';
  expect(error).toMatchObject({ name: 'UsageError', message: `connect: ${named} cannot be used: ENORESOLVER` });
  expect(error.cause).toBe(fault);
});
