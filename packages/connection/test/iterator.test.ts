import { Opcode, type Message } from '@sokker/frame';
import { ReceivedIterator } from '../src/iterator.js';
import { scene, settled, streamScene, type Scene } from './scene.js';

describe('the iterator alone', () => {
  const make = (): { iterator: ReceivedIterator<number>; calls: unknown[] } => {
    const calls: unknown[] = [];
    return {
      calls,
      iterator: new ReceivedIterator(
        () => calls.push('room'),
        (left) => calls.push(left),
      ),
    };
  };

  test('items go to who waits, in order; one that waits asks to stop', async () => {
    const { iterator, calls } = make();
    const first = iterator.next();
    const second = iterator.next();
    expect([iterator.push(1), iterator.push(2), iterator.push(3)]).toEqual([true, true, false]);
    expect([await first, await second]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
    ]);
    expect(calls).toEqual([]);
    expect(await iterator.next()).toEqual({ done: false, value: 3 });
    expect(calls).toEqual(['room']);
  });

  test('the end lets what waits be taken, and ends who waits', async () => {
    const { iterator } = make();
    iterator.push(1);
    iterator.end();
    expect([await iterator.next(), (await iterator.next()).done]).toEqual([{ done: false, value: 1 }, true]);
    const other = make().iterator;
    const waits = [other.next(), other.next()];
    other.end();
    expect((await Promise.all(waits)).map(({ done }) => done)).toEqual([true, true]);
  });

  test('leaving early gives back what waits', async () => {
    const { iterator, calls } = make();
    iterator.push(1);
    iterator.push(2);
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
    expect(calls).toEqual([[1, 2]]);
    expect((await iterator.next()).done).toBe(true);
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
  });
});

