// Hono and WebSockets on one port, over Node's own http server: what is posted to a room goes to all who listen there.
//
//   ws://localhost:3000/rooms/kitchen
//   curl -d 'Tea is ready.' http://localhost:3000/rooms/kitchen
import { createAdaptorServer } from '@hono/node-server';
import { SokkerServer } from '@sokker/server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Server } from 'node:http';
import { addressOf, listen, portFrom, run } from '../program.js';

const NAME = '[a-z0-9-]{1,32}';
const ROOM = new RegExp(`^/rooms/${NAME}$`);
const MAX_POST_BYTES = 4096;

const rooms = new SokkerServer();
rooms.on('connection', (connection, { path }) => {
  connection.discard();
  connection.join(path);
});

const app = new Hono();
app.post(`/rooms/:name{${NAME}}`, bodyLimit({ maxSize: MAX_POST_BYTES }), async (context) => {
  const { sent } = rooms.broadcast(await context.req.text(), { to: context.req.path });
  return context.json({ sent });
});

await run(async () => {
  // Its other type is a server of HTTP/2, made only where the options ask for one.
  const http = createAdaptorServer({ fetch: app.fetch }) as Server;
  rooms.attach(http, { path: (path) => ROOM.test(path) });
  const address = addressOf(await listen(http, portFrom(process.env, 3000)));
  return {
    greeting: `Listen on ws://${address}/rooms/kitchen, post to http://${address}/rooms/kitchen`,
    async close() {
      http.close();
      await rooms.close();
    },
  };
});
