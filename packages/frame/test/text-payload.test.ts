import fc from 'fast-check';
import { textPayload } from '../src/text-payload.js';

const size = (payload: string | Buffer): number => payload.length;

test('text that is ASCII stays a string, whose length is its size', () => {
  expect(textPayload('abc')).toBe('abc');
  expect(textPayload('')).toBe('');
});

test.each(['é', 'aé', '日本', '😀', '\ud800', 'a\udc00b'])('%j becomes UTF-8', (text) => {
  expect(textPayload(text)).toEqual(Buffer.from(text));
});

test('whatever came before, it is the same text', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string())), (texts) => {
      for (const text of texts) {
        const payload = textPayload(text);
        expect(Buffer.from(payload)).toEqual(Buffer.from(text));
        expect(size(payload)).toBe(Buffer.byteLength(text));
      }
    }),
  );
});

test('the first ASCII text behind others is converted too, the next one stays', () => {
  textPayload('é');
  expect(textPayload('abc')).toEqual(Buffer.from('abc'));
  expect(textPayload('abc')).toBe('abc');
});
