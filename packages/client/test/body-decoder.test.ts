import { HeaderFields } from '@sokker/handshake';
import fc from 'fast-check';
import { BodyDecoder } from '../src/body-decoder.js';

const chunked = new HeaderFields(['Transfer-Encoding', 'gzip, Chunked']);

function decode(decoder: BodyDecoder, pieces: readonly Uint8Array[]): string {
  return Buffer.concat(pieces.flatMap((piece) => [...decoder.decode(Buffer.from(piece))])).toString('latin1');
}

test('chunks come out as they went in, however they are cut', () => {
  const part = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.nat(60)), (parts, cuts) => {
      const coded = parts.map((bytes) => [
        Buffer.from(`${bytes.length.toString(16)};x=y\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]);
      const wire = Buffer.concat([...coded.flat(), Buffer.from('0\r\nTrailer: x\r\n\r\nnext')]);
      const pieces: Buffer[] = [];
      let at = 0;
      for (const cut of [...cuts, wire.length]) pieces.push(wire.subarray(at, (at = Math.min(wire.length, at + cut))));
      const decoder = new BodyDecoder(500, chunked);
      expect(decode(decoder, pieces)).toBe(Buffer.concat(parts).toString('latin1'));
      expect(decoder.done).toBe(true);
    }),
  );
});

test.each([
  ['counted', 500, ['Content-Length', '3'], 'abcdef', 'abc', true],
  ['counted as nothing', 500, ['Content-Length', '0'], 'abc', '', true],
  ['counted by no number', 500, ['Content-Length', 'x'], 'abc', '', true],
  ['up to the end', 500, [], 'abc', 'abc', false],
  ['of a status that has none', 204, [], 'abc', '', true],
  ['of a chunk size that is none', 500, ['Transfer-Encoding', 'chunked'], 'zz\r\nabc', '', true],
  ['of a chunk size without end', 500, ['Transfer-Encoding', 'chunked'], '1'.repeat(100), '', true],
])('a body %s', (_name, status, headers, wire, expected, done) => {
  const decoder = new BodyDecoder(status, new HeaderFields(headers));
  expect(decode(decoder, [Buffer.from(wire)])).toBe(expected);
  expect(decoder.done).toBe(done);
});

test.each([[['gzip,chunked']], [['gzip ,\tCHUNKED ']], [['chunked ,, ']], [['gzip', 'chunked']]])(
  'chunked as the last coding: %j',
  (lines) => {
    const headers = new HeaderFields(lines.flatMap((line) => ['Transfer-Encoding', line]));
    const wire = Buffer.from('2\r\nno\r\n0\r\n\r\n');
    expect(decode(new BodyDecoder(500, headers), [wire])).toBe('no');
  },
);

test.each(['chunked, gzip', 'unchunked', 'chunked;x=y', ''])('%j is not chunked at the end', (coding) => {
  const decoder = new BodyDecoder(500, new HeaderFields(['Transfer-Encoding', coding]));
  expect(decode(decoder, [Buffer.from('2\r\nno')])).toBe('2\r\nno');
});
