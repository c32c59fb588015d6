import { pipeline } from 'node:stream/promises';
import { Readable, Writable } from 'node:stream';
import { FrameDecoder, type DecoderOptions, type FrameSlice } from '../src/index.js';
import { collect, feed, flow, piped, settled, tinyFrames } from './streams.js';
import { hex, lines, singly, stream, thrown } from './wire.js';

const frames = (items: unknown[]): string[] => lines(items.filter((item) => typeof item === 'object') as FrameSlice[]);

describe.each([
  ['iteration', collect],
  ["'data'", flow],
  ['a pipe', piped],
] as const)('read by %s', (_, read) => {
  test('bytes in, frames out', async () => {
    const decoder = new FrameDecoder({ role: 'server' });
    const items = read(decoder);
    const wire = stream(
      'server',
      { opcode: 1, payload: 'Hel', fin: false },
      { opcode: 9 },
      { opcode: 0, payload: 'lo' },
    );
    await feed(decoder, singly(wire));
    expect(frames(await items)).toEqual(['… 0 1 3 48656c', 'fin 0 9 0 ', 'fin 0 0 2 6c6f']);
  });

  test.each([1, 15, 16, 17, 40])('%i frames before an error are read before it', async (count) => {
    const decoder = new FrameDecoder({ role: 'client' });
    decoder.write(Buffer.concat([tinyFrames(count), hex('83 00')]));
    await settled();
    const items = await read(decoder);
    expect(items).toHaveLength(count + 1);
    expect(items.at(-1)).toBe('ERR_SOKKER_RESERVED_OPCODE');
  });

  test('the end inside a frame is an error, after the frames before it', async () => {
    const decoder = new FrameDecoder({ role: 'client' });
    decoder.end(hex('82 01 61 82 02 62'));
    const items = await read(decoder);
    expect(items.slice(1)).toEqual(['ERR_SOKKER_UNEXPECTED_END']);
  });
});

test('it stops inside a chunk while its reader is behind: 16 frames wait, however many a chunk holds', async () => {
  const decoder = new FrameDecoder({ role: 'client' });
  let taken = false;
  decoder.write(tinyFrames(10_000), () => (taken = true));
  await settled();
  expect([decoder.readableLength, taken]).toEqual([16, false]);
  for (let i = 0; i < 100; i++) expect(decoder.read()).not.toBeNull();
  await settled();
  expect(decoder.readableLength).toBeLessThanOrEqual(17);
  decoder.end();
  expect(await collect(decoder)).toHaveLength(9_900);
  expect(taken).toBe(true);
});

test('one slice waits, and so one chunk: slices may be as large as chunks', async () => {
  const decoder = new FrameDecoder({ role: 'client', emit: 'slices', maxFramePayloadBytes: Infinity });
  decoder.write(hex('82 7f 0000010000000000'));
  let taken = 0;
  for (let i = 0; i < 10; i++) decoder.write(Buffer.alloc(64 * 1024), () => taken++);
  await settled();
  expect([decoder.readableLength, taken]).toEqual([1, 0]);
});

test('back-pressure reaches whoever writes', async () => {
  const decoder = new FrameDecoder({ role: 'client' });
  let sent = 0;
  const source = Readable.from(
    (function* () {
      for (; sent < 1000; sent++) yield tinyFrames(100);
    })(),
  );
  const slow: unknown[] = [];
  const done = pipeline(
    source,
    decoder,
    new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(item, _, callback) {
        slow.push(item);
        if (slow.length < 50) setImmediate(callback);
        else callback(new Error('enough'));
      },
    }),
  );
  await expect(done).rejects.toThrow('enough');
  // What waits in the source and in the decoder; Node.js 22 lets four times as much of bytes wait as 20.
  expect(sent * tinyFrames(100).length).toBeLessThan(decoder.writableHighWaterMark + 40_000);
});

test('reading again and again leaves no listeners behind', async () => {
  const decoder = new FrameDecoder({ role: 'client' });
  const count = (): number => decoder.eventNames().reduce((sum, name) => sum + decoder.listenerCount(name), 0);
  decoder.write(tinyFrames(1));
  decoder.read();
  const before = count();
  for (let i = 0; i < 50; i++) {
    decoder.write(tinyFrames(40));
    while (decoder.read() !== null);
    await settled(1);
  }
  expect(count()).toBe(before);
});

test('slices, when they are asked for', async () => {
  const decoder = new FrameDecoder({ role: 'client', emit: 'slices' });
  const items = collect(decoder);
  await feed(decoder, [hex('82 04 61'), hex('62 63 64')]);
  expect((await items).map((item) => String((item as FrameSlice).payload))).toEqual(['a', 'bcd']);
});

test('idle between messages', async () => {
  const decoder = new FrameDecoder({ role: 'client' });
  expect(decoder.idle).toBe(true);
  decoder.write(hex('82 01'));
  expect(decoder.idle).toBe(false);
  decoder.write(hex('61'));
  await settled();
  expect(decoder.idle).toBe(true);
});

test('a wrong option throws at once', () => {
  const error = thrown(() => new FrameDecoder({ role: 'server', maxMessageBytes: -1 }));
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  expect(thrown(() => new FrameDecoder(null as unknown as DecoderOptions))?.message).toContain('not null');
});
