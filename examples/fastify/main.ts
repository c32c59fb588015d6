// Fastify and WebSockets on one port, for programs that hold a token: what is posted for one of them reaches all its
// WebSockets.
//
//   TOKENS=ada:secret,bob:other node --import tsx examples/fastify/main.ts
//   curl -H 'Authorization: Bearer other' --json '{"text":"hello"}' http://localhost:3000/inbox/ada
import { reject, SokkerServer } from '@sokker/server';
import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { addressOf, portFrom, run } from '../program.js';
import { Tokens } from './tokens.js';

const BODY = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: { text: { type: 'string', maxLength: 2000 } },
} as const;
const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

await run(async () => {
  const tokens = Tokens.parse(process.env.TOKENS);
  const app = Fastify();

  const inbox = new SokkerServer<{ readonly name: string }>({
    upgrade({ headers }) {
      const name = tokens.holderOf(headers.get('authorization'));
      return name === undefined ? reject(401, { headers: CHALLENGE }) : { context: { name } };
    },
  });
  inbox.on('connection', (connection) => {
    connection.discard();
    connection.join(connection.context.name);
  });
  inbox.attach(app.server, { path: '/inbox' });
  // Before Fastify waits for its sockets: those of the WebSockets are among them.
  app.addHook('preClose', () => inbox.close());

  app.post<{ Params: { name: string }; Body: { text: string } }>(
    '/inbox/:name',
    { schema: { body: BODY } },
    async (request, reply) => {
      const from = tokens.holderOf(request.headers.authorization);
      if (from === undefined) return reply.code(401).headers(CHALLENGE).send();
      const { sent } = inbox.broadcast(JSON.stringify({ from, text: request.body.text }), { to: request.params.name });
      return reply.code(sent === 0 ? 404 : 202).send({ sent });
    },
  );

  await app.listen({ port: portFrom(process.env, 3000), host: '0.0.0.0' });
  const address = addressOf(app.server.address() as AddressInfo);
  return {
    greeting: `Read on ws://${address}/inbox, post to http://${address}/inbox/ada`,
    close: () => app.close(),
  };
});
