import { Cluster, type Backplane } from '@sokker/cluster';
import { prepare, SokkerServer } from '@sokker/server';
import { ManualClock } from '@sokker/testkit';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { Bus } from './bus.js';
import { nodes } from './nodes.js';

const start = nodes();

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What `error` says, as codes. */
function codesOf(cluster: Cluster): string[] {
  const codes: string[] = [];
  cluster.on('error', ({ code: said = 'none' }) => codes.push(said));
  return codes;
}

test('a broadcast reaches the clients of every server, each once', async () => {
  const bus = new Bus();
  const [first, second] = [await start(bus.port()), await start(bus.port())];
  const visitors = [await first.visit(), await first.visit(), await second.visit()];
  await second.cluster.subscribed();
  expect(await first.cluster.broadcast('one')).toEqual({ sent: 2, slow: 0, dropped: 0 });
  await second.cluster.broadcast('two');
  for (const visitor of visitors) expect([await visitor.heard(), await visitor.heard()]).toEqual(['one', 'two']);
  expect(first.cluster.metrics()).toEqual({
    subscriptions: 2,
    pendingBytes: 0,
    published: 1,
    failed: 0,
    received: 1,
    refused: 0,
    gaps: 0,
  });
});

test('a topic reaches those in it alone, and servers without any hear nothing of it', async () => {
  const bus = new Bus();
  const [first, second, third] = [await start(bus.port()), await start(bus.port()), await start(bus.port())];
  const [there, beside] = [await second.visit('a'), await second.visit('b')];
  const [here, mine] = [await first.visit('a'), await first.visit('a')];
  await first.cluster.broadcast('to a', { to: 'a', except: mine.connection });
  await first.cluster.broadcast('to all');
  expect([await there.heard(), await here.heard()]).toEqual(['to a', 'to a']);
  expect([await mine.heard(), await beside.heard()]).toEqual(['to all', 'to all']);
  expect([second.cluster.metrics().received, third.cluster.metrics().received]).toEqual([2, 1]);
});

test('type, key and compress arrive with a message', async () => {
  const bus = new Bus();
  const [first, second] = [await start(bus.port()), await start(bus.port())];
  const { connection, heardAs } = await second.visit();
  const offer = jest.spyOn(connection, 'offer');
  await first.cluster.broadcast('a', { key: 'k', compress: false });
  await first.cluster.broadcast(Buffer.from('b'));
  await first.cluster.broadcast(Buffer.from('c'), { type: 'text' });
  await first.cluster.broadcast(prepare('d'), { key: '' });
  const types = [await heardAs(), await heardAs(), await heardAs(), await heardAs()];
  expect(types).toEqual(['text a', 'binary b', 'text c', 'text d']);
  const offered = offer.mock.calls.map(([, options]) => options);
  expect(offered.slice(0, 2)).toEqual([
    { key: 'k', compress: false },
    { key: undefined, compress: true },
  ]);
  expect(offered[3]).toEqual({ key: '', compress: true });
});

test('it subscribes to what clients are in, before it was made as well, and leaves what nobody is in any more', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const { connection } = await node.visit('a');
  const later = new Cluster(node.server, bus.port());
  await later.subscribed('a');
  expect(bus.subscribers.get('topic/a')?.size).toBe(2);
  connection.leave('a');
  await turn();
  expect(bus.subscribers.get('topic/a')?.size).toBe(0);
  await expect(node.cluster.subscribed('a')).rejects.toEqual(code('ERR_SOKKER_NOT_SUBSCRIBED'));
  connection.join('b');
  connection.terminate();
  await once(node.server, 'close');
  await turn();
  expect(bus.subscribers.get('topic/b')?.size).toBe(0);
  await later.close();
});

test('a topic that brokers cannot name stays on its server, and cannot be broadcast to', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const { connection } = await node.visit();
  connection.join('\ud800');
  await turn();
  expect([...bus.subscribers.keys()]).toEqual(['all', 'servers']);
  expect(() => node.cluster.broadcast('x', { to: '\ud800' })).toThrow(code('ERR_SOKKER_OPTION') as Error);
  expect(() => node.cluster.subscribed('\ud800')).toThrow(code('ERR_SOKKER_ARGUMENT') as Error);
  expect(node.server.broadcast('x', { to: '\ud800' }).sent).toBe(1);
});

