/** Sockets that break, without an end, while what they brought is still to be taken (docs/topics/closing.md). */
import { Opcode } from '@sokker/frame';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ToyCoder, xor } from './coder.js';
import { scene, settled, streamScene, until, type Scene, type SceneOptions } from './scene.js';

const CLOSE_MS = 5000;

const texts = (it: Scene, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, index) => it.wire(Opcode.text, `${index}`)));

const expected = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

/** Takes messages, each when a few turns have passed. */
const takers: [string, (it: Scene, got: string[]) => void][] = [
  [
    'a loop that takes its time',
    async (it, got) => {
      for await (const message of it.connection) {
        got.push(message.text());
        await settled();
      }
    },
  ],
  [
    'a listener that pauses',
    ({ connection }, got) =>
      connection.on('message', (message) => {
        got.push(message.text());
        connection.pause();
        setImmediate(() => connection.resume());
      }),
  ],
  [
    'who comes late',
    async ({ connection }, got) => {
      await settled();
      connection.on('message', (message) => got.push(message.text()));
    },
  ],
  ['a listener', ({ connection }, got) => connection.on('message', (message) => got.push(message.text()))],
];

const ends: [string, (it: Scene) => unknown, string | undefined][] = [
  ['a reset', (it) => it.far.resetAndDestroy(), 'ERR_SOKKER_CONNECTION_LOST'],
  ['a socket that is destroyed', (it) => it.near.destroy(), undefined],
];

