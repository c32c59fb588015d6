import { SokkerServer } from '@sokker/server';
import { once } from 'node:events';
import { WsClient } from '../../test/ws-client.js';
import { Observer } from '../observer.js';

let now = 1_000_000;
let server: SokkerServer;
let observer: Observer;
let url: string;

beforeEach(async () => {
  server = new SokkerServer({ onSlow: 'drop-newest', maxBufferedBytes: 1024 });
  server.on('message', (message, connection) => connection.send(message.data));
  observer = new Observer(server, () => now);
  const { port } = await server.listen(0, '127.0.0.1');
  url = `ws://127.0.0.1:${port}`;
});
afterEach(async () => {
  observer.stop();
  await server.close();
});

test('rates are those since the last look', async () => {
  const client = await WsClient.open(url);
  for (const text of ['one', 'two', 'three', 'four']) {
    client.send(text);
    await client.next();
  }
  now += 2000;
  const { connections, rates } = observer.look();
  expect(connections).toBe(1);
  expect(rates).toMatchObject({ messagesIn: 2, messagesOut: 2, opened: 0.5, closed: 0 });
  // Four echoes of 15 bytes in all, each behind a header of 2, in two seconds; what came was masked.
  expect(rates).toMatchObject({ bytesIn: (23 + 16) / 2, bytesOut: 23 / 2 });
  now += 1000;
  expect(observer.look().rates).toMatchObject({ messagesIn: 0, messagesOut: 0, opened: 0 });
  expect(observer.points).toHaveLength(2);
  await client.close(1000);
});

test('an unusual end has a line, a usual one only its count', async () => {
  for (const code of [1000, 4001]) {
    const closed = once(server, 'close');
    const client = await WsClient.open(url);
    await client.close(code);
    await closed;
  }
  const { closes, events } = observer.look();
  expect(closes).toEqual({ 1000: 1, 4001: 1 });
  expect(events.map(({ kind, text }) => `${kind} ${text}`)).toEqual(['closed 127.0.0.1 #1: 4001']);
});

test('a refused page has a line', async () => {
  await expect(WsClient.open(url, { origin: 'https://elsewhere.example' })).rejects.toThrow();
  const { events, refusals } = observer.look();
  expect(refusals).toEqual({ ERR_SOKKER_ORIGIN: 1 });
  expect(events[0]).toMatchObject({ kind: 'refused', at: now, text: expect.stringContaining('127.0.0.1') });
});

test('a slow consumer is shown until it has caught up', async () => {
  const client = await WsClient.open(url);
  const [connection] = server.clients;
  // More than the sockets' own buffers take; those behind it find it waiting.
  connection!.send(Buffer.alloc(16 * 1024 * 1024));
  connection!.send(Buffer.alloc(4096));
  connection!.send(Buffer.alloc(4096));
  now += 3000;
  const [slow] = observer.look().slow;
  expect(slow).toMatchObject({ since: now - 3000, policy: 'drop-newest', droppedMessages: 2 });
  expect(slow?.bufferedBytes).toBeGreaterThan(1024);
  await client.next();
  while (connection!.bufferedBytes > 0) await new Promise(setImmediate);
  expect(observer.look().slow).toEqual([]);
  await client.close(1000);
});

test('latency is that of the last minute, in buckets that add up', () => {
  const { buckets, count } = observer.look().latency;
  expect(count).toBe(0);
  expect(buckets.at(-1)).toEqual({ le: null, count: 0 });
});

test('other servers are none of its business', async () => {
  const other = new SokkerServer();
  const { port } = await other.listen(0, '127.0.0.1');
  const client = await WsClient.open(`ws://127.0.0.1:${port}`);
  const closed = once(other, 'close');
  await client.close(4002);
  await closed;
  await other.close();
  expect(observer.look()).toMatchObject({ closes: {}, events: [] });
});