test('what the application does when a topic gets its first, or has lost its last, does not disturb it', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  node.server.on('error', () => undefined);
  node.server.on('occupied', (topic) => {
    if (topic === 'throws') throw new Error('mine');
    if (topic === 'leaves') for (const connection of node.server.topic(topic)) connection.leave(topic);
  });
  node.server.prependListener('vacated', (topic) => {
    if (topic === 'comes again') visitor.connection.join(topic);
  });
  const visitor = await node.visit();
  for (const topic of ['throws', 'leaves', 'comes again']) visitor.connection.join(topic);
  visitor.connection.leave('comes again');
  await turn();
  const subscribed = [...bus.subscribers].filter(([, ports]) => ports.size > 0).map(([channel]) => channel);
  expect(subscribed).toEqual(['all', 'servers', 'topic/throws', 'topic/comes again']);
});

test('a topic is of 1024 bytes at most', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const [long, longer] = ['ü'.repeat(512), `${'ü'.repeat(512)}x`] as const;
  await node.visit(long);
  expect((await node.cluster.broadcast('x', { to: long })).sent).toBe(1);
  const visitor = await node.visit();
  visitor.connection.join(longer);
  await turn();
  expect(bus.subscribers.size).toBe(3);
  expect(() => node.cluster.broadcast('x', { to: longer })).toThrow(code('ERR_SOKKER_OPTION') as Error);
});

test('the topic of no letters is a topic, and no broadcast to all', async () => {
  const bus = new Bus();
  const [first, second] = [await start(bus.port()), await start(bus.port())];
  const [inside, outside] = [await second.visit(''), await second.visit()];
  await first.cluster.broadcast('in', { to: '' });
  await first.cluster.broadcast('all');
  expect([await inside.heard(), await outside.heard()]).toEqual(['in', 'all']);
});

test('where the backplane fails, clients of this server have the message, and two learn of it', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const visitor = await node.visit();
  const codes = codesOf(node.cluster);
  bus.failWith = new Error('down');
  const published = node.cluster.broadcast('x');
  await expect(published).rejects.toMatchObject({ code: 'ERR_SOKKER_PUBLISH', cause: bus.failWith });
  expect([await visitor.heard(), codes, node.cluster.metrics().failed]).toEqual(['x', ['ERR_SOKKER_PUBLISH'], 1]);
  // Nobody heeds this one: the process goes on.
  void node.cluster.broadcast('y');
  await turn();
  expect(await visitor.heard()).toBe('y');
  bus.failWith = undefined;
});

test('where maxPendingBytes wait for the backplane, a broadcast stays here', async () => {
  const bus = new Bus();
  // Each counts for its bytes, those of the envelope and of the channel, and 2 KiB.
  const node = await start(bus.port(), { maxPendingBytes: 4000 });
  const codes = codesOf(node.cluster);
  let release = (): void => undefined;
  bus.holdPublishing = new Promise((resolve) => (release = resolve));
  const [first, second] = [node.cluster.broadcast('x'.repeat(40)), node.cluster.broadcast('x'.repeat(400))];
  expect(node.cluster.metrics().pendingBytes).toBe(2 * (18 + 'all'.length + 2048) + 40 + 400);
  await expect(node.cluster.broadcast('y')).rejects.toEqual(code('ERR_SOKKER_PUBLISH_BEHIND'));
  release();
  await Promise.all([first, second]);
  expect([codes, node.cluster.metrics()]).toMatchObject([
    ['ERR_SOKKER_PUBLISH_BEHIND'],
    { pendingBytes: 0, published: 2, failed: 1 },
  ]);
  await node.cluster.broadcast('z');
});

test('what is no message is dropped, and told', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const visitor = await node.visit();
  const codes = codesOf(node.cluster);
  await node.cluster.subscribed();
  bus.deliver('all', Buffer.from('hello'));
  bus.deliver('all', Buffer.from('\u0001\u0001................hello'));
  expect(await visitor.heard()).toBe('hello');
  expect([codes, node.cluster.metrics()]).toMatchObject([['ERR_SOKKER_ENVELOPE'], { received: 1, refused: 1 }]);
});

test('subscribing is tried again, and meanwhile nothing is lost of what is said here', async () => {
  const bus = new Bus();
  const clock = new ManualClock();
  bus.failWith = new Error('down');
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const node = await start(bus.port(), { clock });
  warn.mockRestore();
  const codes = codesOf(node.cluster);
  const visitor = await node.visit();
  visitor.connection.join('a');
  await turn();
  expect([codes, node.cluster.connected]).toEqual([['ERR_SOKKER_SUBSCRIBE'], false]);
  const subscribed = node.cluster.subscribed('a');
  bus.failWith = undefined;
  clock.advance(100);
  await subscribed;
  expect(node.cluster.connected).toBe(true);
  expect([...bus.subscribers.keys()]).toEqual(['all', 'servers', 'topic/a']);
});

