import { SokkerServer } from '@sokker/server';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { faultyClient } from './faulty-client.js';
import { faultyServer, opens } from './faulty-server.js';
import type { Faults } from './faulty.js';
import { twoAtATime } from './runs.js';

const certificates = join(__dirname, '..', '..', '..', 'client', 'test', 'certificates');
const command = join(__dirname, '..', '..', 'src', 'main.ts');

async function run(...args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(certificates, 'ca.pem') },
  });
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

async function runAt(faults: Faults, ...args: readonly string[]): Promise<Awaited<ReturnType<typeof run>>> {
  const server = await faultyServer(faults);
  try {
    return await run('--patience', '300', '--timeout', '1000', ...args, server.url);
  } finally {
    await server.close();
  }
}

const RSV = '^header/reserved-bits/text-rsv-[12]-server$';

test('prints a table and ends with 0 where nothing differs', async () => {
  const { code, out, err } = await runAt({}, '--only', '^fragmentation/');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^ +run +right +crash .* not run\nC Fragmentation +24 +24 +0 .* 11\nall +24 +24 /);
  expect(out).toMatch(/\n\nNot run:\n +5 {2}asks for maxMessageBytes 10\n/);
});

test('prints what differs, and ends with 1', async () => {
  const { code, out } = await runAt({ onError: () => {} }, '--only', RSV);
  expect(code).toBe(1);
  expect(out).toMatch(
    /^accepts +header\/reserved-bits\/text-rsv-1-server \(RFC 6455 §5\.2\): did not fail, expected 1002\n/,
  );
  expect(out).toMatch(/\nA Header |\nA Frame headers +2 +0 +0 +2 /);
});

test('counts what is late by group, unless it will do', async () => {
  const strict = await runAt(twoAtATime, '--only', RSV);
  expect(strict.code).toBe(1);
  expect(strict.out).toMatch(/^late +header\/reserved-bits \(2\)\n/);
  const lenient = await runAt(twoAtATime, '--only', RSV, '--late');
  expect({ code: lenient.code, late: /^late/m.test(lenient.out) }).toEqual({ code: 0, late: false });
});

test('prints lines of JSON', async () => {
  const { code, out } = await runAt({ onError: () => {} }, '--json', '--only', RSV);
  expect(code).toBe(1);
  const lines = out.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    id: 'header/reserved-bits/text-rsv-1-server',
    rule: { rfc: '6455', section: '5.2' },
    findings: [{ deviation: 'accepts' }, { deviation: 'accepts' }],
  });
});

test.each<[name: string, args: string[], err: RegExp]>([
  ['without a URL', [], /^Plays the fixtures/],
  ['an unknown flag', ['--strict', 'ws://127.0.0.1:9/'], /^Unknown option '--strict'/],
  ['a URL of another kind', ['http://127.0.0.1:9/'], /^the URL of a server begins with ws:\/\/ or wss:\/\//],
  [
    'a number that is none',
    ['--patience', 'long', 'ws://127.0.0.1:9/'],
    /^testServer: patienceMs must be an integer from 1/,
  ],
  ['what is no regular expression', ['--only', '(', 'ws://127.0.0.1:9/'], /^--only: Invalid regular expression/],
  ['a host without a port', ['--host', '::1', 'ws://127.0.0.1:9/'], /^--host goes with --listen/],
  ['connections of a client', ['--listen', '0', '--connections', '2'], /--connections is for servers/],
  ['a port that is none', ['--listen', 'http'], /^testClient: port must be an integer from 0 to 65535/],
  ['nobody there', ['ws://127.0.0.1:9/'], /^nobody is reached at 127\.0\.0\.1:9\/: .*ECONNREFUSED/],
])('ends with 2: %s', async (_name, args, err) => {
  expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(err) });
});

test('ends with 2 where no fixture fits, and where nobody echoes', async () => {
  expect(await runAt({}, '--only', '^nothing')).toMatchObject({ code: 2, err: expect.stringMatching(/^no fixture/) });
  const mute = await runAt({ onMessage: () => {} }, '--timeout', '300');
  expect(mute).toMatchObject({
    code: 2,
    err: expect.stringMatching(/ does not echo: where the text "Hello" .* must come back first, it sent nothing\n$/),
  });
});

test('--help', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/npx @sokker\/testkit/) });
});

test('reaches a server over TLS', async () => {
  const pem = readFileSync(join(certificates, 'good.pem'));
  const https = createServer({ key: pem, cert: pem });
  const server = new SokkerServer({ origin: 'any' });
  server.attach(https);
  server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  try {
    const { port } = https.address() as AddressInfo;
    const { code, out, err } = await run('--only', '^(?:close-payload|handshake/open)/', `wss://localhost:${port}/`);
    expect({ code, err, differs: /^(?:accepts|refuses|events|crash)/m.test(out) }).toEqual({
      code: 0,
      err: '',
      differs: false,
    });
    expect(out).toMatch(/^B Close payloads +49 +49 /m);
  } finally {
    await server.close();
    https.close();
  }
});

test('plays to a client where it is told to listen', async () => {
  const argv = ['--import', 'tsx', command, '--listen', '0', '--only', '^client/response/plain$'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const out = text(child.stdout);
  const [line] = (await once(child.stderr, 'data')) as [Buffer];
  const [url = ''] = /ws:\S+/.exec(line.toString()) ?? [];
  const [[code]] = await Promise.all([once(child, 'close'), faultyClient(url, {})]);
  expect(code).toBe(0);
  expect(await out).toMatch(/^H Opening handshake, client +1 +1 /m);
});

test('prints what was found before it was interrupted', async () => {
  const { promise: reached, resolve: reach } = promiseOf();
  const server = await faultyServer({ head: (socket, accept, n) => (n < 10 ? opens(socket, accept) : reach()) });
  const argv = ['--import', 'tsx', command, '--connections', '1', '--only', '^close-payload/', server.url];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const out = text(child.stdout);
  // One connection for the echo, two for each of four fixtures; the fifth is not answered any more.
  await reached;
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  await server.close();
  expect(code).toBe(130);
  expect(await out).toMatch(/^B Close payloads +4 +4 /m);
});

function promiseOf(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
