import { killRemaining, startExample, type ExampleProcess } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

let server: ExampleProcess;
let origin: string;
let chat: string;
beforeAll(async () => {
  server = await startExample('examples/express/main.ts');
  origin = `http://localhost:${server.port}`;
  chat = `ws://localhost:${server.port}/chat`;
});
afterAll(killRemaining);

function logIn(user: unknown): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${origin}/login`, { method: 'POST', headers, body: JSON.stringify({ user }) });
}

async function cookieOf(user: string): Promise<string> {
  const [cookie = ''] = (await logIn(user)).headers.getSetCookie();
  expect(cookie).toContain('; HttpOnly; SameSite=Strict');
  return cookie.split(';')[0]!;
}

test('who logged in over HTTP is known on the WebSocket', async () => {
  const ada = await WsClient.open(chat, { origin, headers: { Cookie: await cookieOf('Ada') } });
  const bob = await WsClient.open(chat, { origin, headers: { Cookie: `theme=dark; ${await cookieOf('Bob')}` } });
  ada.send('hello');
  expect([await ada.next(), await bob.next()]).toEqual(['Ada: hello', 'Ada: hello']);
  await Promise.all([ada.close(), bob.close()]);
});

test('nobody else comes in', async () => {
  const Cookie = await cookieOf('Ada');
  await expect(WsClient.open(chat)).rejects.toThrow('401');
  await expect(WsClient.open(chat, { headers: { Cookie: `${Cookie}x` } })).rejects.toThrow('401');
  await expect(WsClient.open(chat, { origin: 'http://evil.example', headers: { Cookie } })).rejects.toThrow('403');
  await expect(WsClient.open(`${chat}/other`, { headers: { Cookie } })).rejects.toThrow('404');
});

test.each([[''], ['x'.repeat(33)], [7], [undefined]])('no session for %j', async (user) => {
  const response = await logIn(user);
  expect([response.status, response.headers.getSetCookie()]).toEqual([400, []]);
});

test('it ends by itself when told to, open connections and all', async () => {
  const client = await WsClient.open(chat, { headers: { Cookie: await cookieOf('Ada') } });
  expect(await server.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
  expect((await client.closed).code).toBe(1001);
});