test('a loop sees every message once, in order, to the end', async () => {
  const it = scene();
  const seen: string[] = [];
  const loop = (async () => {
    for await (const message of it.connection) seen.push(message.text());
  })();
  for (let i = 0; i < 1000; i++) it.text(`${i}`);
  it.sendClose(1000);
  it.far.end();
  await loop;
  expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}`));
});

test('a slow loop stops reading: one message waits, the rest stays with the peer', async () => {
  const it = scene({ wireBytes: 1000 });
  const messages = it.connection[Symbol.asyncIterator]();
  for (let i = 0; i < 100; i++) it.send(Opcode.binary, Buffer.alloc(1000, i));
  await settled();
  expect(it.connection.vitals()).toMatchObject({ reading: false, messagesReceived: 1 });
  expect(it.far.writableLength).toBeGreaterThan(90_000);
  for (let i = 0; i < 100; i++) expect((await taken(messages)).data[0]).toBe(i);
});

test('what the connection read before it ended can still be taken, then the loop ends', async () => {
  const it = scene();
  const messages = it.connection[Symbol.asyncIterator]();
  it.text('last');
  await settled();
  it.connection.terminate();
  await settled();
  expect(await textOf(messages)).toBe('last');
  expect((await messages.next()).done).toBe(true);
  expect((await it.connection[Symbol.asyncIterator]().next()).done).toBe(true);
});

test('leaving the loop leaves the connection open; the next loop goes on where it stopped', async () => {
  const it = scene();
  for (const text of ['a', 'b', 'c', 'd']) it.text(text);
  for await (const message of it.connection) if (message.text() === 'b') break;
  await settled();
  const rest: string[] = [];
  for await (const message of it.connection) {
    rest.push(message.text());
    if (rest.length === 2) break;
  }
  expect(rest).toEqual(['c', 'd']);
  expect(it.connection.state).toBe('open');
});

test('what a loop leaves while the connection is paused waits until it is resumed', async () => {
  const it = scene();
  const iterator = it.connection[Symbol.asyncIterator]();
  for (const text of ['a', 'b', 'c']) it.text(text);
  await settled();
  const heard: string[] = [];
  it.connection.on('message', (message) => heard.push(message.text()));
  it.connection.pause();
  await iterator.return?.();
  await settled();
  expect(heard).toEqual([]);
  it.connection.resume();
  await settled();
  expect(heard).toEqual(['a', 'b', 'c']);
});

test('a loop that throws leaves the connection open, too', async () => {
  const it = scene().record();
  const loop = (async () => {
    for await (const message of it.connection) throw new Error(message.text());
  })();
  it.text('a');
  it.text('b');
  await expect(loop).rejects.toThrow('a');
  await settled();
  expect(it.log).toEqual(['text b']);
});

test('a message goes to the loop alone, not to listeners as well', async () => {
  const it = scene().record();
  const messages = it.connection[Symbol.asyncIterator]();
  it.text('a');
  expect(await textOf(messages)).toBe('a');
  it.text('b');
  await settled();
  expect(it.log).toEqual([]);
  await messages.return?.();
  await settled();
  expect(it.log).toEqual(['text b']);
});

test('a second loop takes over, with what waited for the first', async () => {
  const it = scene();
  const first = it.connection[Symbol.asyncIterator]();
  const abandoned = first.next();
  for (const text of ['a', 'b', 'c']) it.text(text);
  await abandoned;
  await settled();
  const second = it.connection[Symbol.asyncIterator]();
  expect(await textOf(second)).toBe('b');
  expect(await textOf(second)).toBe('c');
  expect((await first.next()).done).toBe(true);
});

test('close() inside the loop does not wait for messages that the loop has not taken', async () => {
  const it = scene();
  const seen: string[] = [];
  const loop = (async () => {
    for await (const message of it.connection) {
      seen.push(message.text());
      if (seen.length === 1) await it.connection.close(1000);
    }
  })();
  for (let i = 0; i < 50; i++) it.text(`${i}`);
  await settled();
  expect(it.sent()).toEqual(['close 1000']);
  it.sendClose(1000);
  it.far.end();
  await loop;
  expect(it.closed).toMatchObject({ code: 1000, clean: true });
  expect(seen).toHaveLength(50);
});

test('while we close, no more than 1 MiB waits for a loop that takes nothing', async () => {
  const it = scene({ wireBytes: 1000 });
  const messages = it.connection[Symbol.asyncIterator]();
  void it.connection.close();
  for (let i = 0; i < 5000; i++) it.send(Opcode.binary, Buffer.alloc(1000));
  await settled(4000);
  expect(it.connection.vitals()).toMatchObject({ reading: false });
  expect(it.connection.vitals().messagesReceived).toBeLessThan(1000);
  let taken = 0;
  for (; taken < 5000; taken++) expect((await messages.next()).done).toBe(false);
});

test('after the end, messages that waited are not emitted when the loop is left', async () => {
  const it = scene().record();
  const messages = it.connection[Symbol.asyncIterator]();
  it.text('a');
  await settled();
  it.connection.terminate();
  await settled();
  await messages.return?.();
  await settled();
  expect(it.log).toEqual(['close']);
});

test.each<[string, (it: Scene) => void]>([
  ['terminate()', (it) => it.connection.terminate()],
  ['fail()', (it) => it.connection.fail(new Error('enough'))],
])('after %s, what a loop leaves is not emitted either', async (_, end) => {
  const it = scene().record();
  const messages = it.connection[Symbol.asyncIterator]();
  it.text('a');
  await settled();
  end(it);
  await messages.return?.();
  it.far.end();
  await settled();
  expect(it.log.filter((line) => line.startsWith('text'))).toEqual([]);
  expect(it.closed).toBeDefined();
});

test('nor what is left behind a message whose listener gives the connection up', async () => {
  const it = scene();
  const messages = it.connection[Symbol.asyncIterator]();
  void it.connection.close();
  for (const text of ['a', 'b', 'c']) it.text(text);
  await settled();
  const heard: string[] = [];
  it.connection.on('message', (message) => {
    heard.push(message.text());
    it.connection.terminate();
  });
  await messages.return?.();
  await settled();
  expect(heard).toEqual(['a']);
});

test('a loop that gave way to another lets no more be read when it is left again', async () => {
  const it = scene({ wireBytes: 1000 });
  const first = it.connection[Symbol.asyncIterator]();
  const second = it.connection[Symbol.asyncIterator]();
  for (let i = 0; i < 10; i++) it.send(Opcode.binary, Buffer.alloc(1000, i));
  await settled();
  await first.return?.();
  await settled();
  expect(it.connection.vitals()).toMatchObject({ reading: false, messagesReceived: 1 });
  for (let i = 0; i < 10; i++) expect((await taken(second)).data[0]).toBe(i);
});

test('each way of receiving has its own loop', () => {
  const argument = expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' });
  expect(() => scene().connection.streams()).toThrow(argument);
  expect(() => streamScene().connection[Symbol.asyncIterator]()).toThrow(argument);
});

async function taken(messages: AsyncIterator<Message>): Promise<Message> {
  const { value } = (await messages.next()) as { value: Message };
  return value;
}

async function textOf(messages: AsyncIterator<Message>): Promise<string> {
  return (await taken(messages)).text();
}
