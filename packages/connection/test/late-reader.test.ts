/** Who comes late, or one message at a time, has all that came before a Close of the peer. */
import { Opcode, type Message } from '@sokker/frame';
import { once } from 'node:events';
import { scene, settled, type Scene } from './scene.js';

const TEXTS = ['one', 'two', 'three'];

function arrived(options: object = {}): Scene {
  const it = scene({ role: 'server', ...options });
  it.far.write(Buffer.concat([...TEXTS.map((text) => it.wire(Opcode.text, text)), it.wire(Opcode.close)]));
  return it;
}

test('by `once`, again and again', async () => {
  const it = arrived();
  await settled();
  const got: string[] = [];
  while (got.length < TEXTS.length) {
    const [message] = (await once(it.connection, 'message')) as [Message];
    got.push(message.text());
    await settled();
  }
  expect(got).toEqual(TEXTS);
});

test.each([
  ['before', false],
  ['after', true],
])('by loops that are left, %s the connection has ended', async (_, ended) => {
  const it = arrived();
  await settled();
  if (ended) it.far.end();
  const got: string[] = [];
  for (let loops = 0; loops < 3; loops++) {
    for await (const message of it.connection) {
      got.push(message.text());
      await settled();
      break;
    }
  }
  expect(got).toEqual(TEXTS);
  it.far.end();
  expect(await it.connection.closed).toMatchObject({ code: 1005, clean: true });
});

test.each([
  ['before', false],
  ['after', true],
])('by a listener that pauses after each, %s the connection has ended', async (_, ended) => {
  const it = arrived();
  await settled();
  if (ended) it.far.end();
  await settled();
  const got: string[] = [];
  it.connection.on('message', (message) => {
    got.push(message.text());
    it.connection.pause();
  });
  for (let taken = 1; taken <= TEXTS.length; taken++) {
    await settled();
    expect(got).toEqual(TEXTS.slice(0, taken));
    expect(it.connection.vitals().reading).toBe(false);
    it.connection.resume();
  }
  it.far.end();
  expect(await it.connection.closed).toMatchObject({ code: 1005, clean: true });
});

test('by a listener that has paused, once the application closes', async () => {
  const it = arrived();
  await settled();
  const got: string[] = [];
  it.connection.on('message', (message) => {
    got.push(message.text());
    if (got.length === 1) it.connection.pause();
  });
  await settled();
  expect(got).toEqual(['one']);
  void it.connection.close();
  await settled();
  expect(got).toEqual(TEXTS);
});

test('not where we close ourselves: what nobody took is dropped', async () => {
  const it = scene({ role: 'server' });
  for (const text of TEXTS) it.text(text);
  await settled();
  const got: string[] = [];
  it.connection.once('message', (message) => got.push(message.text()));
  void it.connection.close();
  it.sendClose(1000);
  it.far.end();
  await settled();
  it.connection.on('message', (message) => got.push(message.text()));
  expect(await it.connection.closed).toMatchObject({ clean: true });
  await settled();
  expect(got).toEqual(['one']);
});

test.each(['on', 'once', 'prependListener', 'prependOnceListener', 'addListener'] as const)(
  'by `%s`, whatever listeners were removed before',
  async (method) => {
    const it = scene();
    it.text('one');
    await settled();
    it.connection.removeAllListeners();
    const got: string[] = [];
    it.connection[method]('message', (message) => got.push(message.text()));
    await settled();
    expect(got).toEqual(['one']);
  },
);

test.each([
  ['was closed', (it: Scene) => (void it.connection.close(), it.sendClose(1000), it.far.end())],
  ['was terminated', (it: Scene) => it.connection.terminate()],
])('by another loop, however often one is left, after it %s', async (_, end) => {
  const it = scene({ role: 'server' });
  const loop = it.connection[Symbol.asyncIterator]();
  it.text('one');
  await settled();
  end(it);
  await it.connection.closed;
  for (let count = 0; count < 2; count++) await loop.return?.();
  const got: string[] = [];
  for await (const message of it.connection) got.push(message.text());
  expect(got).toEqual(['one']);
});
