import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { random } from '@sokker/testkit';
import { killRemaining, runExample, startExample } from '../../test/example-process.js';
import { WsClient } from '../../test/ws-client.js';

const MAIN = 'examples/log/main.ts';
const LIVES = 5;
const MOST_MESSAGES = 3000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sokker-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(killRemaining);

function records(name: string): Record<string, unknown>[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('messages and errors go to their files', async () => {
  const log = await startExample(MAIN, { LOG_FOLDER: folder });
  const client = await WsClient.open(`ws://localhost:${log.port}`);
  client.send('text');
  client.send(Buffer.from([0, 255]));
  expect([await client.next(), await client.next()]).toEqual(['1', '2']);
  client.send(Buffer.alloc(1024 * 1024 + 1));
  expect((await client.closed).code).toBe(1009);
  expect(await log.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
  expect(records('messages.jsonl')).toMatchObject([{ text: 'text' }, { base64: 'AP8=' }]);
  expect(records('errors.jsonl')).toMatchObject([{ code: 'ERR_SOKKER_MESSAGE_TOO_BIG', section: expect.any(String) }]);
});

test('a folder that cannot be written ends with a sentence', async () => {
  const { status, errors } = await runExample(MAIN, { LOG_FOLDER: join(folder, 'none') });
  expect([status, errors]).toEqual([
    1,
    expect.stringMatching(/^[^\n]+ cannot be written \(ENOENT\): set LOG_FOLDER [^\n]+\n$/),
  ]);
});

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

test(`killed with SIGKILL ${LIVES} times, it loses nothing that it acknowledged (SEED=${SEED})`, async () => {
  const chance = random(SEED);
  const acknowledged: string[] = [];
  for (let life = 0; life < LIVES; life++) {
    const log = await startExample(MAIN, { LOG_FOLDER: folder });
    const client = await WsClient.open(`ws://localhost:${log.port}`);
    for (let number = 1; number <= MOST_MESSAGES; number++) client.send(`${life}.${number}`);
    // The end comes while messages are on their way, waiting for the disk, or acknowledged.
    const last = 1 + Math.floor(chance() * MOST_MESSAGES);
    for (let number = 1; number <= last; number++) acknowledged.push(`${life}.${String(await client.next())}`);
    client.socket.on('error', () => undefined);
    await log.kill('SIGKILL');
    await client.closed;
  }
  const log = await startExample(MAIN, { LOG_FOLDER: folder });
  await log.kill('SIGTERM');
  const kept = records('messages.jsonl').map(({ text }) => text as string);
  const found = new Set(kept);
  const lost = acknowledged.filter((text) => !found.has(text));
  expect(lost).toEqual([]);
  // In order and each once, also what was written and not yet acknowledged.
  for (let life = 0; life < LIVES; life++) {
    const numbers = kept.filter((text) => text.startsWith(`${life}.`)).map((text) => Number(text.split('.')[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  }
}, 60_000);
