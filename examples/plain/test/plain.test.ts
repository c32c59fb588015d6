import { killRemaining, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

afterAll(killRemaining);

test('the smallest server answers', async () => {
  const server = await startExample('examples/plain/main.ts');
  const client = await WsClient.open(`ws://localhost:${server.port}`);
  client.send('hello');
  expect(await client.next()).toBe('You said: hello');
  expect(await client.close(1000)).toEqual({ code: 1000, reason: '' });
  expect((await server.kill('SIGTERM')).errors).toBe('');
});
