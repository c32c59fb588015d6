// Other implementations talk to the echo and to the raw pipeline, each with what its interface lets it send.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { type ExampleProcess, killRemaining, ROOT, startExample } from './example-process.js';
import { installed, nodeWithWebSocket, type Runtime } from './runtimes.js';
import { WsClient } from './ws-client.js';

const CLIENTS = join(ROOT, 'examples/test/clients');
const execute = promisify(execFile);

let browser: Browser;
let node: Runtime;
beforeAll(async () => {
  node = nodeWithWebSocket();
  browser = await launchChromium();
}, 180_000);
afterAll(async () => {
  killRemaining();
  node.remove();
  await browser.close();
});

/** Runs a client that prints what it found, as JSON. */
async function told(command: string, ...parameters: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await execute(command, parameters, { timeout: 40_000, cwd: CLIENTS });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each([
  ['npm run echo', 'examples/echo/main.ts', {}, false],
  ['DEFLATE=1 npm run echo', 'examples/echo/main.ts', { DEFLATE: '1' }, true],
  ['the raw pipeline', 'examples/raw-pipeline/main.ts', {}, false],
])('%s', (_name, path, environment, deflates) => {
  let server: ExampleProcess;
  let url: string;
  beforeAll(async () => {
    server = await startExample(path, environment);
    url = `ws://localhost:${server.port}/`;
  });
  afterAll(async () => {
    await server.kill('SIGTERM');
  });

  const throughWebSocket = {
    text: true,
    binary: true,
    close: 3001,
    clean: true,
  };

  test('python3-websockets', async () => {
    const extensions = deflates ? ['permessage-deflate'] : [];
    const all = { text: true, binary: true, fragments: true, ping: true, close: 3001, extensions };
    expect(await told('/usr/bin/python3', join(CLIENTS, 'web_sockets.py'), url)).toEqual(all);
  });

  test('ws', async () => {
    const client = await WsClient.open(url);
    expect(client.socket.extensions.includes('permessage-deflate')).toBe(deflates);
    client.send('Grüße, 🌍');
    expect(await client.next()).toBe('Grüße, 🌍');
    const large = Buffer.alloc(1024 * 1024, 'sokker');
    client.send(large);
    expect(large.equals((await client.next()) as Buffer)).toBe(true);
    client.socket.send('one text in ', { fin: false });
    client.socket.send('two fragments', { fin: true });
    expect(await client.next()).toBe('one text in two fragments');
    expect(await client.ping('how far?')).toBe('how far?');
    expect((await client.close(3001, 'bye')).code).toBe(3001);
  });

  test('Chromium', async () => {
    const page = await browser.newPage();
    // The refusal of a request for a page is a page of the server's own origin: those of others are not let in.
    await page.addInitScript({ path: join(CLIENTS, 'converse.js') });
    await page.goto(url.replace('ws', 'http'));
    const found = await page.evaluate<Record<string, unknown>>(`converse(${JSON.stringify(url)})`);
    expect(found).toMatchObject(throughWebSocket);
    expect(String(found.extensions).includes('permessage-deflate')).toBe(deflates);
    await page.close();
  });

  test.each([
    ['Node with its own WebSocket', () => [node.path]],
    ['Bun', () => [installed('bun'), 'run']],
    ['Deno', () => [installed('deno'), 'run', '--allow-net']],
  ])('%s', async (_runtime, command) => {
    const [path = '', ...flags] = command();
    expect(await told(path, ...flags, join(CLIENTS, 'main.js'), url)).toMatchObject(throughWebSocket);
  });
});
