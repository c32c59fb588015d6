import fc from 'fast-check';
import { bytesOf, hexOf } from '../src/index.js';

test.each([
  ['', 0],
  ['00', 1],
  ['8105 48656c6c6f', 7],
  ['69*3', 3],
  ['6970*2 00', 5],
])('%j is %i bytes', (hex, length) => {
  expect(bytesOf(hex)).toHaveLength(length);
});

test.each(['0', '0g', '00 ', ' 00', '00*', '00*x', '00*1.5', '*2', '00*2*2', 'é'])('%j is refused', (hex) => {
  expect(() => bytesOf(hex)).toThrow('not hexadecimal bytes');
});

test('short bytes are plain digits', () => {
  expect(hexOf(Buffer.alloc(1023, 'i'))).toBe('69'.repeat(1023));
});

test('long runs are shortened, masked ones too', () => {
  expect(hexOf(Buffer.alloc(65536, 'i'))).toBe('69*65536');
  expect(hexOf(Buffer.concat([Buffer.from('8200', 'hex'), Buffer.alloc(4002, 'abcd')]))).toBe(
    '8200 61626364*1000 6162',
  );
});

test('bytes that are changed and written again are written anew', () => {
  const bytes = Buffer.alloc(65536, 'i');
  hexOf(bytes);
  bytes[65535] = 0;
  expect(hexOf(bytes)).toBe('69*65535 00');
});

test('hexOf and bytesOf are each other’s inverse', () => {
  const runs = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 900 })));
  fc.assert(
    fc.property(runs, (parts) => {
      const bytes = Buffer.concat(parts.map(([unit, count]) => Buffer.alloc(unit.length * count, unit)));
      expect(bytesOf(hexOf(bytes)).equals(bytes)).toBe(true);
    }),
  );
});
