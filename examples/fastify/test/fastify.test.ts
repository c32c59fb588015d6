import { killRemaining, runExample, startExample, type ExampleProcess } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

const PATH = 'examples/fastify/main.ts';
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

let server: ExampleProcess;
let address: string;
beforeAll(async () => {
  server = await startExample(PATH, { TOKENS: 'ada:secret,bob:other' });
  address = `localhost:${server.port}/inbox`;
});
afterAll(killRemaining);

function post(name: string, token: string, body: unknown): Promise<Response> {
  const headers = { ...bearer(token).headers, 'Content-Type': 'application/json' };
  return fetch(`http://${address}/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('what is posted reaches every WebSocket of the one it is for, and nobody else', async () => {
  const [desk, phone] = [
    await WsClient.open(`ws://${address}`, bearer('secret')),
    await WsClient.open(`ws://${address}`, bearer('secret')),
  ];
  const bob = await WsClient.open(`ws://${address}`, bearer('other'));
  const response = await post('ada', 'other', { text: 'hello' });
  expect([response.status, await response.json()]).toEqual([202, { sent: 2 }]);
  await post('bob', 'secret', { text: 'hello back' });
  const hello = { from: 'bob', text: 'hello' };
  expect([await desk.nextJson(), await phone.nextJson()]).toEqual([hello, hello]);
  expect(await bob.nextJson()).toEqual({ from: 'ada', text: 'hello back' });
  await Promise.all([desk, phone, bob].map((client) => client.close()));
});

test('refusals', async () => {
  await expect(WsClient.open(`ws://${address}`)).rejects.toThrow('401');
  await expect(WsClient.open(`ws://${address}`, bearer('wrong'))).rejects.toThrow('401');
  await expect(WsClient.open(`ws://${address}/ada`, bearer('secret'))).rejects.toThrow('404');
  const refused = await post('ada', 'wrong', { text: 'hello' });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await post('ada', 'secret', { text: 'x'.repeat(2001) })).status).toBe(400);
  expect((await post('nobody', 'secret', { text: 'hello' })).status).toBe(404);
});

test('it ends by itself when told to, open connections and all', async () => {
  const client = await WsClient.open(`ws://${address}`, bearer('secret'));
  expect(await server.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
  expect((await client.closed).code).toBe(1001);
});

test('without tokens it does not start', async () => {
  expect(await runExample(PATH, { TOKENS: 'ada' })).toMatchObject({
    status: 1,
    errors: expect.stringMatching(/^Set TOKENS to who may come in/),
  });
});
