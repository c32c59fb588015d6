import { connect } from '@sokker/client';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { errorOf, nextMessage, script, serve, type TestServer } from './server.js';

const certificate = (name: string): Buffer => readFileSync(join(__dirname, 'certificates', `${name}.pem`));
const ca = certificate('ca');
const tls = (name: string) => ({ key: certificate(name), cert: certificate(name) });

const open: TestServer[] = [];
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

describe('wss', () => {
  test('speaks TLS with the server name and http/1.1', async () => {
    let socket: { alpnProtocol: unknown; servername: string } | undefined;
    const { url } = await keep(
      serve(
        (connection, given) => {
          socket = given as unknown as typeof socket;
          connection.send('secret');
        },
        {},
        { tls: { ...tls('good'), ALPNProtocols: ['h2', 'http/1.1'] } },
      ),
    );
    const connection = await connect(url, { tls: { ca } });
    expect((await nextMessage(connection)).text()).toBe('secret');
    expect(socket?.alpnProtocol).toBe('http/1.1');
    expect(socket?.servername).toBe('localhost');
    await connection.close();
  });

  test.each([
    ['an unknown authority', 'good', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['the certificate of another host', 'elsewhere', { ca }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['an expired certificate', 'expired', { ca }, 'CERT_HAS_EXPIRED'],
  ])('%s is refused', async (_name, name, options, code) => {
    const { url, sockets } = await keep(serve(undefined, {}, { tls: tls(name) }));
    const error = await errorOf(connect(url, { tls: options }));
    expect(error.code).toBe('ERR_SOKKER_TLS');
    expect((error.cause as NodeJS.ErrnoException).code).toBe(code);
    expect(sockets).toHaveLength(1);
  });

  test('the environment does not switch verification off, the option does', async () => {
    const { url } = await keep(serve(undefined, {}, { tls: tls('expired') }));
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect((await errorOf(connect(url))).code).toBe('ERR_SOKKER_TLS');
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
    await (await connect(url, { tls: { rejectUnauthorized: false } })).close();
  });

  const refused: readonly (readonly [string, object, string])[] = [
    ['a key that is none', { key: 'garbage' }, 'tls'],
    ['a key that is none, through an agent', { key: 'garbage' }, 'agent or tls'],
    ['a version that is none', { minVersion: 'TLSv9' }, 'tls'],
    ['a check that is none', { checkServerIdentity: 5 }, 'tls'],
  ];

  test.each(refused)('%s is the fault of the call, and no reason to come back', async (_what, options, named) => {
    const { url, sockets } = await keep(serve(undefined, {}, { tls: tls('good') }));
    const agent = named === 'tls' ? undefined : new Agent();
    const onRetry = jest.fn();
    const error = await errorOf(connect(url, { tls: options, agent }));
    expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' });
    expect(error.message).toBe(`connect: ${named} cannot be used: ${(error.cause as NodeJS.ErrnoException).code}`);
    const again = await errorOf(connect.forever(url, { tls: options, agent, onRetry }).next());
    expect(again).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_OPTION', message: error.message });
    expect(onRetry).not.toHaveBeenCalled();
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
  });

  test('an agent for another scheme is so as well', async () => {
    const error = await errorOf(connect('wss://127.0.0.1', { agent: new PlainAgent() }));
    expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_OPTION' });
    expect(error.message).toBe('connect: agent cannot be used: ERR_INVALID_PROTOCOL');
  });

  test('a server that speaks no TLS', async () => {
    const { port } = await keep(script(() => undefined));
    expect((await errorOf(connect(`wss://127.0.0.1:${port}`))).code).toBe('ERR_SOKKER_TLS');
  });

  test('a redirect does not give it up', async () => {
    const plain = await keep(serve());
    const reply = `HTTP/1.1 301 \r\nLocation: ${plain.url}\r\nContent-Length: 0\r\n\r\n`;
    const { url } = await keep(script(() => reply, { tls: tls('good') }));
    const error = await errorOf(connect(url, { tls: { ca }, maxRedirects: 5 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_REDIRECT', status: 301 });
    expect(plain.sockets).toHaveLength(0);
  });

  const asking = { ...tls('good'), requestCert: true, rejectUnauthorized: false };
  const subject = (socket: unknown): string | undefined => {
    const { subject: found } = (socket as TLSSocket).getPeerCertificate() as { subject?: { CN: string } };
    return found?.CN;
  };

  test('a client certificate does not follow to another origin', async () => {
    const seen: (string | undefined)[] = [];
    const second = await keep(serve((_connection, socket) => seen.push(subject(socket)), {}, { tls: asking }));
    const reply = `HTTP/1.1 308 \r\nLocation: ${second.url}\r\nContent-Length: 0\r\n\r\n`;
    const first = await keep(script((_accept, socket) => (seen.push(subject(socket)), reply), { tls: asking }));
    const connection = await connect(first.url, { tls: { ca, ...tls('elsewhere') }, maxRedirects: 1 });
    expect(seen).toEqual(['elsewhere.test', undefined]);
    await connection.close();
  });

  test('nor does one that an agent has', async () => {
    const seen: (string | undefined)[] = [];
    const second = await keep(serve((_connection, socket) => seen.push(subject(socket)), {}, { tls: asking }));
    const reply = `HTTP/1.1 308 \r\nLocation: ${second.url}\r\nContent-Length: 0\r\n\r\n`;
    const first = await keep(script((_accept, socket) => (seen.push(subject(socket)), reply), { tls: asking }));
    const agent = new Agent({ ca, ...tls('elsewhere') });
    const error = await errorOf(connect(first.url, { agent, maxRedirects: 1 }));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_REDIRECT', status: 308 });
    expect(error.message).toContain('to another origin, for which the agent may not be meant');
    expect(seen).toEqual(['elsewhere.test']);
  });
});
