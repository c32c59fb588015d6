/* Run by exit.test.ts: a server that ends by itself once it has been told to. */
import { drainOnSignals, SokkerServer } from '@sokker/server';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = new SokkerServer();
const http = createServer();
server.attach(http);
server.on('message', (message, connection) => connection.send(message.data, { type: message.type }));
drainOnSignals(server, { spreadMs: 0, code: 1012, onSignal: () => http.close() });
http.listen(0, '127.0.0.1', () => {
  void server.listen(0, '127.0.0.1').then(({ port }) => {
    process.stdout.write(`${port} ${(http.address() as AddressInfo).port}\n`);
  });
});
