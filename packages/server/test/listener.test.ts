import { SokkerServer } from '@sokker/server';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { next } from './rig.js';
import { Wire } from './wire.js';

test('a unix socket is a place to listen too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sokker-'));
  const path = join(folder, 'socket');
  const server = new SokkerServer({ closeTimeoutMs: 20, maxConnectionsPerAddress: 1 });
  const listening = next(server, 'listening');
  expect(await server.listen(path)).toBe(path);
  expect(await listening).toEqual([path]);
  const opened = next(server, 'connection');
  await Wire.open(path);
  await Wire.open(path);
  expect((await opened)[0]).toMatchObject({ remoteAddress: undefined });
  expect(server.clients.size).toBe(2);
  const second = new SokkerServer();
  await expect(second.listen(path)).rejects.toMatchObject({ code: 'ERR_SOKKER_ADDRESS_IN_USE' });
  await server.close();
  await rm(folder, { recursive: true });
});

test.each<[string, number, string, string]>([
  ['a port that is no port', 65536, '127.0.0.1', 'ERR_SOCKET_BAD_PORT'],
  ['an address of another machine', 0, '192.0.2.1', 'ERR_SOKKER_ADDRESS'],
])('%s is refused', async (_, port, host, code) => {
  const server = new SokkerServer();
  await expect(server.listen(port, host)).rejects.toMatchObject({ code });
  await server.close();
});

test('one server listens in several places', async () => {
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  const ports = [(await server.listen(0, '127.0.0.1')).port, (await server.listen(0, '127.0.0.1')).port];
  for (const port of ports) expect((await (await Wire.open(port)).response()).status).toBe(101);
  expect(server.clients.size).toBe(2);
  await server.close();
});
