import fc from 'fast-check';
import { Window } from '../src/window.js';
import { noise } from './drive.js';

test('nothing seen is nothing kept', () => {
  const window = new Window(256);
  window.push(Buffer.alloc(0));
  expect(window.bytes()).toHaveLength(0);
});

test.each([256, 512, 32768])(
  'of capacity %i, it keeps the last bytes of any pieces, as one slice would',
  (capacity) => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 * capacity), { maxLength: 12 }), (sizes) => {
        const window = new Window(capacity);
        let all = Buffer.alloc(0);
        for (const [index, size] of sizes.entries()) {
          const piece = noise(size, index + 1);
          window.push(piece);
          all = Buffer.concat([all, piece]);
          expect(window.bytes().equals(all.subarray(-capacity))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test('what it gives is a copy, and what it was given too', () => {
  const window = new Window(256);
  const piece = Buffer.from('abc');
  window.push(piece);
  piece.fill(0);
  window.bytes().fill(0);
  expect(String(window.bytes())).toBe('abc');
});

test('cleared, it starts over', () => {
  const window = new Window(256);
  window.push(noise(300));
  window.clear();
  expect(window.bytes()).toHaveLength(0);
  window.push(Buffer.from('abc'));
  expect(String(window.bytes())).toBe('abc');
});
