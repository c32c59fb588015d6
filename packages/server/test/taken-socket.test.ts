import { reject, SokkerServer, type ServerOptions } from '@sokker/server';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { next } from './rig.js';
import { Wire } from './wire.js';

const TAKEN = expect.objectContaining({ name: 'ServerError', code: 'ERR_SOKKER_SOCKET_TAKEN' }) as Error;

let server: SokkerServer;
let http: Server;
let port: number;

async function start(options: ServerOptions = {}): Promise<void> {
  server = new SokkerServer({ closeTimeoutMs: 20, ...options });
  server.on('message', (message, connection) => connection.send(message.text()));
  http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
}

afterEach(async () => {
  await server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

/** What becomes of the next upgrade that a listener of our own hands to `handleUpgrade`. */
function byHand(): Promise<unknown> {
  return new Promise((resolve) => http.once('upgrade', (...asked) => resolve(server.handleUpgrade(...asked))));
}

async function expectUndisturbed(wire: Wire): Promise<void> {
  expect((await wire.response()).status).toBe(101);
  wire.text('still there?');
  expect((await wire.frame()).payload.toString()).toBe('still there?');
  expect(server.clients.size).toBe(1);
  expect(server.metrics().handshakes).toBe(0);
}

test.each<[string, ServerOptions]>([
  ['is open', {}],
  ['is being decided on', { upgrade: () => Promise.resolve({}) }],
])('handleUpgrade refuses a socket that attach took and that %s; its peer notices nothing', async (_, options) => {
  await start(options);
  server.attach(http);
  const second = expect(byHand()).rejects.toEqual(TAKEN);
  const wire = await Wire.open(port);
  await second;
  await expectUndisturbed(wire);
});

test.each<[string, (() => boolean) | undefined, Error]>([
  ['refuses a socket that handleUpgrade took', undefined, TAKEN],
  ['leaves one alone whose path it cannot tell', () => decodeURIComponent('%') === '', expect.any(URIError) as Error],
])('attach %s, and says so by error; its peer notices nothing', async (_, path, fault) => {
  await start();
  const first = byHand();
  server.attach(http, { path });
  const failed = next(server, 'error');
  const wire = await Wire.open(port);
  expect(await failed).toEqual([fault, undefined]);
  expect(await first).toBe([...server.clients][0]);
  await expectUndisturbed(wire);
});

test('attach leaves a socket alone that someone took who listens no longer, though nobody else knows the path', async () => {
  await start();
  const first = byHand();
  server.attach(http, { path: '/other' });
  const wire = await Wire.open(port);
  await first;
  await expectUndisturbed(wire);
});

test.each<[string, ServerOptions, (() => boolean) | undefined, number]>([
  ['upgrade refused', { upgrade: () => reject(401) }, undefined, 401],
  ['the path function failed', {}, () => decodeURIComponent('%') === '', 500],
])('handleUpgrade refuses a socket that was answered because %s', async (_, options, path, status) => {
  await start(options);
  server.attach(http, { path });
  const second = expect(byHand()).rejects.toEqual(TAKEN);
  expect((await (await Wire.open(port)).response()).status).toBe(status);
  await second;
});
