import {
  encodeFrame,
  EncoderCore,
  FrameDecoder,
  FrameEncoder,
  wholeFrame,
  type EncoderOptions,
  type FrameSlice,
} from '../src/index.js';
import { COPY_BELOW_BYTES } from '../src/pending.js';
import { collect, flow, piped, settled } from './streams.js';
import { hex, lines, thrown } from './wire.js';

const frame = (payload: string | Buffer): FrameSlice => wholeFrame(true, 0, 2, Buffer.from(payload));

/** Chunks as a reader meets them: each push is one. */
function chunksOf(encoder: FrameEncoder): Buffer[] {
  const chunks: Buffer[] = [];
  encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

test('what is written during one turn leaves as one chunk', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  const chunks = chunksOf(encoder);
  for (const payload of ['a', 'b', 'c']) encoder.write(frame(payload));
  expect(chunks).toEqual([]);
  await settled();
  encoder.write(frame('d'));
  await settled();
  expect(chunks).toEqual([hex('82 01 61 82 01 62 82 01 63'), hex('82 01 64')]);
});

test('a reader that asks within the turn gets all that is written in it', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.write(frame('a'));
  expect(encoder.read()).toBeNull();
  encoder.write(frame('b'));
  await settled();
  expect(encoder.read()).toEqual(hex('82 01 61 82 01 62'));
});

test('what was written while the reader was behind leaves once it reads', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.write(frame(Buffer.alloc(encoder.readableHighWaterMark)));
  await settled();
  encoder.write(frame('a'));
  await settled();
  const chunks = chunksOf(encoder);
  await settled();
  expect(chunks.at(-1)).toEqual(hex('82 01 61'));
});

test('large payloads leave apart, in order', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  const chunks = chunksOf(encoder);
  const large = wholeFrame(true, 0, 2, Buffer.alloc(COPY_BELOW_BYTES));
  for (const each of [frame('a'), large, frame('b')]) encoder.write(each);
  await settled();
  expect(chunks.map(({ length }) => length)).toEqual([7, COPY_BELOW_BYTES, 3]);
});

test('a burst does not gather beyond 64 KiB: it leaves within the turn', () => {
  const encoder = new FrameEncoder({ role: 'client' });
  for (let i = 0; i < 9; i++) encoder.write(frame(Buffer.alloc(8 * 1024)));
  expect(encoder.readableLength).toBeGreaterThan(64 * 1024);
});

test('what is gathered leaves before the end', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.end(frame('a'));
  expect(Buffer.concat((await collect(encoder)) as Buffer[])).toEqual(hex('82 01 61'));
});

test('while its reader is behind, it takes no more than 64 KiB and what Node queues', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  let accepted = 0;
  const write = (): boolean => encoder.write(frame(Buffer.alloc(1024)), () => accepted++);
  for (let i = 0; i < 1000 && (write() || i < 200); i++) if (i % 16 === 0) await settled(1);
  await settled();
  expect(accepted).toBeLessThan(150);
  encoder.end();
  const bytes = Buffer.concat((await collect(encoder)) as Buffer[]);
  expect(bytes.length % (1024 + 4)).toBe(0);
  expect(bytes.length).toBeGreaterThan(200 * 1024);
});

test('destroyed before the turn ends, it says nothing', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  const chunks = chunksOf(encoder);
  encoder.write(frame('a'));
  encoder.destroy();
  await settled();
  expect(chunks).toEqual([]);
});

test('a payload that is not bytes fails the stream, not the process', async () => {
  const encoder = new FrameEncoder({ role: 'server' });
  encoder.write({ fin: true, rsv: 0, opcode: 1, payload: 'é' });
  expect(await collect(encoder)).toEqual(['ERR_SOKKER_ARGUMENT']);
});

describe('frames that were taken before one that cannot be sent leave before its error', () => {
  const bad = { fin: true, rsv: 0, opcode: 3, payload: Buffer.from('c') };

  test.each([
    ['one by one', collect],
    ['as they come', flow],
    ['through a pipe', piped],
  ])('read %s', async (_how, read) => {
    const encoder = new FrameEncoder({ role: 'server' });
    const items = read(encoder);
    for (const each of [frame('a'), frame('b'), bad]) encoder.write(each);
    expect(await items).toEqual([hex('82 01 61 82 01 62'), 'ERR_SOKKER_ARGUMENT']);
  });

  test('also by a reader that is behind', async () => {
    const encoder = new FrameEncoder({ role: 'server' });
    const large = Buffer.alloc(encoder.readableHighWaterMark);
    encoder.write(frame(large));
    await settled();
    for (const each of [frame('a'), bad, frame('d')]) encoder.write(each);
    await settled();
    expect(encoder.errored).toBeNull();
    const items = await collect(encoder);
    expect(items.pop()).toBe('ERR_SOKKER_ARGUMENT');
    const bytes = Buffer.concat(items as Buffer[]);
    const headed = encodeFrame(frame(large), { role: 'server' }).length;
    expect([bytes.length, bytes.subarray(-3)]).toEqual([headed + 3, hex('82 01 61')]);
  });
});

test('piped into a decoder, frames are the same again', async () => {
  const encoder = new FrameEncoder({ role: 'client' });
  const items = collect(encoder.pipe(new FrameDecoder({ role: 'server' })));
  for (const payload of ['a', '', 'b'.repeat(300)]) encoder.write(frame(payload));
  encoder.end();
  const core = new EncoderCore({ role: 'server' });
  const frames = (await items) as FrameSlice[];
  for (const each of frames) core.add(each);
  expect(lines(frames).map((line) => line.length)).toEqual([12, 10, 12 + 600]);
});

test('a wrong option throws at once', () => {
  expect(thrown(() => new FrameEncoder({ role: 'both' } as unknown as EncoderOptions))).toMatchObject({
    code: 'ERR_SOKKER_OPTION',
  });
});
