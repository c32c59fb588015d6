import fc from 'fast-check';
import { Duplex, PassThrough } from 'node:stream';
import { PORTION_BYTES, Portions, SOCKET_PORTION_BYTES } from '../src/portions.js';

test.each<[string, Duplex, number]>([
  ['a duplex', new PassThrough(), PORTION_BYTES],
  ['a socket', Object.assign(new PassThrough(), { _handle: { writeQueueSize: 0 } }), SOCKET_PORTION_BYTES],
])('gives %s everything, in order, in views of what it was given', (_, duplex, portionBytes) => {
  const sizes = fc.array(fc.oneof(fc.nat(100), fc.nat(3 * portionBytes)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const pieces = lengths.map((length, index) => Buffer.alloc(length, index));
      const all = Buffer.concat(pieces);
      const portions = new Portions([...pieces], all.length, duplex);
      const given: Buffer[] = [];
      while (portions.bytes > 0) {
        const before = portions.bytes;
        const portion = portions.next();
        const bytes = portion.reduce((sum, { length }) => sum + length, 0);
        expect(bytes).toBe(Math.min(portionBytes, before));
        expect(portions.bytes).toBe(before - bytes);
        given.push(...portion);
      }
      expect(Buffer.concat(given).equals(all)).toBe(true);
      expect(given.every(({ buffer }) => pieces.some((piece) => piece.buffer === buffer))).toBe(true);
    }),
    { numRuns: 100 },
  );
});
