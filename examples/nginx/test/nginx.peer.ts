import { connect, type Connection, type ConnectOptions } from '@sokker/client';
import { SokkerServer, type ServerConnection, type ServerOptions, type ServerRequest } from '@sokker/server';
import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { AUTHORITY, NginxProcess, reasonAgainst } from './nginx-process.js';

const LARGE_BYTES = 16 * 1024 * 1024;
/** Linux has all of 127.0.0.0/8: a client that is not itself the proxy. */
const CLIENT = '127.0.0.2';

const reason = reasonAgainst();
if (reason !== undefined) console.warn(`nginx is not tested: ${reason}`);

(reason === undefined ? describe : describe.skip)('behind nginx', () => {
  let server: SokkerServer;
  let port: number;
  let nginx: NginxProcess;

  async function start(options: ServerOptions = {}, readTimeout?: string): Promise<void> {
    server = new SokkerServer({ trustedProxies: ['127.0.0.1'], ...options });
    ({ port } = await server.listen(0, '127.0.0.1'));
    nginx = await NginxProcess.start(port, readTimeout);
  }

  afterEach(async () => {
    await server.close();
    await nginx.stop();
  });

  /** Opens a WebSocket through nginx, or to another port; answers both ends. */
  async function open(headers: Readonly<Record<string, string>> = {}, to?: number): Promise<Opened> {
    const secure = to === nginx.httpsPort;
    const url = `${secure ? 'wss' : 'ws'}://localhost:${to ?? nginx.httpPort}/chat?topic=a`;
    const options: ConnectOptions = {
      headers,
      maxMessageBytes: LARGE_BYTES,
      tls: { ca: AUTHORITY },
      dial: (target) => dial({ port: target.port, host: '127.0.0.1', localAddress: CLIENT }),
    };
    const opened = once(server, 'connection') as Promise<[ServerConnection, ServerRequest]>;
    const client = await connect(url, options);
    const [connection, request] = await opened;
    return { client, connection, request };
  }

  test('the server knows who the client is and what it asked for', async () => {
    await start();
    const { connection, request } = await open();
    expect(connection.remoteAddress).toBe(CLIENT);
    const { path, query, host, port: asked, scheme } = request;
    expect([path, query, host, asked, scheme]).toEqual(['/chat', 'topic=a', 'localhost', nginx.httpPort, 'http']);
    expect((await open({}, nginx.httpsPort)).request).toMatchObject({ port: nginx.httpsPort, scheme: 'https' });
  });

  test('what the client claims of itself is not believed, through nginx or past it', async () => {
    await start();
    const claims = {
      'X-Forwarded-For': '10.1.2.3, 127.0.0.1',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
    };
    for (const to of [nginx.httpPort, port]) {
      const { connection, request } = await open(claims, to);
      expect(connection.remoteAddress).toBe(CLIENT);
      expect(request).toMatchObject({ host: 'localhost', port: to });
      expect(request.scheme).toBe(to === port ? undefined : 'http');
    }
  });

  test('origins are compared with what the client asked nginx for', async () => {
    await start();
    const { httpPort, httpsPort } = nginx;
    await open({ Origin: `http://localhost:${httpPort}` });
    await open({ Origin: `https://localhost:${httpsPort}` }, httpsPort);
    for (const [Origin, to] of [
      [`http://localhost:${port}`, httpPort],
      [`https://localhost:${httpPort}`, httpPort],
      [`http://localhost:${httpsPort}`, httpsPort],
      [`https://evil.example`, httpsPort],
    ] as const) {
      await expect(open({ Origin }, to)).rejects.toMatchObject({ status: 403 });
    }
    expect(server.metrics().refusals).toEqual({ ERR_SOKKER_ORIGIN: 4 });
  });

  test('each client counts for itself, not all for the proxy', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    await open();
    await expect(open()).rejects.toMatchObject({ status: 429 });
    const other = await connect(`ws://127.0.0.1:${nginx.httpPort}/chat`, {
      dial: (target) => dial({ port: target.port, host: '127.0.0.1', localAddress: '127.0.0.3' }),
    });
    expect(other.state).toBe('open');
  });

  test('Pings pass both ways', async () => {
    await start();
    const { client, connection } = await open();
    const heard = [once(client, 'ping'), once(connection, 'ping')];
    await Promise.all([client.ping('from the client'), connection.ping('from the server')]);
    expect((await Promise.all(heard)).map(([payload]) => String(payload))).toEqual([
      'from the server',
      'from the client',
    ]);
  });

  test('a Close passes both ways, with its code and reason', async () => {
    await start();
    const clean = { clean: true, phase: 'open' };
    const first = await open();
    await first.client.close(3001, 'bye');
    expect(await first.connection.closed).toMatchObject({ code: 3001, reason: 'bye', by: 'peer', ...clean });
    const second = await open();
    await second.connection.close(4000, 'enough');
    expect(await second.client.closed).toMatchObject({ code: 4000, reason: 'enough', by: 'peer', ...clean });
  });

  test.each(['http', 'https'] as const)('a large message comes back whole, over %s', async (scheme) => {
    await start({ maxMessageBytes: LARGE_BYTES });
    server.on('message', ({ data }, connection) => connection.send(data));
    const { client } = await open({}, scheme === 'https' ? nginx.httpsPort : nginx.httpPort);
    const large = Buffer.alloc(LARGE_BYTES, 'sokker');
    client.send(Buffer.from(large));
    const [message] = (await once(client, 'message')) as [{ readonly data: Buffer }];
    expect(message.data.equals(large)).toBe(true);
  });

  test('heartbeats keep a silent connection open past the timeout', async () => {
    await start({ pingIntervalMs: 300 }, '1s');
    const { client } = await open();
    for (let count = 0; count < 5; count++) await once(client, 'ping');
    expect(client.state).toBe('open');
  });

  test('without them nginx cuts it, which both ends can tell from a Close', async () => {
    await start({ pingIntervalMs: Infinity }, '1s');
    const { client, connection } = await open();
    const lost = { code: 1006, clean: false };
    expect(await client.closed).toMatchObject(lost);
    expect(await connection.closed).toMatchObject(lost);
  });

  test('refusals pass; where no server is, nginx says so', async () => {
    await start({ maxConnections: 1 });
    await open();
    await expect(open()).rejects.toMatchObject({ status: 503 });
    await server.close();
    await expect(open()).rejects.toMatchObject({ status: 502 });
  });
});

interface Opened {
  readonly client: Connection;
  readonly connection: ServerConnection;
  readonly request: ServerRequest;
}
