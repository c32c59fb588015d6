// A feed on ws://localhost:3000/feed, or PORT, and a page on http://localhost:3001, or DASHBOARD_PORT, that shows how it
// fares. With `--visitors`, thirty clients of all kinds come along.
import { SokkerServer } from '@sokker/server';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressOf, listen, portFrom, run } from '../program.js';
import { createDashboard } from './dashboard.js';

const NEWS_EVERY_MS = 250;
const NEWS = 'All the news that fits into one message. '.repeat(50);

await run(async () => {
  const server = new SokkerServer({
    onSlow: 'drop-oldest',
    maxBufferedBytes: 256 * 1024,
    maxMessagesPerSecond: 50,
    pingIntervalMs: 2000,
  });
  server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
  const news = setInterval(() => server.broadcast(NEWS), NEWS_EVERY_MS);

  const dashboard = await createDashboard(server, fileURLToPath(new URL('.', import.meta.url)));
  const address = await server.listen(portFrom(process.env, 3000));
  const shown = await listen(dashboard.http, portFrom({ PORT: process.env.DASHBOARD_PORT }, 3001), '127.0.0.1');
  const visitors = process.argv.includes('--visitors') ? visit(address.port) : undefined;
  return {
    greeting: `The feed is on ws://${addressOf(address)}, its dashboard on http://${addressOf(shown)}`,
    async close() {
      visitors?.kill();
      clearInterval(news);
      await dashboard.close();
      await server.close();
    },
  };
});

function visit(port: number) {
  return fork(fileURLToPath(new URL('visitors.ts', import.meta.url)), [`ws://127.0.0.1:${port}/feed`]);
}
