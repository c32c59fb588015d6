import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRemaining, ROOT, runExample, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';
import { startChat, type Chat } from '../chat.js';

const PAGE = join(ROOT, 'examples/chat/page');
const KEY = 'a1b2c3d4e5f6a7b8';

let chat: Chat;
let address: string;
let reports: string[];
const report = (line: string) => void reports.push(line);
beforeEach(async () => {
  reports = [];
  chat = await startChat({ page: PAGE, port: 0, host: '127.0.0.1', report });
  address = chat.url.replace('http', 'ws') + '/chat';
});
afterEach(() => chat.close());
afterAll(killRemaining);

test('the page comes with a policy that lets nothing else in', async () => {
  const response = await fetch(chat.url);
  const headers = Object.fromEntries(response.headers);
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' });
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|http/);
  expect(await response.text()).toContain('</html>');
});

test('every file that the page names is there', async () => {
  const html = await (await fetch(chat.url)).text();
  const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
  const script = await (await fetch(`${chat.url}/chat.js`)).text();
  const modules = [...script.matchAll(/from '\.(\/[^']+)'/g)].map(([, path]) => path!);
  expect(modules).not.toEqual([]);
  for (const path of [...paths, ...modules]) {
    const { status, headers } = await fetch(chat.url + path);
    expect([path, status, headers.get('content-type')]).toEqual([
      path,
      200,
      expect.stringMatching(/css|javascript|svg/),
    ]);
  }
});

test.each([
  ['GET', '/nothing', 404],
  ['GET', '/../main.ts', 404],
  ['POST', '/', 405],
  ['HEAD', '/?query', 200],
])('%s %s: %i', async (method, path, status) => {
  expect((await fetch(chat.url + path, { method })).status).toBe(status);
});

test('two clients talk', async () => {
  const ada = await WsClient.open(address);
  ada.send({ type: 'join', name: 'Ada', key: KEY });
  expect(await ada.nextJson()).toMatchObject({ type: 'welcome', people: [{ name: 'Ada' }] });
  const bob = await WsClient.open(address);
  bob.send({ type: 'join', name: 'Bob', key: `${KEY}b` });
  expect(await bob.nextJson()).toMatchObject({ type: 'welcome', people: [{ name: 'Ada' }, { name: 'Bob' }] });
  expect(await ada.nextJson()).toMatchObject({ type: 'people' });
  bob.send({ type: 'say', id: '1', text: 'Hello' });
  expect(await ada.nextJson()).toMatchObject({ type: 'said', from: { name: 'Bob' }, text: 'Hello' });
  await bob.close();
  expect(await ada.nextJson()).toMatchObject({ type: 'people', people: [{ name: 'Ada' }] });
});

test('bad requests are refused with a reason and leave the connection open; one too large ends it', async () => {
  const client = await WsClient.open(address);
  for (const bad of ['no json', Buffer.from([1]), { type: 'say', id: '1', text: 'before join' }]) {
    client.send(bad);
    expect(await client.nextJson()).toMatchObject({ type: 'refused', reason: expect.any(String) });
  }
  client.send('x'.repeat(20_000));
  expect((await client.closed).code).toBe(1009);
  expect(reports).toEqual([expect.stringContaining('maxMessageBytes')]);
});

test('pages of other origins and other paths are refused', async () => {
  await expect(WsClient.open(address, { origin: 'http://example.com' })).rejects.toThrow('403');
  await expect(WsClient.open(address.replace('/chat', '/other'))).rejects.toThrow('404');
});

test('closing says so to everyone, and ends', async () => {
  const client = await WsClient.open(address);
  await chat.close();
  expect((await client.closed).code).toBe(1001);
  await expect(fetch(chat.url)).rejects.toThrow();
});

test('a second one says in a sentence that the port is in use', async () => {
  const port = Number(new URL(chat.url).port);
  const second = startChat({ page: PAGE, port, host: '127.0.0.1', report });
  await expect(second).rejects.toThrow(/^Port \d+ is in use: stop the program that has it, or set PORT to another\.$/);
});

test('a missing file of the page is named in a sentence', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sokker-chat-'));
  cpSync(PAGE, folder, { recursive: true });
  rmSync(join(folder, 'chat.css'));
  await expect(startChat({ page: folder, port: 0, report })).rejects.toThrow(
    /^The chat's page lacks a file: put .*chat\.css back/,
  );
  rmSync(folder, { recursive: true });
});

test('as npm start starts it', async () => {
  const started = await startExample('examples/chat/main.ts');
  expect(await (await fetch(`http://localhost:${started.port}`)).text()).toContain('<title>Sokker chat</title>');
  const { errors } = await runExample('examples/chat/main.ts', { PORT: String(started.port) });
  expect(errors).toMatch(/^Port \d+ is in use: [^\n]+\n$/);
  expect(await started.kill('SIGINT')).toMatchObject({ status: 0, errors: '' });
});
