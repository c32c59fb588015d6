import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { type ExampleProcess, killRemaining, runExample, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

const MAIN = 'examples/echo/main.ts';
const MIB = 1024 * 1024;
afterAll(killRemaining);

describe('as npm run echo starts it', () => {
  let server: ExampleProcess;
  beforeAll(async () => {
    server = await startExample(MAIN);
  });

  test('answers on every path, with no subprotocol and no extension', async () => {
    const client = await WsClient.open(`ws://localhost:${server.port}/any/path?and=query`);
    expect([client.socket.protocol, client.socket.extensions]).toEqual(['', '']);
    client.send('text');
    client.send(Buffer.from([0, 255]));
    expect([await client.next(), await client.next()]).toEqual(['text', Buffer.from([0, 255])]);
    expect(await client.close(3001)).toEqual({ code: 3001, reason: '' });
  });

  test('takes 64 MiB and not a byte more', async () => {
    const client = await WsClient.open(`ws://localhost:${server.port}`, { maxPayload: 65 * MIB });
    client.send(Buffer.alloc(64 * MIB, 1));
    expect((await client.next()).length).toBe(64 * MIB);
    client.send(Buffer.alloc(64 * MIB + 1));
    expect((await client.closed).code).toBe(1009);
  });

  test('refuses pages of other origins', async () => {
    const opening = WsClient.open(`ws://localhost:${server.port}`, { origin: 'http://example.com' });
    await expect(opening).rejects.toThrow('403');
  });

  test('never answers a subprotocol', async () => {
    // RFC 6455 §4.1 has the client fail a connection that names none of its own; naming none at all is our right.
    const response = await fetch(`http://localhost:${server.port}`).then(({ status, headers }) => ({
      status,
      protocol: headers.get('sec-websocket-protocol'),
    }));
    expect(response).toEqual({ status: 426, protocol: null });
  });

  test('a second one says in a sentence that the port is in use', async () => {
    const { status, errors } = await runExample(MAIN, { PORT: String(server.port) });
    expect([status, errors]).toEqual([
      1,
      `Port ${server.port} is in use: stop the program that has it, or choose another.\n`,
    ]);
  });

  test('ends with SIGTERM: 1001 to whoever is connected, status 0', async () => {
    const client = await WsClient.open(`ws://localhost:${server.port}`);
    const ending = server.kill('SIGTERM');
    expect((await client.closed).code).toBe(1001);
    expect(await ending).toMatchObject({ status: 0, signal: null, errors: '' });
  });
});

test('DEFLATE=1 and ORIGIN=any: compressed, and open to every origin', async () => {
  const server = await startExample(MAIN, { DEFLATE: '1', ORIGIN: 'any' });
  const client = await WsClient.open(`ws://localhost:${server.port}`, { origin: 'http://example.com' });
  expect(client.socket.extensions).toContain('permessage-deflate');
  client.send('over and over '.repeat(1000));
  expect(await client.next()).toBe('over and over '.repeat(1000));
  await client.close();
  expect(await server.kill('SIGINT')).toMatchObject({ status: 0, errors: '' });
});

test('a wrong PORT ends with a sentence', async () => {
  const { status, errors } = await runExample(MAIN, { PORT: '65536' });
  expect([status, errors]).toEqual([1, "PORT must be a number from 0 to 65535, not '65536'.\n"]);
});

test('a port of another program is in use too', async () => {
  const other = createServer().listen(0);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { status, errors } = await runExample(MAIN, { PORT: String(port) });
  expect([status, errors.split(':')[0]]).toEqual([1, `Port ${port} is in use`]);
  other.close();
});
