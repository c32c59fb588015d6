import type { Retry } from '@sokker/client';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRemaining, startExample, type ExampleProcess } from '../../test/example-process.js';
import { Sender } from '../sender.js';

const CLIENTS = 6;

let folder: string;
let log: string;
let server: ExampleProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sokker-restart-'));
  log = join(folder, 'messages.jsonl');
  server = await startExample('examples/rolling-restart/main.ts', { LOG: log });
});
afterEach(() => {
  killRemaining();
  rmSync(folder, { recursive: true });
});

/** Of a restart a client sees a Close that says so, or a server that asks it to come back; never a lost connection. */
function outcomeOf({ after }: Retry): unknown {
  return after.type === 'closed' ? after.record.code : (after.error as { status?: number }).status;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function idsIn(file: string): Set<string> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return new Set(lines.map((line) => (JSON.parse(line) as { text: string }).text));
}

test('both servers are replaced: every client is told, and nothing acknowledged is lost', async () => {
  const outcomes: unknown[] = [];
  const senders = Array.from(
    { length: CLIENTS },
    () => new Sender(`ws://localhost:${server.port}`, (retry) => outcomes.push(outcomeOf(retry))),
  );
  const runs = senders.map((sender) => sender.run());
  const first = await Promise.all(senders.map((sender, index) => sender.send(`${index} first`)));
  const replaced = [...new Set(first)];
  expect(replaced).toHaveLength(2);

  void server.kill('SIGUSR2');
  const acknowledged = new Set<string>();
  const talk = async (sender: Sender, index: number): Promise<number> => {
    for (let count = 0; replaced.some(isAlive); count++) {
      await sender.send(`${index} ${count}`);
      acknowledged.add(`${index} ${count}`);
    }
    return sender.send(`${index} last`);
  };
  const last = await Promise.all(senders.map(talk));

  expect(last.filter((worker) => replaced.includes(worker))).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(CLIENTS);
  expect(outcomes.filter((outcome) => outcome !== 1012 && outcome !== 503)).toEqual([]);
  const kept = idsIn(log);
  expect([...acknowledged].filter((text) => !kept.has(text))).toEqual([]);

  for (const sender of senders) sender.end();
  await Promise.all(runs);
  expect(await server.kill('SIGTERM')).toMatchObject({ status: 0, errors: '' });
}, 60_000);

test('a worker that is lost is replaced', async () => {
  const sender = new Sender(`ws://localhost:${server.port}`, () => undefined);
  const run = sender.run();
  const lost = await sender.send('before');
  process.kill(lost, 'SIGKILL');
  while (isAlive(lost)) await sender.send('meanwhile');
  expect(await sender.send('after')).not.toBe(lost);
  sender.end();
  await run;
  const { status, errors } = await server.kill('SIGINT');
  expect([status, errors]).toEqual([0, `Worker ${lost} is lost; another takes its place.\n`]);
}, 60_000);
