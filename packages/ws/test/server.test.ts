import type { ServerOptions } from '@sokker/ws';
import { once } from 'node:events';
import http, { type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BOTH, closeAll, ended, OURS, pairOf, rawPeer, record, serverOf, shown, urlOf } from './implementations.js';
import type { Implementation, Server, Socket } from './implementations.js';

afterEach(closeAll);

/** What becomes of an attempt to connect: 'open', or the error. */
async function attempt(it: Implementation, url: string, ...rest: unknown[]): Promise<unknown> {
  const socket = new it.WebSocket(url, ...(rest as []));
  let outcome: unknown = 'open';
  socket.on('error', (error) => (outcome = shown(error)));
  await Promise.race([new Promise<void>((resolve) => void socket.once('open', () => resolve())), ended(socket)]);
  if (socket.readyState !== 3) {
    socket.terminate();
    await ended(socket);
  }
  return outcome;
}

/** The answer to an upgrade request that is refused. */
async function refusal(server: Server, headers: object = {}): Promise<http.IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const handshake = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13 };
  const key = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const request = http.request({ port, host: '127.0.0.1', headers: { ...handshake, ...key, ...headers } });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  return response;
}

describe.each(BOTH)('a server of %s', (_, it) => {
  test.each<[string, ServerOptions]>([
    ['none', {}],
    ['port and server', { port: 0, server: http.createServer() }],
    ['port and noServer', { port: 0, noServer: true }],
  ])('needs one of port, server and noServer: %s', (__, options) => {
    expect(() => new it.WebSocketServer(options)).toThrow('One and only one of the');
  });

  test('calls back as it listens, and hands out the request of a client', async () => {
    let called = 0;
    const server = new it.WebSocketServer({ port: 0, host: '127.0.0.1' }, () => called++);
    await once(server, 'listening');
    expect(called).toBe(1);
    const client = new it.WebSocket(urlOf(server, '/chat?room=1'), {
      headers: { 'X-Name': 'value' },
      origin: 'http://a.example',
    });
    const [[socket, request]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as unknown as [
      [Socket, http.IncomingMessage],
    ];
    expect([request.url, request.headers['x-name'], request.headers.origin]).toEqual([
      '/chat?room=1',
      'value',
      'http://a.example',
    ]);
    expect([...server.clients]).toEqual([socket]);
    expect(socket).toBeInstanceOf(it.WebSocket);
    expect((socket._socket as unknown as { remoteAddress: string }).remoteAddress).toBe('127.0.0.1');
    client.terminate();
    await ended(socket);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(server.clients.size).toBe(0);
  });

  test('tells what the http server fails with', async () => {
    const { port } = (await serverOf(it)).address() as AddressInfo;
    const server = new it.WebSocketServer({ port, host: '127.0.0.1' });
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => server.on('error', resolve));
    expect(error.code).toBe('EADDRINUSE');
  });

  test('answers what is no upgrade with 426, and a wrong path with 400', async () => {
    const server = await serverOf(it, { path: '/here' });
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect([response.status, await response.text()]).toEqual([426, 'Upgrade Required']);
    expect(await attempt(it, urlOf(server, '/there'))).toBe('Unexpected server response: 400');
    expect(await attempt(it, urlOf(server, '/here?query'))).toBe('open');
  });

  test('loses no message that came with the request', async () => {
    const server = await serverOf(it);
    const log = new Promise((resolve) => {
      server.on('connection', (socket) => {
        const events = record(socket);
        socket.on('close', () => resolve(events));
      });
    });
    await rawPeer(server, Buffer.from('8182000000006869888000000000', 'hex'));
    expect(await log).toEqual([
      ['message', 'hi', false],
      ['close', 1005, ''],
    ]);
  });

  describe('verifyClient', () => {
    test.each<[string, ServerOptions['verifyClient'], unknown]>([
      ['true', () => true, 'open'],
      ['false', () => false, 'Unexpected server response: 401'],
      ['a callback with true', (__, done) => setImmediate(done, true), 'open'],
      ['a callback with false', (__, done) => done(false), 'Unexpected server response: 401'],
      ['a callback with a code', (__, done) => setImmediate(done, false, 404), 'Unexpected server response: 404'],
    ])('%s', async (__, verifyClient, outcome) => {
      expect(await attempt(it, urlOf(await serverOf(it, { verifyClient })))).toBe(outcome);
    });

    test('is told who asks, and answers with headers and a body', async () => {
      const asked: unknown[] = [];
      const server = await serverOf(it, {
        verifyClient: ({ origin, secure, req }, done) => {
          asked.push(origin, secure, req.url);
          done(false, 403, 'not you', { 'X-Why': 'because', 'Retry-After': 5 });
        },
      });
      const response = await refusal(server, { Origin: 'http://a.example' });
      expect(asked).toEqual(['http://a.example', false, '/']);
      expect([response.statusCode, response.headers['x-why'], response.headers['retry-after']]).toEqual([
        403,
        'because',
        '5',
      ]);
    });
  });

  test('takes options that say nothing, and numbers that are written out', async () => {
    const nothing = {
      path: null,
      verifyClient: null,
      handleProtocols: null,
      server: null,
      noServer: null,
      backlog: null,
    };
    const more = { port: '0', perMessageDeflate: null, maxPayload: null, clientTracking: 1 };
    const server = await serverOf(it, { ...nothing, ...more } as unknown as ServerOptions);
    expect(await attempt(it, urlOf(server))).toBe('open');
    expect(server.options.maxPayload ?? 104857600).toBe(104857600);
  });

  test('heeds options that are changed later', async () => {
    const server = await serverOf(it);
    server.options.verifyClient = () => false;
    expect(await attempt(it, urlOf(server))).toBe('Unexpected server response: 401');
    server.options.verifyClient = undefined;
    server.options.handleProtocols = (protocols) => [...protocols][1]!;
    const client = new it.WebSocket(urlOf(server), ['a', 'b']);
    await once(client, 'open');
    expect(client.protocol).toBe('b');
  });

  test('answers those whom none of several servers on one listener is for, and each its own', async () => {
    const httpServer = http.createServer();
    const names: string[] = [];
    for (const path of ['/a', '/b']) {
      const server = new it.WebSocketServer({ server: httpServer, path });
      server.on('connection', (socket) => {
        names.push(path);
        socket.close();
      });
    }
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    const url = `ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
    expect(await attempt(it, `${url}/nowhere`)).toBe('Unexpected server response: 400');
    // `ws` has the first of them refuse what is the second's.
    expect(await attempt(it, `${url}/b`)).toBe(it === OURS ? 'open' : 'Unexpected server response: 400');
    expect(await attempt(it, `${url}/a`)).toBe('open');
    expect(names).toEqual(it === OURS ? ['/b', '/a'] : ['/a']);
    httpServer.closeAllConnections();
    httpServer.close();
  });

  test('leaves to others who listen what is for them', async () => {
    const httpServer = http.createServer();
    new it.WebSocketServer({ server: httpServer, path: '/ours', noServer: false });
    if (it === OURS)
      httpServer.on('upgrade', ({ url }, socket) => url === '/theirs' && socket.end('HTTP/1.1 418 Tea\r\n\r\n'));
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    const url = `ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
    expect(await attempt(it, `${url}/theirs`)).toBe(`Unexpected server response: ${it === OURS ? 418 : 400}`);
    expect(await attempt(it, `${url}/ours`)).toBe('open');
    httpServer.closeAllConnections();
    httpServer.close();
  });

  test('takes a socket once', async () => {
    const httpServer = http.createServer();
    const server = new it.WebSocketServer({ noServer: true });
    const taken = new Promise<[unknown, string]>((resolve) => {
      httpServer.on('upgrade', (request, socket, head) => {
        let fault: unknown;
        server.handleUpgrade(request, socket, head, () => setImmediate(() => resolve([fault, 'first'])));
        try {
          server.handleUpgrade(request, socket, head, () => resolve([fault, 'second']));
        } catch (error) {
          fault = error;
        }
      });
    });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    const client = new it.WebSocket(`ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}`);
    await once(client, 'open');
    const [fault, who] = await taken;
    expect([String(fault), who]).toEqual([
      expect.stringContaining('Error: server.handleUpgrade() was called'),
      'first',
    ]);
    client.terminate();
    httpServer.close();
  });

  describe('handleProtocols', () => {
    test.each<[string, ServerOptions['handleProtocols'], string[], string]>([
      ['chooses', (protocols) => [...protocols][1]!, ['a', 'b'], 'b'],
      ['is not asked where none is offered', () => 'a', [], ''],
    ])('%s', async (__, choose, offered, chosen) => {
      const handleProtocols = jest.fn(choose);
      const server = await serverOf(it, { handleProtocols });
      const client = new it.WebSocket(urlOf(server), offered);
      const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as unknown as [
        [Socket],
      ];
      expect([client.protocol, socket.protocol]).toEqual([chosen, chosen]);
      expect(handleProtocols).toHaveBeenCalledTimes(offered.length === 0 ? 0 : 1);
    });

    test.each([false, null, '', 'c'])('may answer %j, which a client does not stand', async (answer) => {
      const server = await serverOf(it, { handleProtocols: () => answer as string });
      expect(await attempt(it, urlOf(server), ['a', 'b'])).not.toBe('open');
      expect(await attempt(it, urlOf(server))).toBe('open');
    });
  });

  test('has listeners add to the headers', async () => {
    const server = await serverOf(it);
    const shownLines: string[] = [];
    server.on('headers', (lines, request) => {
      shownLines.push(...lines);
      lines.push('Set-Cookie: a=1', 'Set-Cookie: b=2', `X-Path: ${request.url}`);
    });
    const client = new it.WebSocket(urlOf(server, '/path'));
    const [[response]] = (await Promise.all([once(client, 'upgrade'), once(client, 'open')])) as unknown as [
      [http.IncomingMessage],
    ];
    expect([response.headers['set-cookie'], response.headers['x-path']]).toEqual([['a=1', 'b=2'], '/path']);
    expect(shownLines).toContain('Upgrade: websocket');
  });

  test('shares a server of http, and leaves it open', async () => {
    const httpServer = http.createServer((request, response) => response.end(request.url));
    const server = new it.WebSocketServer({ server: httpServer, path: '/ws' });
    httpServer.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe('/page');
    const client = new it.WebSocket(urlOf(server, '/ws'));
    await once(client, 'open');
    let closed = 0;
    server.on('close', () => closed++);
    server.close();
    expect(await attempt(it, `ws://127.0.0.1:${port}/ws`)).not.toBe('open');
    expect([closed, httpServer.listening, client.readyState]).toEqual([0, true, 1]);
    client.close();
    await once(server, 'close');
    const again = await new Promise((resolve) => server.close(resolve));
    expect(String(again)).toBe('Error: The server is not running');
    httpServer.close();
  });

  test('takes upgrades by hand', async () => {
    const httpServer = http.createServer();
    const server = new it.WebSocketServer({ noServer: true, clientTracking: false });
    expect(() => server.address()).toThrow('The server is operating in "noServer" mode');
    httpServer.on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client, from) => {
        expect(from).toBe(request);
        server.emit('connection', client, from);
      });
    });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    const client = new it.WebSocket(`ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}`);
    const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as unknown as [[Socket]];
    socket.send('by hand');
    expect(String((await once(client, 'message'))[0])).toBe('by hand');
    expect(server.clients).toBeUndefined();
    server.close();
    await once(server, 'close');
    expect(client.readyState).toBe(1);
    client.terminate();
    httpServer.close();
    await once(httpServer, 'close');
  });

  test('refuses who comes while it is closing', async () => {
    const httpServer = http.createServer();
    const server = new it.WebSocketServer({ noServer: true });
    httpServer.on('upgrade', (request, socket, head) => server.handleUpgrade(request, socket, head, () => undefined));
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
    server.close();
    const url = `ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
    expect(await attempt(it, url)).toBe('Unexpected server response: 503');
    httpServer.close();
  });

  test('hands a request that is no handshake to who wants to answer it', async () => {
    const server = await serverOf(it);
    server.on('wsClientError', (error, socket, request) => {
      expect(error).toBeInstanceOf(Error);
      socket.end(`HTTP/1.1 418 ${request.url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    const response = await refusal(server, { 'Sec-WebSocket-Key': 'too short' });
    expect(response.statusCode).toBe(418);
  });

  test('makes clients of a class of its own', async () => {
    class Named extends it.WebSocket {
      readonly label = 'mine';
    }
    const { socket } = await pairOf(it, it, { WebSocket: Named });
    expect(socket).toMatchObject({ label: 'mine' });
  });

  test('keeps its clients as it closes, and says so when they are gone', async () => {
    const { server, socket, client } = await pairOf(it);
    let closed = 0;
    server.close(() => closed++);
    socket.send('still here');
    expect(String((await once(client, 'message'))[0])).toBe('still here');
    expect(closed).toBe(0);
    client.close();
    await Promise.all([once(server, 'close'), ended(socket)]);
    expect([closed, server.clients.size]).toEqual([1, 0]);
  });
});

