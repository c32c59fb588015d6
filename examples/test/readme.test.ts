// What the README shows is run as a newcomer would run it: saved to a file, and started.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRemaining, ROOT, runExample, startExample } from './example-process.js';
import { WsClient } from './ws-client.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const fences = [...README.matchAll(/^```(?<language>\w+)\n(?<code>.*?)^```$/gms)].map(({ groups }) => ({
  language: groups!.language!,
  code: groups!.code!,
}));
const scripts = fences.filter(({ language }) => language === 'ts').map(({ code }) => code);
const [HELLO, SAY, COMPOSER, TESTER] = scripts as [string, string, string, string];

let folder: string;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sokker-readme-'));
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  await once(probe, 'close');
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killRemaining);

/** Saves a block of the README, with a port that is free in place of 3000. */
function save(code: string): string {
  const path = join(folder, `block-${scripts.indexOf(code)}.mts`);
  writeFileSync(path, code.replaceAll('3000', String(port)));
  return path;
}

test('every block is known here', () => {
  expect(fences.map(({ language }) => language)).toEqual(['sh', 'ts', 'ts', 'ts', 'ts', 'sh']);
});

test('the commands are scripts of package.json', () => {
  const { scripts: known } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const commands = [...fences[0]!.code.matchAll(/^npm ci && npm (\w+)/gm)].map(([, name]) => name!);
  expect(commands).toEqual(['start', 'test']);
  expect(Object.keys(known)).toEqual(expect.arrayContaining(commands));
});

test('the server and the client talk', async () => {
  const server = await startExample(save(HELLO));
  expect(await runExample(save(SAY))).toMatchObject({ status: 0, output: 'You said: hello\n', errors: '' });
  await server.kill('SIGTERM');
});

test('frames from a socket of one’s own', async () => {
  const server = await startExample(save(COMPOSER));
  await expect(WsClient.open(`ws://localhost:${port}`, { origin: 'http://example.com' })).rejects.toThrow('403');
  const client = await WsClient.open(`ws://localhost:${port}`);
  client.send('hello');
  expect(await client.next()).toBe('hello');
  expect(await client.ping('p')).toBe('p');
  expect((await client.close(3001)).code).toBe(3001);
  const broken = await WsClient.open(`ws://localhost:${port}`);
  broken.socket.on('error', () => undefined);
  broken.socket.send('x', { mask: false });
  await broken.closed;
  const vanishing = await WsClient.open(`ws://localhost:${port}`);
  vanishing.socket.terminate();
  const after = await WsClient.open(`ws://localhost:${port}`);
  after.send('still here');
  expect(await after.next()).toBe('still here');
  after.socket.terminate();
  await server.kill('SIGTERM');
});

test('the fixtures find nothing wrong', async () => {
  const { status, output } = await runExample(save(TESTER));
  expect([status, output]).toEqual([0, expect.stringMatching(/^[#ℹ] pass [1-9]\d\d$[^]*^[#ℹ] fail 0$/m)]);
});

test('the command finds nothing wrong with the echo', async () => {
  expect(fences.at(-1)!.code).toBe('npm run echo\nnpx @sokker/testkit ws://localhost:3000/\n');
  const server = await startExample(join(ROOT, 'examples/echo/main.ts'));
  const command = join(ROOT, 'packages/testkit/src/main.ts');
  const { status, output, errors } = await runExample(command, {}, [`ws://localhost:${server.port}/`]);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(output).toMatch(/^all +533 +533 +0 /m);
  await server.kill('SIGTERM');
});
