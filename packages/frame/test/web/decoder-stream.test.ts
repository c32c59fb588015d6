import fc from 'fast-check';
import { FrameDecoderStream } from '@sokker/frame/web';
import type { DecoderOptions, FrameSlice } from '../../src/index.js';
import { cut, cuts, hostileBytes } from '../arbitraries.js';
import { tinyFrames } from '../streams.js';
import { decode, hex, lines, stream, thrown } from '../wire.js';
import { isSettled, receive, send } from './pairs.js';

test('bytes in, frames out; a plain Uint8Array is viewed, not copied', async () => {
  const { readable, writable } = new FrameDecoderStream({ role: 'server' });
  const chunk = new Uint8Array(stream('server', { opcode: 2, payload: 'abc' }, { opcode: 9 }));
  const sent = send(writable, [chunk]);
  const frames = (await receive(readable)) as FrameSlice[];
  expect(lines(frames)).toEqual(['fin 0 2 3 616263', 'fin 0 9 0 ']);
  expect(frames[0]?.payload.buffer).toBe(chunk.buffer);
  expect(Buffer.isBuffer(frames[0]?.payload)).toBe(true);
  expect(await sent).toBeUndefined();
});

test('it stops inside a chunk while nobody reads', async () => {
  const { readable, writable } = new FrameDecoderStream({ role: 'client' });
  const written = writable.getWriter().write(tinyFrames(1000));
  const reader = readable.getReader();
  for (let i = 0; i < 1000; i++) {
    if (i === 500) expect(await isSettled(written)).toBe(false);
    expect((await reader.read()).done).toBe(false);
  }
  void reader.read();
  expect(await isSettled(written)).toBe(true);
});

test('frames before an error are read before it', async () => {
  const { readable, writable } = new FrameDecoderStream({ role: 'client' });
  const sent = send(writable, [Buffer.concat([tinyFrames(20), hex('83 00')])]);
  const items = await receive(readable);
  expect([items.length, items.at(-1)]).toEqual([21, 'ERR_SOKKER_RESERVED_OPCODE']);
  expect(await sent).toMatchObject({ closeCode: 1002 });
});

test('the end inside a frame is an error', async () => {
  const { readable, writable } = new FrameDecoderStream({ role: 'client' });
  const sent = send(writable, [hex('82 02 61')]);
  expect(await receive(readable)).toEqual(['ERR_SOKKER_UNEXPECTED_END']);
  expect(await sent).toMatchObject({ closeCode: 1006 });
});

test('what is not bytes fails both sides', async () => {
  const { readable, writable } = new FrameDecoderStream({ role: 'client' });
  expect(await send(writable, ['text' as unknown as Uint8Array])).toMatchObject({
    code: 'ERR_SOKKER_ARGUMENT',
    message: 'a decoder takes bytes as Uint8Array',
  });
  expect(await receive(readable)).toEqual(['ERR_SOKKER_ARGUMENT']);
});

test('a wrong option throws at once', () => {
  expect(thrown(() => new FrameDecoderStream({} as DecoderOptions))).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
});

test('answers as the core does, whatever the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(hostileBytes('server'), cuts, async (bytes, points) => {
      const { readable, writable } = new FrameDecoderStream({ role: 'server' });
      const sent = send(writable, cut(bytes, points));
      const items = await receive(readable);
      await sent;
      const { slices, error } = decode({ role: 'server' }, cut(bytes, points), { end: true });
      expect(lines(items.filter((item) => typeof item === 'object') as FrameSlice[])).toEqual(lines(slices));
      expect(items.slice(slices.length)).toEqual(error === undefined ? [] : [error.code]);
    }),
  );
});
