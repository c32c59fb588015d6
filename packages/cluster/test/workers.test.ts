import { connect, type Connection } from '@sokker/client';
import type { Message } from '@sokker/frame';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(__dirname, '../../..');

describe('workers of node:cluster', () => {
  let primary: ChildProcessByStdio<null, Readable, null>;
  let lines: AsyncIterator<string>;
  let port: number;

  const nextPort = async (): Promise<number> => Number((await lines.next()).value);

  beforeEach(async () => {
    const argv = ['--import', 'tsx', join(__dirname, 'workers.ts')];
    primary = spawn(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    lines = createInterface(primary.stdout)[Symbol.asyncIterator]();
    port = await nextPort();
  });
  afterEach(async () => {
    const exited = once(primary, 'exit');
    primary.kill('SIGTERM');
    await exited;
  });

  /** A client in topics, and the process that serves it. */
  async function visit(...topics: readonly string[]): Promise<Visitor> {
    const client = await connect(`ws://127.0.0.1:${port}`);
    const messages = client[Symbol.asyncIterator]();
    const heard = async (): Promise<string> => ((await messages.next()).value as Message).text();
    let pid = 0;
    for (const topic of topics) {
      client.send(JSON.stringify({ join: topic }));
      pid = Number(await heard());
    }
    return { client, pid, heard };
  }

  interface Visitor {
    readonly client: Connection;
    readonly pid: number;
    heard(): Promise<string>;
  }

  const say = ({ client }: Visitor, text: string, to?: string): unknown =>
    client.send(JSON.stringify({ say: text, to }));

  test('one that is killed takes its own clients along; the others go on, and so does the one in its place', async () => {
    // Sockets are handed out in turn.
    const visitors = [await visit('a'), await visit('a'), await visit('a', 'b')] as const;
    const [first, second, third] = visitors;
    expect(new Set(visitors.map(({ pid }) => pid)).size).toBe(3);
    say(first, 'to a', 'a');
    for (const visitor of visitors) expect(await visitor.heard()).toBe('to a');
    say(first, 'to b', 'b');
    say(first, 'to all');
    expect([await third.heard(), await third.heard(), await second.heard()]).toEqual(['to b', 'to all', 'to all']);
    expect(await first.heard()).toBe('to all');

    process.kill(third.pid, 'SIGKILL');
    expect((await third.client.closed).code).toBe(1006);
    say(second, 'still here', 'a');
    expect([await first.heard(), await second.heard()]).toEqual(['still here', 'still here']);

    expect(await nextPort()).toBe(port);
    const later = [await visit('a'), await visit('a'), await visit('a')];
    expect(later.some(({ pid }) => ![first.pid, second.pid].includes(pid))).toBe(true);
    say(later[2]!, 'back', 'a');
    for (const visitor of [first, second, ...later]) expect(await visitor.heard()).toBe('back');
    for (const { client } of [first, second, ...later]) client.terminate();
  });
});
