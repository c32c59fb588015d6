// One of the servers behind the port. A message is an id, a space and a text; when it is in the file, the id comes back
// with the worker that wrote it.
import { drainOnSignals, SokkerServer } from '@sokker/server';
import cluster from 'node:cluster';
import { appendFile } from 'node:fs/promises';
import { fail } from '../program.js';

const RESTART = 1012;

export async function serve(port: number, log: string): Promise<void> {
  const server = new SokkerServer();
  server.on('message', (message, connection) => {
    const [id = '', ...words] = message.text().split(' ');
    const entry = { id, worker: process.pid, text: words.join(' ') };
    // Lines of several workers stay whole: each is one write to a file that is open for appending.
    appendFile(log, `${JSON.stringify(entry)}\n`).then(
      // A connection that closes meanwhile sends nothing any more: then the client asks another worker.
      () => connection.send(`${id} ${process.pid}`),
      (error: unknown) => connection.fail(error as Error),
    );
  });
  server.on('error', (error) => console.error(error.message));
  // Ctrl-C reaches all processes of a terminal: the primary alone decides, and tells us by SIGTERM.
  process.on('SIGINT', () => undefined);
  drainOnSignals(server, {
    signals: ['SIGTERM'],
    code: RESTART,
    spreadMs: 500,
    deadlineMs: 10_000,
    // The primary hands over no more sockets, and the channel to it no longer keeps this process alive.
    onSignal: () => cluster.worker?.disconnect(),
  });
  await server.listen(port).catch(fail);
}
