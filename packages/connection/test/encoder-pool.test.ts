import { DecoderCore, EncoderCore, type FrameSlice } from '@sokker/frame';
import { ManualClock, pair } from '@sokker/testkit';
import { PassThrough } from 'node:stream';
import { EncoderPool } from '../src/encoder-pool.js';
import { Connection, ConnectionSettings } from '../src/index.js';
import { settled } from './scene.js';

test('an encoder that was given back is lent again', () => {
  const pool = new EncoderPool('server');
  const first = pool.take();
  expect(pool.take()).not.toBe(first);
  pool.give(first);
  expect(pool.take()).toBe(first);
  first.addFrame(0x82, Buffer.from('a'), 1);
  expect(Buffer.concat(first.take())).toEqual(Buffer.from('820161', 'hex'));
});

test('no more than 16 384 are kept', () => {
  const pool = new EncoderPool('server');
  const given = Array.from({ length: 16_385 }, () => new EncoderCore({ role: 'server' }));
  for (const encoder of given) pool.give(encoder);
  const known = new Set(given);
  const lent = given.map(() => pool.take());
  expect(lent.filter((encoder) => known.has(encoder))).toHaveLength(16_384);
});

test('an encoder stays with its connection until a frame that was begun is whole: its masking key is in it', async () => {
  const settings = new ConnectionSettings({ role: 'client', clock: new ManualClock() });
  const ends = ['a', 'b'].map((letter) => {
    const [near, far] = pair();
    const source = new PassThrough();
    const chunks: Buffer[] = [];
    far.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
    const sent = new Connection(near, settings).sendStream(source, { bytes: 20_000 });
    return { letter, source, chunks, sent };
  });
  for (let part = 0; part < 2; part++) {
    for (const { letter, source } of ends) {
      source.write(Buffer.alloc(10_000, letter));
      await settled();
    }
  }
  for (const { letter, source, chunks, sent } of ends) {
    source.end();
    await sent;
    await settled();
    const decoder = new DecoderCore({ role: 'server' });
    const frames: FrameSlice[] = [];
    for (const chunk of chunks) {
      decoder.write(chunk);
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) frames.push(frame);
    }
    expect(frames.map(({ payload }) => payload.equals(Buffer.alloc(20_000, letter)))).toEqual([true]);
  }
});
