import { FrameEncoderStream } from '@sokker/frame/web';
import { wholeFrame, type EncoderOptions, type Frame, type FrameSlice, type UsageError } from '../../src/index.js';
import { COPY_BELOW_BYTES } from '../../src/pending.js';
import { hex, thrown } from '../wire.js';
import { isSettled, receive, send, settled } from './pairs.js';

const frame = (payload: string | Buffer): FrameSlice => wholeFrame(true, 0, 2, Buffer.from(payload));

test('what is written during one turn leaves as one chunk', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'server' });
  const writer = writable.getWriter();
  const chunks = receive(readable);
  await settled();
  for (const payload of ['a', 'b', 'c']) void writer.write(frame(payload));
  await settled();
  void writer.write(frame('d'));
  await settled();
  await writer.close();
  expect(await chunks).toEqual([hex('82 01 61 82 01 62 82 01 63'), hex('82 01 64')]);
});

test('what gathers while nobody reads leaves as one chunk too', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'server' });
  const writer = writable.getWriter();
  for (const payload of ['a', 'b']) {
    await writer.write(frame(payload));
    await settled();
  }
  expect((await readable.getReader().read()).value).toEqual(hex('82 01 61 82 01 62'));
});

test('large payloads leave apart, in order', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'server' });
  const sent = send(writable, [frame('a'), wholeFrame(true, 0, 2, Buffer.alloc(COPY_BELOW_BYTES)), frame('b')]);
  const chunks = (await receive(readable)) as Buffer[];
  expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(3 + 4 + COPY_BELOW_BYTES + 3);
  expect(chunks.some(({ length }) => length === COPY_BELOW_BYTES)).toBe(true);
  expect(await sent).toBeUndefined();
});

test('beyond 64 KiB, writing waits for the reader', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'client' });
  const writer = writable.getWriter();
  for (let i = 0; i < 7; i++) await writer.write(frame(Buffer.alloc(9000)));
  const written = writer.write(frame(Buffer.alloc(9000)));
  expect(await isSettled(written)).toBe(false);
  const reader = readable.getReader();
  expect((await reader.read()).value).toHaveLength(8 * (9000 + 8));
  void reader.read();
  expect(await isSettled(written)).toBe(true);
});

test('what is gathered leaves before the end; without any, the end comes alone', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'server' });
  expect(await send(writable, [frame('a')])).toBeUndefined();
  expect(await receive(readable)).toEqual([hex('82 01 61')]);
  const empty = new FrameEncoderStream({ role: 'server' });
  void send(empty.writable, []);
  expect(await receive(empty.readable)).toEqual([]);
});

test('aborted or cancelled before the turn ends, it says nothing', async () => {
  for (const leave of ['abort', 'cancel'] as const) {
    const { readable, writable } = new FrameEncoderStream({ role: 'server' });
    const reader = readable.getReader();
    const read = reader.read().then(
      ({ done }) => done,
      (error: unknown) => error,
    );
    await settled();
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    await writer.ready;
    writer.write(frame('a')).catch(() => {});
    if (leave === 'abort') await writer.abort('gone');
    else await reader.cancel('gone');
    await settled();
    expect(await read).toBe(leave === 'abort' ? 'gone' : true);
  }
});

test('a payload that is not bytes fails both sides', async () => {
  const { readable, writable } = new FrameEncoderStream({ role: 'server' });
  const sent = send(writable, [{ fin: true, rsv: 0, opcode: 1 } as Frame]);
  expect(await receive(readable)).toEqual(['ERR_SOKKER_ARGUMENT']);
  expect(await sent).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
});

test.each(['early', 'late'])(
  'a reader that comes %s has what was written before a frame that cannot be sent',
  async (when) => {
    const { readable, writable } = new FrameEncoderStream({ role: 'server' });
    const early = when === 'early' ? receive(readable) : undefined;
    await settled();
    const writer = writable.getWriter();
    const large = Buffer.alloc(COPY_BELOW_BYTES);
    const written = [
      frame('a'),
      frame(large),
      frame('b'),
      { ...frame('c'), opcode: 3 as Frame['opcode'] },
      frame('d'),
    ].map((each) => writer.write(each).catch((error: unknown) => (error as UsageError).code));
    const bad = 'ERR_SOKKER_ARGUMENT';
    // The writer need not wait for who reads.
    expect(await Promise.all(written)).toEqual([undefined, undefined, undefined, bad, bad]);
    const [first, second, third, ...rest] = await (early ?? receive(readable));
    expect(Buffer.concat([first, second, third] as Buffer[])).toHaveLength(3 + 4 + large.length + 3);
    expect([third, rest]).toEqual([hex('82 01 62'), [bad]]);
  },
);

test('a wrong option throws at once', () => {
  expect(thrown(() => new FrameEncoderStream({} as EncoderOptions))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
});
