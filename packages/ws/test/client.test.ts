import type { ClientOptions } from '@sokker/ws';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOTH, closeAll, ended, record, serverOf, urlOf } from './implementations.js';

const CERTIFICATES = join(__dirname, '../../client/test/certificates');
const servers: net.Server[] = [];

afterEach(async () => {
  await closeAll();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen<Server extends net.Server>(server: Server, path?: string): Promise<Server> {
  servers.push(server);
  if (path === undefined) server.listen(0, '127.0.0.1');
  else server.listen(path);
  await once(server, 'listening');
  return server;
}

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

/** A server that answers every upgrade with these lines. */
async function answering(...lines: readonly string[]): Promise<string> {
  const server = await listen(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end([...lines, '', ''].join('\r\n')));
    }),
  );
  return `ws://127.0.0.1:${portOf(server)}`;
}

describe.each(BOTH)('a client of %s', (_, it) => {
  test('fails with the status of another answer than 101', async () => {
    const socket = new it.WebSocket(await answering('HTTP/1.1 401 Unauthorized', 'Content-Length: 0'));
    const log = record(socket);
    await ended(socket);
    expect(log).toEqual([
      ['error', 'Unexpected server response: 401'],
      ['close', 1006, ''],
    ]);
  });

  test('hands that answer to who listens for it', async () => {
    const socket = new it.WebSocket(await answering('HTTP/1.1 403 Forbidden', 'X-Why: because', 'Content-Length: 0'));
    const log = record(socket);
    const [request, response] = await new Promise<[ClientRequest, IncomingMessage]>((resolve) => {
      socket.on('unexpected-response', (...args) => resolve(args));
    });
    expect([response.statusCode, response.headers['x-why'], request.method]).toEqual([403, 'because', 'GET']);
    expect(socket.readyState).toBe(0);
    socket.terminate();
    await ended(socket);
    expect(log.at(-1)).toEqual(['close', 1006, '']);
  });

  test.each<[string, string[]]>([
    [
      'a wrong key',
      ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ],
    ['another protocol', ['Upgrade: tea', 'Connection: Upgrade']],
  ])('fails where the answer has %s', async (__, lines) => {
    const socket = new it.WebSocket(await answering('HTTP/1.1 101 Switching Protocols', ...lines));
    const log = record(socket);
    await ended(socket);
    expect(log.map(([name]) => name)).toEqual(['error', 'close']);
  });

  test('gives up after handshakeTimeout', async () => {
    const silent = await listen(net.createServer((socket) => socket.on('error', () => undefined).resume()));
    const socket = new it.WebSocket(`ws://127.0.0.1:${portOf(silent)}`, { handshakeTimeout: 20 });
    const log = record(socket);
    await ended(socket);
    expect(log).toEqual([
      ['error', 'Opening handshake has timed out'],
      ['close', 1006, ''],
    ]);
  });

  test('sends headers, credentials and an origin, and takes last ones from finishRequest', async () => {
    const server = await serverOf(it);
    const { port } = server.address() as AddressInfo;
    const finishRequest = (request: ClientRequest): void => {
      request.setHeader('X-Last', 'word');
      request.end();
    };
    const headers = { 'X-Number': 1, Host: 'other.example', 'X-Two': ['a', 'b'] };
    const options = { headers, origin: 'http://a.example', finishRequest } as ClientOptions;
    const socket = new it.WebSocket(`ws://user:p%40ss@127.0.0.1:${port}/`, options);
    const [[, request]] = (await Promise.all([once(server, 'connection'), once(socket, 'open')])) as unknown as [
      [unknown, IncomingMessage],
    ];
    expect(request.headers).toMatchObject({
      host: 'other.example',
      origin: 'http://a.example',
      authorization: `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
      'x-number': '1',
      'x-two': 'a, b',
      'x-last': 'word',
    });
  });

  test.each([undefined, []])('has its options behind the subprotocols %j', async (none) => {
    const server = await serverOf(it);
    const socket = new it.WebSocket(urlOf(server), none, { headers: { 'X-Name': 'value' } });
    const [[, request]] = (await Promise.all([once(server, 'connection'), once(socket, 'open')])) as unknown as [
      [unknown, IncomingMessage],
    ];
    expect(request.headers['x-name']).toBe('value');
  });

  test('takes options that say nothing', async () => {
    const server = await serverOf(it);
    const options = {
      origin: null,
      maxPayload: Infinity,
      handshakeTimeout: 0,
      agent: null,
      protocol: 'http:',
      hostname: 'x',
    };
    const socket = new it.WebSocket(urlOf(server), options as unknown as ClientOptions);
    await once(socket, 'open');
  });

  test('is ended in any of its own listeners', async () => {
    const server = await serverOf(it);
    const ends: string[] = [];
    server.on('connection', () => ends.push('connected'));
    const inUpgrade = new it.WebSocket(urlOf(server));
    inUpgrade.on('upgrade', () => inUpgrade.terminate());
    const log = record(inUpgrade);
    await ended(inUpgrade);
    expect(log.map(([name]) => name)).toEqual(['error', 'close']);
    const finishRequest = (request: ClientRequest, socket: typeof inUpgrade): void => {
      socket.terminate();
      request.end();
    };
    const inFinish = new it.WebSocket(urlOf(server), { finishRequest });
    inFinish.on('error', () => undefined);
    await ended(inFinish);
    expect(inFinish.readyState).toBe(3);
  });

  test('connects by an agent', async () => {
    const agent = new http.Agent();
    const server = await serverOf(it);
    const makes = jest.spyOn(agent, 'createConnection' as never);
    const socket = new it.WebSocket(urlOf(server), { agent });
    await once(socket, 'open');
    expect(makes).toHaveBeenCalledTimes(1);
  });

  test('connects by a unix socket', async () => {
    const path = join(tmpdir(), `sokker-ws-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
    const httpServer = await listen(http.createServer(), path);
    const server = new it.WebSocketServer({ server: httpServer });
    const socket = new it.WebSocket(`ws+unix:${path}:/path?query`);
    const [[, request]] = (await Promise.all([once(server, 'connection'), once(socket, 'open')])) as unknown as [
      [unknown, IncomingMessage],
    ];
    expect([request.url, request.headers.host]).toEqual(['/path?query', 'localhost']);
    socket.terminate();
  });

  test('connects over TLS, which it checks', async () => {
    const pem = readFileSync(join(CERTIFICATES, 'good.pem'));
    const httpsServer = await listen(https.createServer({ cert: pem, key: pem }));
    const server = new it.WebSocketServer({ server: httpsServer });
    const secure: unknown[] = [];
    server.on('connection', (_socket, { socket: under }) => secure.push((under as { encrypted?: boolean }).encrypted));
    const url = `wss://localhost:${portOf(httpsServer)}`;
    const refused = new it.WebSocket(url);
    const log = record(refused);
    await ended(refused);
    expect(log.at(0)?.[0]).toBe('error');
    const socket = new it.WebSocket(url, { ca: readFileSync(join(CERTIFICATES, 'ca.pem')) });
    await once(socket, 'open');
    expect(secure).toEqual([true]);
    socket.terminate();
  });

  describe('redirects', () => {
    async function redirecting(to: string): Promise<string> {
      return answering('HTTP/1.1 302 Found', `Location: ${to}`, 'Content-Length: 0');
    }

    test('are not followed by default', async () => {
      const socket = new it.WebSocket(await redirecting('ws://127.0.0.1:1/'));
      const log = record(socket);
      await ended(socket);
      expect(log[0]).toEqual(['error', 'Unexpected server response: 302']);
    });

    test('are followed where asked for, without what was meant for the first server', async () => {
      const server = await serverOf(it);
      const target = urlOf(server, '/there');
      const socket = new it.WebSocket(await redirecting(target.replace('ws:', 'http:')), {
        followRedirects: true,
        headers: { Cookie: 'a=b', Authorization: 'secret', 'X-Kept': 'yes' },
      });
      const [[, request]] = (await Promise.all([once(server, 'connection'), once(socket, 'open')])) as unknown as [
        [unknown, IncomingMessage],
      ];
      expect(request.headers).toMatchObject({ 'x-kept': 'yes' });
      expect([request.headers.cookie, request.headers.authorization]).toEqual([undefined, undefined]);
      expect([request.url, socket.url]).toEqual(['/there', target]);
    });

    test('end with the WebSocket that is closed as it learns of one', async () => {
      let asked = 0;
      const target = await listen(
        net.createServer((socket) => socket.on('data', () => asked++).on('error', () => undefined)),
      );
      const socket = new it.WebSocket(await redirecting(`ws://127.0.0.1:${portOf(target)}/`), {
        followRedirects: true,
      });
      socket.on('error', () => undefined);
      socket.on('redirect', () => socket.terminate());
      await ended(socket);
      expect([asked, socket.readyState]).toEqual([0, 3]);
    });

    test('end at maxRedirects', async () => {
      const server = await listen(net.createServer());
      const url = `ws://127.0.0.1:${portOf(server)}/`;
      let asked = 0;
      server.on('connection', (socket: net.Socket) => {
        asked++;
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(`HTTP/1.1 307 Again\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`));
      });
      const socket = new it.WebSocket(url, { followRedirects: true, maxRedirects: 3 });
      const urls: string[] = [];
      socket.on('redirect', (to) => urls.push(to));
      const log = record(socket);
      await ended(socket);
      expect(log[0]).toEqual(['error', 'Maximum redirects exceeded']);
      expect([asked, urls]).toEqual([4, [url, url, url]]);
    });
  });
});

describe('a client of ours', () => {
  const it = BOTH.find(([name]) => name === '@sokker/ws')![1];

  test.each(['ws+unix:/var/run/some.sock:/', 'ftp://127.0.0.1/', 'ws://127.0.0.1/#fragment'])(
    'is not led to %s',
    async (to) => {
      const socket = new it.WebSocket(await answering('HTTP/1.1 302 Found', `Location: ${to}`, 'Content-Length: 0'), {
        followRedirects: true,
      });
      const log = record(socket);
      await ended(socket);
      expect(log.map(([name]) => name)).toEqual(['error', 'close']);
    },
  );

  test('shows no other origin a certificate, nor anything by an agent', async () => {
    const pem = readFileSync(join(CERTIFICATES, 'good.pem'));
    const ca = readFileSync(join(CERTIFICATES, 'ca.pem'));
    const serve = (): Promise<https.Server> =>
      listen(https.createServer({ cert: pem, key: pem, ca, requestCert: true, rejectUnauthorized: false }));
    const [first, second] = [await serve(), await serve()];
    const seen: unknown[] = [];
    const see = (socket: unknown): unknown =>
      seen.push(Object.keys((socket as { getPeerCertificate(): object }).getPeerCertificate()).length > 0);
    first.on('upgrade', ({ socket }: IncomingMessage) => {
      see(socket);
      socket.end(`HTTP/1.1 302 Found\r\nLocation: wss://localhost:${portOf(second)}/\r\nContent-Length: 0\r\n\r\n`);
    });
    second.on('upgrade', ({ socket }: IncomingMessage) => {
      see(socket);
      socket.destroy();
    });
    const url = `wss://localhost:${portOf(first)}/`;
    const socket = new it.WebSocket(url, { ca, cert: pem, key: pem, followRedirects: true });
    socket.on('error', () => undefined);
    await ended(socket);
    expect(seen).toEqual([true, false]);
    const agent = new https.Agent({ ca, cert: pem, key: pem });
    const byAgent = new it.WebSocket(url, { agent, followRedirects: true });
    const log = record(byAgent);
    await ended(byAgent);
    expect(log[0]).toEqual(['error', 'A redirect to another origin is not followed with agent']);
    expect(seen).toEqual([true, false, true]);
  });

  test('checks the certificate of whom the address names, whatever Host says', async () => {
    const pem = readFileSync(join(CERTIFICATES, 'good.pem'));
    const ca = readFileSync(join(CERTIFICATES, 'ca.pem'));
    const httpsServer = await listen(https.createServer({ cert: pem, key: pem }));
    const server = new it.WebSocketServer({ server: httpsServer });
    server.on('connection', (accepted) => accepted.close());
    const named = new it.WebSocket(`wss://localhost:${portOf(httpsServer)}`, {
      ca,
      headers: { Host: 'other.example' },
    });
    await once(named, 'open');
    await ended(named);
  });

  test('is not led from wss: to ws:', async () => {
    const pem = readFileSync(join(CERTIFICATES, 'good.pem'));
    const ca = readFileSync(join(CERTIFICATES, 'ca.pem'));
    const server = await listen(https.createServer({ cert: pem, key: pem }));
    server.on('upgrade', ({ socket }: IncomingMessage) => {
      socket.end('HTTP/1.1 302 Found\r\nLocation: ws://localhost:1/\r\nContent-Length: 0\r\n\r\n');
    });
    const socket = new it.WebSocket(`wss://localhost:${portOf(server)}`, { ca, followRedirects: true });
    const log = record(socket);
    await ended(socket);
    expect(log[0]).toEqual(['error', 'A redirect from wss: to ws: is not followed']);
  });

  test('gives up a message in parts that is not ended when it closes', async () => {
    const server = await serverOf(it);
    const connection = once(server, 'connection');
    const client = new it.WebSocket(urlOf(server));
    await once(client, 'open');
    const [socket] = (await connection) as [typeof client];
    const log = record(socket);
    const told = new Promise<unknown>((resolve) => client.send('never ended', { fin: false }, resolve));
    await told;
    client.close();
    await Promise.all([ended(client), ended(socket)]);
    expect(log).toEqual([['close', 1011, '']]);
  });

  test('throws what finishRequest throws, and nothing later', async () => {
    const server = await serverOf(it);
    const finishRequest = (): void => {
      throw new Error('of finishRequest');
    };
    expect(() => new it.WebSocket(urlOf(server), { finishRequest })).toThrow('of finishRequest');
    await new Promise(setImmediate);
  });

  test('refuses options that would have no effect', () => {
    expect(() => new it.WebSocket('ws://localhost', { autoPong: false })).toThrow('autoPong must be true');
    expect(() => new it.WebSocket('ws://localhost', { protocolVersion: 8 })).toThrow('protocolVersion must be 13');
    const masked = { generateMask: () => undefined } as ClientOptions;
    expect(() => new it.WebSocket('ws://localhost', masked)).toThrow('generateMask is not offered');
    expect(() => new it.WebSocket('ws://localhost', { maxPayload: 'much' as unknown as number })).toThrow(
      'maxPayload must be an integer',
    );
  });
});