describe.each(ends)('behind %s', (_, end, told) => {
  async function after(behind: (it: Scene) => Buffer, take: (it: Scene, got: string[]) => unknown, count = 1000) {
    const it = scene().recordRest();
    const got: string[] = [];
    it.far.write(Buffer.concat([texts(it, count), behind(it)]));
    void take(it, got);
    await settled(2);
    expect(got.length).toBeLessThan(count);
    end(it);
    const record = await it.connection.closed;
    await settled();
    expect(it.clock.pending).toBe(0);
    return { it, got, record };
  }

  test.each(takers)('more messages than a turn takes are had by %s', async (_, take) => {
    const { it, got, record } = await after(() => Buffer.alloc(0), take);
    expect(got).toEqual(expected(1000));
    expect(record).toMatchObject({ code: 1006, clean: false, by: 'network', phase: 'open' });
    expect(record.error).toMatchObject({ code: 'ERR_SOKKER_CONNECTION_LOST' });
    expect(it.log).toEqual([...(told === undefined ? [] : [`error ${told}`]), 'close']);
  });

  test('a rule that is broken behind them does not give a code to another error', async () => {
    const { record } = await after(() => Buffer.from('c18000000000', 'hex'), takers[0]![1], 5);
    const first = told === undefined ? [1002, 'ERR_SOKKER_RESERVED_BITS'] : [1006, told];
    expect([record.code, (record.error as NodeJS.ErrnoException).code]).toEqual(first);
  });

  test.each([
    ['part of a frame', (it: Scene) => it.wire(Opcode.text, 'cut').subarray(0, -1)],
    ['part of a message', (it: Scene) => it.wire(Opcode.text, 'cut', { fin: false })],
  ])('%s behind them is no other error', async (_, behind) => {
    const { it, got, record } = await after(behind, takers[0]![1], 5);
    expect(got).toEqual(expected(5));
    expect(record).toMatchObject({ code: 1006, by: 'network', error: { code: 'ERR_SOKKER_CONNECTION_LOST' } });
    expect(it.log).toEqual([...(told === undefined ? [] : [`error ${told}`]), 'close']);
  });

  test('a Close behind them tells why, though it could not be answered', async () => {
    const { got, record } = await after((it) => it.wire(Opcode.close, Buffer.from('0fa1', 'hex')), takers[0]![1], 5);
    expect(got).toEqual(expected(5));
    expect(record).toMatchObject({ code: 4001, clean: false, by: 'network' });
  });

  test('messages that are still being decoded', async () => {
    const it = scene({ session: { coder: new ToyCoder({ later: true }) } }).record();
    const wires = ['a', 'b', 'c'].map((letter, index) =>
      it.wire(Opcode.text, xor(Buffer.from(letter), index), { rsv: 2 }),
    );
    it.far.write(Buffer.concat(wires));
    await until(() => it.connection.vitals().stops > 0);
    end(it);
    await it.connection.closed;
    expect(it.log.filter((line) => line.startsWith('text'))).toEqual(['text a', 'text b', 'text c']);
  });

  test('one that is decoded alone, its chunk used up', async () => {
    const it = scene({ session: { coder: new ToyCoder({ later: true }) } }).record();
    it.send(Opcode.text, xor(Buffer.from('a'), 0), { rsv: 2 });
    await until(() => it.connection.vitals().stops > 0);
    end(it);
    await it.connection.closed;
    expect(it.log.filter((line) => line.startsWith('text'))).toEqual(['text a']);
  });

  test('bodies, each when the one before was read', async () => {
    const it = streamScene();
    it.far.write(texts(it, 3));
    await until(() => it.streams.length > 0);
    end(it);
    const got: string[] = [];
    for (let taken = 0; taken < 3; taken++) {
      await until(() => it.streams.length > taken);
      await settled();
      expect(it.closed).toBeUndefined();
      got.push(await text(it.streams[taken]!.body));
    }
    expect(got).toEqual(expected(3));
    expect(await it.connection.closed).toMatchObject({ code: 1006, by: 'network' });
  });

  test('what the socket itself had read, while nothing was taken from it', async () => {
    const it = scene().record();
    it.connection.pause();
    for (let index = 0; index < 5; index++) it.text(`${index}`);
    await settled();
    end(it);
    await settled();
    expect(it.log.filter((line) => line.startsWith('text'))).toEqual([]);
    it.connection.resume();
    expect(await it.connection.closed).toMatchObject({ code: 1006, by: 'network' });
    expect(it.log.filter((line) => line.startsWith('text'))).toEqual(expected(5).map((number) => `text ${number}`));
    expect(it.connection.vitals().bytesReceived).toBe(texts(it, 5).length);
  });

  test('but what nobody takes is given up in time', async () => {
    const it = scene({ closeTimeoutMs: CLOSE_MS });
    it.connection.pause();
    it.far.write(texts(it, 5));
    await settled();
    end(it);
    await settled();
    it.clock.advance(CLOSE_MS - 1);
    await settled();
    expect(it.closed).toBeUndefined();
    it.clock.advance(1);
    await settled();
    expect(it.closed).toMatchObject({ code: 1006, by: 'network' });
    expect(it.clock.pending).toBe(0);
  });

  test.each<[string, SceneOptions, (it: Scene) => Buffer]>([
    ['nothing was left', {}, () => Buffer.alloc(0)],
    ['part of a message was', {}, (it) => it.wire(Opcode.text, 'a', { fin: false })],
  ])('it ends at once where %s, though the application has paused', async (_, options, last) => {
    const it = scene(options).record();
    it.far.write(Buffer.concat([texts(it, 1), last(it)]));
    await settled();
    it.connection.pause();
    end(it);
    await settled();
    expect(it.closed).toMatchObject({ code: 1006, by: 'network' });
  });
});

test('a write that fails: what had come is had all the same', async () => {
  const it = scene({
    wrap: (near) =>
      Object.assign(near, {
        _write: (_chunk: Buffer, _encoding: BufferEncoding, callback: (error: Error) => void) =>
          callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
      }),
  });
  it.connection.on('message', ({ data }) => it.connection.send(data));
  const failed = once(it.connection, 'error');
  let heard = 0;
  it.connection.on('message', () => heard++);
  it.far.write(texts(it, 1000));
  await failed;
  expect(await it.connection.closed).toMatchObject({ code: 1006, by: 'network' });
  expect(heard).toBe(1000);
});
