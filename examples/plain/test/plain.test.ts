import { killRemaining, runExample, startExample } from '../../test/example-process.js';
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

test('a second one says in one sentence that the port is in use', async () => {
  const server = await startExample('examples/plain/main.ts');
  const { status, errors } = await runExample('examples/plain/main.ts', { PORT: String(server.port) });
  expect([status, errors]).toEqual([1, expect.stringMatching(/^ServerError: port \d+ is in use: [^\n]+\n$/)]);
  await server.kill('SIGTERM');
});
