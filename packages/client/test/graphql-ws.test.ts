import { WebSocket } from '@sokker/client';
import { buildSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const schema = buildSchema('type Query { hello: String! } type Subscription { count(to: Int!): Int! }');
const roots = {
  query: { hello: () => 'world' },
  subscription: {
    async *count({ to }: { to: number }) {
      for (let count = 1; count <= to; count++) yield { count };
    },
  },
};

test("graphql-ws's client works with our WebSocket as its webSocketImpl", async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const serving = useServer({ schema, roots }, server);
  const closes: unknown[] = [];
  const client = createClient({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    webSocketImpl: WebSocket,
    on: { closed: (event) => closes.push(event) },
  });
  const results = async (query: string): Promise<unknown[]> => {
    const got: unknown[] = [];
    for await (const { data } of client.iterate({ query })) got.push(data);
    return got;
  };
  expect(await results('{ hello }')).toEqual([{ hello: 'world' }]);
  expect(await results('subscription { count(to: 3) }')).toEqual([{ count: 1 }, { count: 2 }, { count: 3 }]);
  await client.dispose();
  await serving.dispose();
  server.close();
  expect(closes).toMatchObject([{ wasClean: true }, { wasClean: true }]);
});
