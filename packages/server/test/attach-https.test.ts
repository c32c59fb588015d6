import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { next } from './rig.js';
import { request } from './wire.js';

const CERTIFICATES = join(__dirname, '../../client/test/certificates');

test('behind node:https the scheme is known, the same origin is that of https, other protocols are not ours', async () => {
  const pem = readFileSync(join(CERTIFICATES, 'good.pem'));
  const https = createServer({ key: pem, cert: pem }, (_, response) => response.writeHead(204).end());
  const server = new SokkerServer({ closeTimeoutMs: 20 });
  server.attach(https);
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  const { port } = https.address() as AddressInfo;
  const ask = async (origin: string, asked = request([`Origin: ${origin}`])): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    socket.write(asked);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().slice(9, 12);
  };
  const opened = next(server, 'connection');
  expect(await ask('https://localhost')).toBe('101');
  expect((await opened)[1]).toMatchObject({ scheme: 'https', remoteAddress: '127.0.0.1' });
  expect(await ask('http://localhost')).toBe('403');
  expect(await ask('https://localhost', request().replace('websocket', 'h2'))).toBe('204');
  await server.close();
  https.closeAllConnections();
  await new Promise((resolve) => https.close(resolve));
});