test('servers say something to each other, which no client hears', async () => {
  const bus = new Bus();
  const [first, second, third] = [await start(bus.port()), await start(bus.port()), await start(bus.port())];
  const visitor = await second.visit();
  const told: unknown[] = [];
  for (const [index, { cluster }] of [first, second, third].entries()) {
    cluster.on('told', (message) => told.push([index, message.type, message.json()]));
  }
  await first.cluster.tell('{"logout":"ada"}');
  await second.cluster.tell(Buffer.from('5'));
  expect(told).toEqual([
    [1, 'text', { logout: 'ada' }],
    [2, 'text', { logout: 'ada' }],
    [0, 'binary', 5],
    [2, 'binary', 5],
  ]);
  await first.cluster.broadcast('to clients');
  expect(await visitor.heard()).toBe('to clients');
});

test('those in a topic are left out on every server', async () => {
  const bus = new Bus();
  const [first, second] = [await start(bus.port()), await start(bus.port())];
  const [mine, mineToo] = [await first.visit('room', 'me'), await second.visit('room', 'me')];
  const [here, there] = [await first.visit('room'), await second.visit('room')];
  expect((await first.cluster.broadcast('not to me', { to: 'room', except: 'me' })).sent).toBe(1);
  await second.cluster.broadcast('nor here', { except: 'me' });
  await first.cluster.broadcast('to all');
  for (const visitor of [here, there]) {
    expect([await visitor.heard(), await visitor.heard()]).toEqual(['not to me', 'nor here']);
  }
  expect([await mine.heard(), await mineToo.heard()]).toEqual(['to all', 'to all']);
});

test('while a server is cut off it says so, and who waits for a topic waits until it is back', async () => {
  const bus = new Bus();
  const port = bus.port();
  const node = await start(port);
  const { cluster } = node;
  await node.visit('a');
  expect(cluster.connected).toBe(true);
  const told: string[] = [];
  for (const name of ['cut', 'gap'] as const) cluster.on(name, () => told.push(name));
  port.listener?.onCut();
  port.listener?.onCut();
  let isSettled = false;
  const subscribed = cluster.subscribed('a').then(() => (isSettled = true));
  await turn();
  expect([cluster.connected, isSettled, told]).toEqual([false, false, ['cut']]);
  port.listener?.onGap();
  await subscribed;
  expect([cluster.connected, told]).toEqual([true, ['cut', 'gap']]);
  port.listener?.onCut();
  const pending = cluster.subscribed('a');
  await cluster.close();
  await expect(pending).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  port.listener?.onCut();
  expect(told).toEqual(['cut', 'gap', 'cut']);
});

test('a gap is told as an event, as a count and on a channel', async () => {
  const bus = new Bus();
  const port = bus.port();
  const node = await start(port);
  const published: unknown[] = [];
  const listen = (message: unknown): void => void published.push(message);
  subscribe('sokker:cluster:gap', listen);
  const gap = once(node.cluster, 'gap');
  port.listener?.onGap();
  await gap;
  unsubscribe('sokker:cluster:gap', listen);
  expect([published, node.cluster.metrics().gaps]).toEqual([[{ cluster: node.cluster }], 1]);
});

test('what a listener throws, or rejects, reaches error; without one there, the process warns', async () => {
  const bus = new Bus();
  const port = bus.port();
  const { cluster } = await start(port);
  const faults: Error[] = [];
  cluster.on('gap', () => {
    throw new Error('thrown');
  });
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  port.listener?.onGap();
  const unheard = [expect.any(String), code('SOKKER_UNHEARD')];
  expect(warn.mock.calls).toEqual([unheard]);
  cluster.on('error', (error) => void faults.push(error));
  port.listener?.onGap();
  cluster.removeAllListeners('gap');
  // eslint-disable-next-line @typescript-eslint/no-misused-promises
  cluster.on('gap', () => Promise.reject(new Error('rejected')));
  port.listener?.onGap();
  await turn();
  expect(faults.map(({ message }) => message)).toEqual(['thrown', 'rejected']);
  cluster.removeAllListeners().on('error', () => {
    throw new Error('thrown by the listener for errors');
  });
  port.listener?.onError(new Error('of the broker'));
  expect(warn.mock.calls).toEqual([unheard, unheard]);
  warn.mockRestore();
});

test('of errors that nobody heeds the process warns once', async () => {
  const bus = new Bus();
  const port = bus.port();
  await start(port);
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  for (const text of ['first', 'second']) port.listener?.onError(new Error(text));
  const detail: unknown = expect.stringContaining('Error: first');
  const warning = { type: 'SokkerWarning', code: 'SOKKER_CLUSTER_UNHEARD', detail };
  expect(warn.mock.calls).toEqual([[expect.any(String), warning]]);
  warn.mockRestore();
});