describe('a server of ours', () => {
  const it = OURS;

  test('ends a client that does not read, at the limit that its options set', async () => {
    const { socket, client } = await pairOf(it, it, { sokker: { maxBufferedBytes: 1024 * 1024 } });
    const log = record(socket);
    client.pause();
    let failed = 0;
    const callback = (error?: Error): void => {
      if (error !== undefined) failed++;
    };
    while (socket.readyState === 1) {
      socket.send(Buffer.alloc(512 * 1024), callback);
      await new Promise(setImmediate);
    }
    if (log.length < 2) await ended(socket);
    expect(log).toEqual([
      ['error', 'ERR_SOKKER_TOO_SLOW'],
      ['close', 1006, ''],
    ]);
    await new Promise(setImmediate);
    expect(failed).toBeGreaterThan(0);
  });

  test('counts messages in parts until they have left, also those that are ended and wait', async () => {
    const { socket, client } = await pairOf(it);
    const log = record(socket);
    client.pause();
    const part = Buffer.alloc(1024 * 1024);
    let failed = 0;
    const callback = (error?: Error): void => {
      if (error !== undefined) failed++;
    };
    for (let sent = 0; sent <= 101 && socket.readyState === 1; sent++)
      socket.send(part, { fin: sent % 2 === 1 }, callback);
    if (log.length < 2) await ended(socket);
    expect(log).toEqual([
      ['error', 'ERR_SOKKER_TOO_SLOW'],
      ['close', 1006, ''],
    ]);
    await new Promise(setImmediate);
    expect(failed).toBeGreaterThan(100);
  });

  test('drops what its options have it drop, and says so', async () => {
    const { socket, client } = await pairOf(it, it, {
      sokker: { maxBufferedBytes: 1024 * 1024, onSlow: 'drop-newest' },
    });
    client.pause();
    let isDropped = false;
    while (!isDropped) {
      isDropped = await new Promise<boolean>((resolve) => {
        socket.send(Buffer.alloc(512 * 1024), (error) => resolve(error !== undefined));
        setImmediate(() => resolve(false));
      });
    }
    expect(socket.readyState).toBe(1);
    client.resume();
    await new Promise<void>((resolve) => socket.ping('', false, () => resolve()));
  });

  test('drops the parts of a message with it, each with its callback', async () => {
    const { socket, client } = await pairOf(it, it, {
      sokker: { maxBufferedBytes: 1024 * 1024, onSlow: 'drop-newest' },
    });
    client.pause();
    const send = (data: Buffer, fin: boolean): Promise<boolean> =>
      new Promise((resolve) => socket.send(data, { fin }, (error) => resolve(error === undefined)));
    while (socket.bufferedAmount < 1024 * 1024) {
      socket.send(Buffer.alloc(512 * 1024));
      await new Promise(setImmediate);
    }
    expect(await send(Buffer.alloc(10), false)).toBe(false);
    expect(await Promise.all([send(Buffer.alloc(10), false), send(Buffer.alloc(10), true)])).toEqual([false, false]);
    socket.terminate();
  });

  test('leaves the context of its connections to the application', async () => {
    const server = await serverOf(it);
    server.sokker.on('connection', (connection) => (connection.context = { mine: true }));
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.on('message', (data) => socket.send(data));
        socket.on('close', resolve);
      });
    });
    const client = new it.WebSocket(urlOf(server));
    await once(client, 'open');
    client.send('hello');
    expect(String((await once(client, 'message'))[0])).toBe('hello');
    client.close();
    expect(await closed).toBe(1005);
    expect(server.clients.size).toBe(0);
  });

  test('refuses with what is a refusal, whatever verifyClient says', async () => {
    const answers: [unknown, unknown, unknown][] = [
      [200, 'not OK', null],
      [null, null, { Connection: 'keep-alive', 'Content-Length': 5 }],
    ];
    const server = await serverOf(it, {
      verifyClient: (__, done) => {
        const [code, message, headers] = answers.shift()!;
        done(false, code as number, message as string, headers as OutgoingHttpHeaders);
      },
    });
    for (const body of ['not OK', 'Unauthorized']) {
      const { port } = server.address() as AddressInfo;
      const handshake = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13 };
      const key = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
      const request = http.request({ port, host: '127.0.0.1', headers: { ...handshake, ...key } });
      request.end();
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      expect([response.statusCode, response.headers.connection, text]).toEqual([401, 'close', body]);
    }
  });
});
