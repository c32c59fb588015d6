import fc from 'fast-check';
import { HandshakeError } from '../src/index.js';
import { HeadScanner } from '../src/head-scanner.js';
import { latin1 } from './heads.js';

/** A head by the plainest means; undefined where the scanner must not find one. */
function naive(text: string): { end: number; fields: string[] } | undefined {
  const end = text.indexOf('\r\n\r\n') + 4;
  const [, ...lines] = text.slice(0, end - 4).split('\r\n');
  if (end === 3) return undefined;
  const fields: string[] = [];
  for (const line of lines) {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (field === null) return undefined;
    fields.push(field[1]!, field[2]!.replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  return { end, fields };
}

function scanned(text: string): { end: number; fields: string[] } | undefined {
  const bytes = latin1(text);
  const scanner = new HeadScanner('server', Infinity, () => {});
  const end = scanner.scan(bytes, 0, bytes.length);
  const { marks } = scanner;
  const fields: string[] = [];
  for (let index = 0; index < marks.length; index += 2) fields.push(text.slice(marks[index], marks[index + 1]));
  return end === -1 ? undefined : { end, fields };
}

describe('HeadScanner', () => {
  test('agrees with its naive twin', () => {
    const piece = fc.constantFrom(
      'A',
      'b',
      ': ',
      ':',
      '\r\n',
      '\r\n\r\n',
      ' ',
      '\t',
      '\r',
      '\n',
      '\0',
      '\xff',
      'C: d\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = `GET / HTTP/1.1\r\n${pieces.join('')}`;
        let found: ReturnType<typeof scanned>;
        try {
          found = scanned(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HandshakeError);
          // The twin reads a whole head; the scanner also fails within one that is not there yet.
          expect(naive(text)).toBeUndefined();
          return;
        }
        expect(found).toEqual(naive(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('looks at each byte a bounded number of times, wherever the chunks end', () => {
    const fields = `Name:  some value  with   spaces \t\r\n`;
    for (const text of [
      `GET / HTTP/1.1\r\n${fields.repeat(400)}\r\n`,
      'a'.repeat(16384),
      `G\r\nA:${' '.repeat(16384)}`,
    ]) {
      const bytes = latin1(text);
      for (const size of [1, 2, 7, 100, bytes.length]) {
        let looks = 0;
        const counted = new Proxy(bytes, {
          get(target, key) {
            looks++;
            return Reflect.get(target, key, target) as unknown;
          },
        });
        const scanner = new HeadScanner('server', Infinity, () => {});
        for (let at = 0; at < bytes.length; at += size) scanner.scan(counted, at, Math.min(at + size, bytes.length));
        expect(looks).toBeLessThanOrEqual(4 * bytes.length);
      }
    }
  });

  test('hands on the first line before it looks further', () => {
    const lines: string[] = [];
    const scanner = new HeadScanner('client', 1, (bytes, from, to) => {
      lines.push(Buffer.from(bytes).toString('latin1', from, to));
    });
    const bytes = latin1('HTTP/1.1 101 \r\n\0');
    expect(scanner.isInFirstLine).toBe(true);
    expect(() => scanner.scan(bytes, 0, bytes.length)).toThrow(HandshakeError);
    expect(scanner.isInFirstLine).toBe(false);
    expect(lines).toEqual(['HTTP/1.1 101 ']);
  });

  test('hands on the first line once', () => {
    const judge = jest.fn();
    const bytes = latin1('GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n');
    expect(new HeadScanner('server', 2, judge).scan(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(judge).toHaveBeenCalledTimes(1);
  });
});
