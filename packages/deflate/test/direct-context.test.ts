import { constants, inflateRawSync } from 'node:zlib';
import { DirectContext } from '../src/direct-context.js';
import { deflateStream, directInflateStream } from '../src/streams.js';
import { bytes, sampleText } from './drive.js';

const { Z_SYNC_FLUSH } = constants;
const SETTINGS = { windowBits: 15, level: 3, memLevel: 8 };

test('gives what the documented calls give, for every length and every room for output', () => {
  for (let size = 0; size <= 64; size++) {
    // With six bytes or less zlib would repeat the marker of the flush for ever.
    for (const room of [7, 64, 1024]) {
      const context = new DirectContext(deflateStream(SETTINGS));
      const input = sampleText(size + 1);
      const output = Buffer.alloc(room);
      const parts: Buffer[] = [];
      let offset = 0;
      do {
        context.run(Z_SYNC_FLUSH, input, offset, output);
        offset += context.consumed;
        parts.push(Buffer.from(output.subarray(0, context.produced)));
      } while (context.produced === room);
      expect(offset).toBe(input.length);
      expect(inflateRawSync(Buffer.concat(parts), { finishFlush: Z_SYNC_FLUSH }).equals(input)).toBe(true);
      context.stream.destroy();
    }
  }
});

test('after an error, or closed, it throws and does not touch zlib', () => {
  const broken = new DirectContext(directInflateStream(15));
  for (let tries = 0; tries < 1000; tries++) {
    expect(() => broken.run(Z_SYNC_FLUSH, bytes('06'), 0, Buffer.alloc(8))).toThrow('invalid block type');
  }
  const closed = new DirectContext(directInflateStream(15));
  closed.stream.destroy();
  expect(() => closed.run(Z_SYNC_FLUSH, bytes('00'), 0, Buffer.alloc(8))).toThrow('closed');
});

test('an offset past the input is refused here, not by zlib', () => {
  const context = new DirectContext(directInflateStream(15));
  expect(() => context.run(Z_SYNC_FLUSH, bytes('00'), 2, Buffer.alloc(8))).toThrow();
});
