import { killRemaining, startExample, type ExampleProcess } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

let server: ExampleProcess;
let address: string;
beforeAll(async () => {
  server = await startExample('examples/koa/main.ts');
  address = `localhost:${server.port}/online`;
});
afterAll(killRemaining);

const asked = async (): Promise<unknown> => (await fetch(`http://${address}`)).json();

test('who is there is known over HTTP and followed on the WebSocket', async () => {
  expect(await asked()).toEqual({ online: [] });
  const ada = await WsClient.open(`ws://${address}?name=Ada`);
  expect(await ada.nextJson()).toEqual({ online: ['Ada'] });
  const zoe = await WsClient.open(`ws://${address}?name=Zo%C3%AB`);
  expect(await ada.nextJson()).toEqual({ came: 'Zoë' });
  expect(await zoe.nextJson()).toEqual({ online: ['Ada', 'Zoë'] });
  expect(await asked()).toEqual({ online: ['Ada', 'Zoë'] });
  await zoe.close();
  expect(await ada.nextJson()).toEqual({ left: 'Zoë' });
  expect(await asked()).toEqual({ online: ['Ada'] });
  await ada.close();
});

test('refusals', async () => {
  await expect(WsClient.open(`ws://${address}`)).rejects.toThrow('400');
  await expect(WsClient.open(`ws://${address}?name=${'x'.repeat(33)}`)).rejects.toThrow('400');
  await expect(WsClient.open(`ws://${address}/other?name=Ada`)).rejects.toThrow('404');
  expect((await fetch(`http://${address}/other`)).status).toBe(404);
});

test('it ends by itself when told to, open connections and all', async () => {
  const client = await WsClient.open(`ws://${address}?name=Ada`);
  expect(await server.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
  expect((await client.closed).code).toBe(1001);
});