test('the same trouble of a backplane is told once, until it is over', async () => {
  const bus = new Bus();
  const port = bus.port();
  const { cluster } = await start(port);
  const told: string[] = [];
  cluster.on('error', ({ message }) => told.push(message));
  const refused: unknown = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  for (let count = 0; count < 3; count++) port.listener?.onError(refused as Error);
  port.listener?.onError(new Error('another'));
  port.listener?.onGap();
  port.listener?.onError(new Error('another'));
  const [first, second] = ['ECONNREFUSED', 'another'].map((text) => `the backplane has trouble (${text})`);
  expect(told).toEqual([first, second, second]);
});

test('errors are published where nobody listens', async () => {
  const bus = new Bus();
  const port = bus.port();
  const { cluster } = await start(port);
  const published: unknown[] = [];
  const listen = (message: unknown): void => void published.push(message);
  subscribe('sokker:cluster:error', listen);
  const error = new Error('of the broker');
  port.listener?.onError(error);
  unsubscribe('sokker:cluster:error', listen);
  const told: unknown = expect.objectContaining({ code: 'ERR_SOKKER_BACKPLANE', cause: error });
  expect(published).toEqual([{ cluster, error: told }]);
});

test('close waits for what was published, and then for nothing', async () => {
  const bus = new Bus();
  const port = bus.port();
  const clock = new ManualClock();
  const node = await start(port, { clock, closeTimeoutMs: 1000 });
  const visitor = await node.visit('a');
  const codes = codesOf(node.cluster);
  let release = (): void => undefined;
  bus.holdPublishing = new Promise((resolve) => (release = resolve));
  const published = node.cluster.broadcast('x');
  const closed = node.cluster.close();
  expect(node.cluster.close()).toBe(closed);
  await turn();
  expect(bus.calls.at(-1)).toBe('publish all');
  release();
  await closed;
  await published;
  expect(bus.calls.at(-1)).toBe('close');
  await expect(node.cluster.broadcast('y')).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  expect([await visitor.heard(), await visitor.heard()]).toEqual(['x', 'y']);
  await expect(node.cluster.subscribed('a')).rejects.toEqual(code('ERR_SOKKER_CLUSTER_CLOSED'));
  port.listener?.onMessage('all', Buffer.from('too late'));
  port.listener?.onGap();
  visitor.connection.join('b');
  visitor.connection.leave('a');
  await turn();
  expect([codes, bus.calls.at(-1)]).toEqual([[], 'close']);
});

test('close does not wait for a backplane that is stuck', async () => {
  const bus = new Bus();
  const clock = new ManualClock();
  const node = await start(bus.port(), { clock, closeTimeoutMs: 1000 });
  bus.holdPublishing = new Promise(() => undefined);
  void node.cluster.broadcast('x');
  const closed = node.cluster.close();
  clock.advance(1000);
  await closed;
  expect(bus.calls.at(-1)).toBe('close');
});

test('a wrong call is told at once, and nothing is sent', async () => {
  const bus = new Bus();
  const node = await start(bus.port());
  const { cluster } = node;
  const { connection } = await node.visit();
  const argument = code('ERR_SOKKER_ARGUMENT') as Error;
  const option = code('ERR_SOKKER_OPTION') as Error;
  const server = new SokkerServer();
  const nothing: unknown = {};
  expect(() => new Cluster(server, nothing as Backplane)).toThrow(argument);
  expect(() => new Cluster(nothing as SokkerServer, bus.port())).toThrow(argument);
  const port = bus.port();
  expect(() => new Cluster(server, port, { maxPendingBytes: 0 })).toThrow(option);
  await new Cluster(server, port).close();
  expect(() => new Cluster(server, port)).toThrow(argument);
  expect(() => cluster.broadcast('x', { to: [connection] as unknown as string })).toThrow(option);
  expect(() => cluster.broadcast('x', { key: 'k'.repeat(1025) })).toThrow(option);
  expect(() => cluster.broadcast('x', { except: '\ud800' })).toThrow(option);
  expect(() => cluster.tell(5 as unknown as string)).toThrow(argument);
  expect(() => cluster.broadcast(5 as unknown as string)).toThrow(argument);
  expect(() => cluster.subscribed(5 as unknown as string)).toThrow(argument);
  expect(bus.calls.filter((call) => call.startsWith('publish'))).toEqual([]);
  expect(connection.vitals().messagesSent).toBe(0);
});
