import { SokkerServer } from '@sokker/server';
import dns from 'node:dns';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Listener } from '../src/listener.js';
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
  await expect(second.listen(path)).rejects.toMatchObject({ code: 'ERR_SOKKER_PATH_IN_USE' });
  await server.close();
  await rm(folder, { recursive: true });
});

test('those who come all at once wait for the server to get round to them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sokker-'));
  const path = join(folder, 'socket');
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  await server.listen(path);
  // In one turn, so that none is accepted meanwhile; on a unix socket, where one that finds no room is refused at once.
  // More than the 511 that Node asks the kernel to hold, and no more than Linux may be set to hold.
  const most = Number(await readFile('/proc/sys/net/core/somaxconn', 'latin1').catch(() => 128));
  const sockets = Array.from({ length: Math.min(600, most) }, () => connect(path));
  const outcomes = await Promise.allSettled(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) socket.destroy();
  await server.close();
  await rm(folder, { recursive: true });
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('an address of another machine is refused, and another can be tried', async () => {
  const server = new SokkerServer();
  await expect(server.listen(0, '192.0.2.1')).rejects.toMatchObject({ code: 'ERR_SOKKER_ADDRESS' });
  expect(await server.listen(0, '127.0.0.1')).toMatchObject({ address: '127.0.0.1' });
  await server.close();
});

describe('a server that is closed before it listens', () => {
  test.each<[string, (server: SokkerServer) => Promise<unknown>]>([
    ['close', (server) => server.close()],
    ['drain', (server) => server.drain()],
  ])('%s rejects what is pending', async (_, end) => {
    const server = new SokkerServer();
    const heard = jest.fn();
    server.on('listening', heard);
    const refused = Promise.all(
      [server.listen(0), server.listen(0, '127.0.0.1'), server.listen(0, 'localhost')].map((pending) =>
        expect(pending).rejects.toMatchObject({ name: 'ServerError', code: 'ERR_SOKKER_SERVER_CLOSED' }),
      ),
    );
    await end(server);
    await refused;
    expect(heard).not.toHaveBeenCalled();
  });

  test('a host that is looked up meanwhile is not listened on afterwards', async () => {
    const real = dns.lookup as (...args: unknown[]) => unknown;
    const lookup = jest.spyOn(dns, 'lookup');
    const answered = new Promise<void>((resolve) => {
      lookup.mockImplementation((...args: unknown[]) => {
        const done = args.pop() as (...answer: unknown[]) => void;
        real(...args, (...answer: unknown[]) => {
          done(...answer);
          resolve();
        });
      });
    });
    const listen = jest.spyOn(Server.prototype, 'listen');
    try {
      const listener = new Listener({ onSocket: () => undefined, onError: () => undefined });
      const refused = expect(listener.listen(0, 'localhost')).rejects.toMatchObject({
        code: 'ERR_SOKKER_SERVER_CLOSED',
      });
      listener.close();
      await refused;
      await answered;
      await new Promise((resolve) => setImmediate(resolve));
      // Here net itself drops the late answer, as Node 20.20.2 does, or `listen` looks: see below.
      expect((listen.mock.contexts[0] as Server).listening).toBe(false);
    } finally {
      lookup.mockRestore();
      listen.mockRestore();
    }
  });

  test('nor is one that net listens on all the same, as versions do whose lookup answers late', async () => {
    let listenLate: (() => Server) | undefined;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- applied to the server of the listener
    const real = Server.prototype.listen as (...args: unknown[]) => Server;
    const listen = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...args) {
      listenLate = () => Reflect.apply(real, this, args);
      return this;
    });
    try {
      const listener = new Listener({ onSocket: () => undefined, onError: () => undefined });
      const refused = expect(listener.listen(0, '127.0.0.1')).rejects.toMatchObject({
        code: 'ERR_SOKKER_SERVER_CLOSED',
      });
      listener.close();
      await refused;
      const server = listenLate?.();
      await once(server as Server, 'listening');
      expect(server?.listening).toBe(false);
    } finally {
      listen.mockRestore();
    }
  });
});

test('one server listens in several places', async () => {
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  const ports = [(await server.listen(0, '127.0.0.1')).port, (await server.listen(0, '127.0.0.1')).port];
  for (const port of ports) expect((await (await Wire.open(port)).response()).status).toBe(101);
  expect(server.clients.size).toBe(2);
  await server.close();
});
