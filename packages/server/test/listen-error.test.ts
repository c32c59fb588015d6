import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SokkerServer } from '@sokker/server';
import { listenError } from '../src/listen-error.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sokker-'))));
afterEach(() => rm(folder, { recursive: true }));

test('a unix socket in a directory that does not exist', async () => {
  const path = join(folder, 'none', 'socket');
  await expect(new SokkerServer().listen(path)).rejects.toMatchObject({
    name: 'ServerError',
    code: 'ERR_SOKKER_ADDRESS_DIRECTORY',
    message: `${path} is in a directory that does not exist: make that first`,
    cause: expect.objectContaining({ code: 'EACCES', syscall: 'listen' }),
  });
});

test('a unix socket in what is no directory', async () => {
  const server = new SokkerServer();
  const path = await server.listen(join(folder, 'socket'));
  await expect(new SokkerServer().listen(join(path, 'socket'))).rejects.toMatchObject({
    code: 'ERR_SOKKER_ADDRESS_DIRECTORY',
    cause: expect.objectContaining({ code: 'ENOTDIR' }),
  });
  await server.close();
});

const DENIED = 'needs rights that this process lacks: choose a port from 1024 on, or a directory that it may write to';

test.each<[string, number | string, string | undefined, string]>([
  ['EADDRINUSE', 80, undefined, 'port 80 is in use: stop the program that has it, or choose another'],
  ['EACCES', 80, '::1', `port 80 of ::1 ${DENIED}`],
  ['EACCES', join(tmpdir(), 'socket'), undefined, DENIED],
  ['EACCES', '\0in/no/folder', undefined, DENIED],
  ['EADDRNOTAVAIL', 80, undefined, 'port 80 cannot be listened on: choose an address of this machine'],
])('%s at %j', (code, where, host, message) => {
  const cause = Object.assign(new Error(code), { code });
  const error = listenError(cause, where, host);
  expect(error.message).toContain(message);
  expect(error.cause).toBe(cause);
});
