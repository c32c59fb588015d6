import { connect, type Connection } from '@sokker/client';
import { processBackplane, relayWorkers } from '@sokker/cluster';
import type { Message } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Ear } from './contract.js';

const ROOT = join(__dirname, '../../..');
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

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

describe('a worker', () => {
  const events = process as unknown as Pick<EventEmitter, 'emit'>;
  const send: unknown = Reflect.get(process, 'send');
  afterEach(() => {
    Object.assign(process, { send });
  });

  /** The primary, as this process sees it: what was said to it, and its answers. */
  function fakePrimary(): { readonly said: Record<string, unknown>[]; readonly answer: (message: unknown) => void } {
    const said: Record<string, unknown>[] = [];
    process.send = ((message: Record<string, unknown>, _handle: unknown, _options: unknown, done: () => void) => {
      said.push(message);
      process.nextTick(done, null);
      return true;
    }) as NonNullable<typeof process.send>;
    return { said, answer: (message) => void events.emit('message', message) };
  }

  test('whose primary relays nothing is told what to do, and a late answer does no harm', async () => {
    const { said, answer } = fakePrimary();
    const clock = new ManualClock();
    const { backplane } = new Ear(processBackplane({ clock, answerTimeoutMs: 1000 }));
    const subscribed = backplane.subscribe('a');
    clock.advance(999);
    clock.advance(1);
    await expect(subscribed).rejects.toEqual(code('ERR_SOKKER_RELAY'));
    answer({ sokker: 'done', id: said[0]?.id });
    await backplane.close();
  });

  test('leaves alone what the application says, and hears of gaps', async () => {
    const { answer } = fakePrimary();
    const ear = new Ear(processBackplane());
    for (const message of [null, 'sokker', 5, {}, { sokker: 'unheard of' }]) answer(message);
    answer({ sokker: 'gap' });
    answer({ sokker: 'message', channel: 'a', message: 'aGk=' });
    await ear.until(2);
    expect([ear.heard, ear.gaps]).toEqual([['a hi'], 1]);
    await ear.backplane.close();
    answer({ sokker: 'gap' });
    expect([ear.gaps, process.listenerCount('message')]).toEqual([1, 0]);
  });

  test('that has lost its primary cannot publish', async () => {
    const gone = new Error('gone');
    process.send = ((...args: unknown[]) => {
      process.nextTick(args[3] as () => void, gone);
      return false;
    }) as NonNullable<typeof process.send>;
    const { backplane } = new Ear(processBackplane());
    await expect(backplane.publish('a', Buffer.alloc(1))).rejects.toBe(gone);
    await expect(backplane.subscribe('a')).rejects.toBe(gone);
    const pending = backplane.subscribe('b');
    await backplane.close();
    await expect(pending).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  });

  test('is what a process has to be', () => {
    Reflect.deleteProperty(process, 'send');
    expect(() => processBackplane()).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
    expect(() => processBackplane({ answerTimeoutMs: 0 })).toThrow(code('ERR_SOKKER_OPTION') as Error);
  });
});

describe('relayWorkers', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const cluster = require('node:cluster') as EventEmitter & { isPrimary: boolean };

  /** A worker as the primary sees it, which takes what it is sent when it is told to. */
  class FakeWorker {
    readonly sent: unknown[] = [];
    readonly #unread: (() => void)[] = [];

    send(message: unknown, _handle: unknown, _options: unknown, done: () => void): boolean {
      this.sent.push(message);
      this.#unread.push(done);
      return true;
    }

    read(): void {
      for (const done of this.#unread.splice(0)) done();
    }

    say(message: unknown): void {
      cluster.emit('message', this, message);
    }
  }

  test('of what a worker does not read it keeps maxWaitingBytes and a message; then there is a gap', () => {
    const undo = relayWorkers({ maxWaitingBytes: 10 });
    const [speaker, reader] = [new FakeWorker(), new FakeWorker()];
    reader.say({ sokker: 'subscribe', channel: 'a', id: 7 });
    expect(reader.sent).toEqual([{ sokker: 'done', id: 7 }]);
    reader.read();
    for (const message of ['12345678', '12345678', 'lost', 'lost'])
      speaker.say({ sokker: 'publish', channel: 'a', message });
    const carried = { sokker: 'message', channel: 'a', message: '12345678' };
    expect(reader.sent.slice(1)).toEqual([carried, carried]);
    reader.read();
    expect(reader.sent.slice(3)).toEqual([{ sokker: 'gap' }]);
    speaker.say({ sokker: 'publish', channel: 'a', message: 'x' });
    expect(reader.sent).toHaveLength(5);
    undo();
    expect(cluster.listenerCount('message')).toBe(0);
  });

  test('forgets a worker that is gone, and passes over what the application says', () => {
    const undo = relayWorkers();
    const [speaker, reader] = [new FakeWorker(), new FakeWorker()];
    reader.say({ sokker: 'subscribe', channel: 'a', id: 1 });
    for (const message of [null, 'sokker', { type: 'mine' }]) reader.say(message);
    cluster.emit('disconnect', reader);
    cluster.emit('disconnect', new FakeWorker());
    speaker.say({ sokker: 'publish', channel: 'a', message: 'x' });
    expect([reader.sent, speaker.sent]).toEqual([[{ sokker: 'done', id: 1 }], []]);
    undo();
  });

  test('is for the primary, and its options are checked', () => {
    expect(() => relayWorkers({ maxWaitingBytes: 0 })).toThrow(code('ERR_SOKKER_OPTION') as Error);
    cluster.isPrimary = false;
    expect(() => relayWorkers()).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
    cluster.isPrimary = true;
  });
});
