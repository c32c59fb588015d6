import { killRemaining, startExample, type ExampleProcess } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

let server: ExampleProcess;
let address: string;
beforeAll(async () => {
  server = await startExample('examples/hono/main.ts');
  address = `localhost:${server.port}/rooms`;
});
afterAll(killRemaining);

const post = (room: string, body: string): Promise<Response> =>
  fetch(`http://${address}/${room}`, { method: 'POST', body });

test('what is posted to a room goes to those who listen there', async () => {
  const kitchen = await WsClient.open(`ws://${address}/kitchen`);
  const garden = await WsClient.open(`ws://${address}/garden`);
  expect(await (await post('kitchen', 'Tea is ready.')).json()).toEqual({ sent: 1 });
  expect(await (await post('garden', 'It rains.')).json()).toEqual({ sent: 1 });
  expect(await (await post('attic', 'Anybody?')).json()).toEqual({ sent: 0 });
  expect([await kitchen.next(), await garden.next()]).toEqual(['Tea is ready.', 'It rains.']);
  await Promise.all([kitchen.close(), garden.close()]);
});

test('refusals', async () => {
  await expect(WsClient.open(`ws://${address}/Kitchen`)).rejects.toThrow('404');
  await expect(WsClient.open(`ws://localhost:${server.port}/`)).rejects.toThrow('404');
  expect((await post('Kitchen', 'hello')).status).toBe(404);
  expect((await post('kitchen', 'x'.repeat(4097))).status).toBe(413);
});

test('it ends by itself when told to, open connections and all', async () => {
  const client = await WsClient.open(`ws://${address}/kitchen`);
  expect(await server.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
  expect((await client.closed).code).toBe(1001);
});
