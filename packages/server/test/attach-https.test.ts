import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, type Server, type TLSSocket } from 'node:tls';
import { next } from './rig.js';
import { request } from './wire.js';

const CERTIFICATES = join(__dirname, '../../client/test/certificates');
const pem = (name: string): { key: Buffer; cert: Buffer } => {
  const both = readFileSync(join(CERTIFICATES, name));
  return { key: both, cert: both };
};

/** A connection that has sent a request, and the status that answers it. */
async function ask(server: Server, asked: string): Promise<[status: string, socket: TLSSocket]> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  socket.write(asked);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return [answer.toString().slice(9, 12), socket];
}

async function statusOf(server: Server, asked: string): Promise<string> {
  return (await ask(server, asked))[0];
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

test('behind node:https the scheme is known, the same origin is that of https, other protocols are not ours', async () => {
  const https = createServer(pem('good.pem'), (_, response) => response.writeHead(204).end());
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  server.attach(https);
  await listening(https);
  const opened = next(server, 'connection');
  expect(await statusOf(https, request(['Origin: https://localhost']))).toBe('101');
  expect((await opened)[1]).toMatchObject({ scheme: 'https', remoteAddress: '127.0.0.1' });
  expect(await statusOf(https, request(['Origin: http://localhost']))).toBe('403');
  expect(await statusOf(https, request(['Origin: https://localhost']).replace('websocket', 'h2'))).toBe('204');
  await server.close();
  https.closeAllConnections();
  await new Promise((resolve) => https.close(resolve));
});

test('behind node:http2 that speaks HTTP/1 as well, WebSockets are answered, and other protocols refused', async () => {
  const http2 = createSecureServer({ ...pem('good.pem'), allowHTTP1: true });
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  server.attach(http2);
  await listening(http2);
  const opened = next(server, 'connection');
  expect(await statusOf(http2, request(['Origin: https://localhost']))).toBe('101');
  expect((await opened)[1]).toMatchObject({ scheme: 'https', remoteAddress: '127.0.0.1' });
  expect(await statusOf(http2, request().replace('websocket', 'h2'))).toBe('426');
  await server.close();
  await new Promise((resolve) => http2.close(resolve));
});

test('a certificate that is renewed is that of the next connections; those that are open go on', async () => {
  const https = createServer(pem('expired.pem'));
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  server.attach(https);
  await listening(https);
  const [, first] = await ask(https, request());
  https.setSecureContext(pem('good.pem'));
  const [, second] = await ask(https, request());
  expect(first.getPeerX509Certificate()?.serialNumber).not.toBe(second.getPeerX509Certificate()?.serialNumber);
  server.broadcast('still there?');
  const heard = (await Promise.all([once(first, 'data'), once(second, 'data')])) as [Buffer][];
  expect(heard.map(([frame]) => frame.toString().slice(2))).toEqual(['still there?', 'still there?']);
  await server.close();
  https.closeAllConnections();
  await new Promise((resolve) => https.close(resolve));
});
