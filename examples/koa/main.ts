// Koa and WebSockets on one port: who is here can be asked over HTTP, http://localhost:3000/online, and followed on a
// WebSocket, ws://localhost:3000/online?name=Ada.
import { reject, SokkerServer } from '@sokker/server';
import Koa from 'koa';
import { createServer } from 'node:http';
import { addressOf, listen, portFrom, run } from '../program.js';

const PATH = '/online';
const MAX_NAME_LENGTH = 32;

const online = new SokkerServer<{ readonly name: string }>({
  upgrade({ query }) {
    const name = new URLSearchParams(query).get('name') ?? '';
    if (name === '' || name.length > MAX_NAME_LENGTH) return reject(400, { body: `name: 1 to ${MAX_NAME_LENGTH}` });
    return { context: { name } };
  },
});
online.on('connection', (connection) => {
  connection.discard();
  connection.send(JSON.stringify({ online: names() }));
  online.broadcast(JSON.stringify({ came: connection.context.name }), { except: connection });
});
online.on('close', (_record, { context }) => online.broadcast(JSON.stringify({ left: context.name })));

const names = (): string[] => [...online.clients].map(({ context }) => context.name);

const app = new Koa();
app.use((context) => {
  if (context.path === PATH) context.body = { online: names() };
});

await run(async () => {
  const handle = app.callback();
  const http = createServer((request, response) => void handle(request, response));
  online.attach(http, { path: PATH });
  const address = addressOf(await listen(http, portFrom(process.env, 3000)));
  return {
    greeting: `Who is online: http://${address}${PATH} and ws://${address}${PATH}?name=Ada`,
    async close() {
      http.close();
      await online.close();
    },
  };
});
