import { processBackplane, relayWorkers } from '@sokker/cluster';
import { ManualClock } from '@sokker/testkit';
import type { EventEmitter } from 'node:events';
import { Ear, keepsItsPromise } from './contract.js';
import { cluster, FakeWorker } from './fake-worker.js';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const events = process as unknown as Pick<EventEmitter, 'emit'>;
const before: unknown = Reflect.get(process, 'send');

const ours = (say: string, port: unknown, rest = {}): unknown => ({ sokkerCluster: 1, say, port, ...rest });

/** Answers what this process says to its primary. */
function bePrimary(hear: (message: Record<string, unknown>) => void): void {
  const send = (
    message: Record<string, unknown>,
    ...[, , done]: [unknown, unknown, (error: null) => void]
  ): boolean => {
    hear(message);
    process.nextTick(done, null);
    return true;
  };
  Object.assign(process, { send });
}

beforeAll(() => void (cluster.isWorker = true));
afterAll(() => {
  cluster.isWorker = false;
  Object.assign(process, { send: before });
});

/** All of them in this process, as if it had its primary in itself. */
describe('with its relay', () => {
  keepsItsPromise(() => {
    const undo = relayWorkers();
    const worker = new FakeWorker((message) => void events.emit('message', message));
    bePrimary((message) => worker.say(message));
    return Promise.resolve({ backplane: () => processBackplane(), stop: () => Promise.resolve(undo()) });
  });
});

describe('a worker', () => {
  test('whose primary relays nothing is told what to do, and a late answer does no harm', async () => {
    const said: Record<string, unknown>[] = [];
    bePrimary((message) => said.push(message));
    const clock = new ManualClock();
    const { backplane } = new Ear(processBackplane({ clock, answerTimeoutMs: 1000 }));
    const subscribed = backplane.subscribe('a');
    let rejected = false;
    subscribed.catch(() => (rejected = true));
    clock.advance(999);
    await new Promise(setImmediate);
    expect(rejected).toBe(false);
    clock.advance(1);
    await expect(subscribed).rejects.toEqual(code('ERR_SOKKER_RELAY'));
    await expect(backplane.publish('a', Buffer.alloc(1))).rejects.toEqual(code('ERR_SOKKER_RELAY'));
    events.emit('message', { ...said[0], say: 'done' });
    await backplane.publish('a', Buffer.alloc(1));
    await backplane.close();
  });

  test('leaves alone what the application says, and what is for another, and hears of gaps', async () => {
    const said: Record<string, unknown>[] = [];
    bePrimary((message) => said.push(message));
    const ear = new Ear(processBackplane({ prefix: 'mine' }));
    void ear.backplane.publish('a', Buffer.from('hi'));
    const [{ port, channel, message } = {}] = said;
    expect([channel, message]).toEqual(['mine:a', 'aGk=']);
    for (const other of [
      null,
      'sokker',
      5,
      {},
      ours('gap', -1),
      { sokkerCluster: 2, say: 'gap', port },
      ours('message', port),
      ours('later', port),
    ])
      events.emit('message', other);
    events.emit('message', ours('gap', port));
    events.emit('message', ours('message', port, { channel, message }));
    expect([ear.heard, ear.gaps]).toEqual([['a hi'], 1]);
    await ear.backplane.close();
    events.emit('message', ours('gap', port));
    expect([ear.gaps, process.listenerCount('message'), said.at(-1)]).toEqual([1, 0, ours('close', port)]);
  });

  test('that has lost its primary cannot publish', async () => {
    const gone = new Error('gone');
    const send = (...args: unknown[]): boolean => {
      process.nextTick(args[3] as () => void, gone);
      return false;
    };
    Object.assign(process, { send });
    const ear = new Ear(processBackplane());
    const { backplane } = ear;
    events.emit('disconnect');
    expect(ear.cuts).toBe(1);
    await expect(backplane.publish('a', Buffer.alloc(1))).rejects.toBe(gone);
    await expect(backplane.subscribe('a')).rejects.toBe(gone);
    const pending = backplane.subscribe('b');
    await backplane.close();
    await expect(pending).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  });

  test('is what a process has to be', () => {
    cluster.isWorker = false;
    expect(() => processBackplane()).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
    expect(() => processBackplane({ answerTimeoutMs: 0 })).toThrow(code('ERR_SOKKER_OPTION') as Error);
  });
});
