import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { Utf8Validator } from '../src/index.js';
import { cut, cuts } from './arbitraries.js';
import { hex, singly } from './wire.js';

/** RFC 3629 §4, by the platform's own decoder. */
function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether bytes can be the start of text: some of these endings make it whole. */
function canStart(bytes: Uint8Array): boolean {
  const endings = [[], [0x80], [0xbf], [0x80, 0x80], [0xbf, 0x80], [0x80, 0x80, 0x80], [0xbf, 0x80, 0x80]];
  return endings.some((ending) => isText(Uint8Array.from([...bytes, ...ending])));
}

/** Every other piece is handed in as a stretch amid bytes that are no text. */
function validate(pieces: readonly Uint8Array[]): boolean {
  const utf8 = new Utf8Validator();
  const amid = (bytes: Uint8Array): Buffer => Buffer.concat([hex('ff'), bytes, hex('ff')]);
  const push = (bytes: Uint8Array, index: number): boolean =>
    index % 2 === 0 ? utf8.push(bytes) : utf8.push(amid(bytes), 1, 1 + bytes.length);
  return pieces.every(push) && utf8.end();
}

/** Index of the byte that fails, fed one by one. */
function failsAt(bytes: Uint8Array): number | undefined {
  const utf8 = new Utf8Validator();
  const at = singly(bytes).findIndex((byte) => !utf8.push(byte));
  return at === -1 ? undefined : at;
}

describe('RFC 3629, at the byte that breaks it (RFC 6455 §8.1)', () => {
  test.each([
    ['a lone continuation byte', '80', 0],
    ['C0 is overlong', 'c080', 0],
    ['C1 is overlong', 'c1bf', 0],
    ['two bytes, the second is none', 'c241', 1],
    ['three bytes, overlong', 'e080af', 1],
    ['three bytes, overlong at the edge', 'e09fbf', 1],
    ['the first surrogate', 'eda080', 1],
    ['the last surrogate', 'edbfbf', 1],
    ['three bytes, the third is none', 'e282c0', 2],
    ['four bytes, overlong', 'f08080af', 1],
    ['four bytes, overlong at the edge', 'f08fbfbf', 1],
    ['beyond U+10FFFF', 'f4908080', 1],
    ['F5', 'f5808080', 0],
    ['FF', 'ff', 0],
    ['four bytes, the last is none', 'f09f9878', 3],
    ['text before it', '6162c3a9ff', 4],
    ['a lead after a lead', 'e2e2', 1],
  ])('%s', (_, picture, at) => {
    expect(failsAt(hex(picture))).toBe(at);
    const long = Buffer.concat([Buffer.alloc(64, 0x61), hex(picture), Buffer.alloc(64, 0x61)]);
    expect(failsAt(long)).toBe(64 + at);
    expect(validate([long])).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['U+0000', '00'],
    ['U+007F and U+0080', '7fc280'],
    ['U+07FF and U+0800', 'dfbfe0a080'],
    ['U+D7FF and U+E000', 'ed9fbfee8080'],
    ['U+FFFF, not a character and yet valid', 'efbfbf'],
    ['U+10000 and U+10FFFF', 'f0908080f48fbfbf'],
    ['a byte order mark', 'efbbbf61'],
  ])('%s', (_, picture) => {
    expect(validate([hex(picture)])).toBe(true);
    expect(validate(singly(hex(picture)))).toBe(true);
  });

  test.each([
    ['c3', 1],
    ['e282', 1],
    ['e2', 2],
    ['f09f98', 1],
    ['f09f', 2],
    ['f0', 3],
  ])('text that ends with %s lacks %i', (picture, missing) => {
    for (const before of [0, 64]) {
      const utf8 = new Utf8Validator();
      expect(utf8.push(Buffer.concat([Buffer.alloc(before, 0x61), hex(picture)]))).toBe(true);
      expect([utf8.complete, utf8.missing]).toEqual([false, missing]);
      expect(utf8.end()).toBe(false);
      expect([utf8.complete, utf8.missing]).toEqual([true, 0]);
      expect(utf8.push(hex('80'))).toBe(false);
    }
  });

  test.each([
    ['ends a sequence and is whole itself', 'c3', `a9${'61'.repeat(64)}`],
    ['ends a sequence and opens one', 'e282', `ac${'61'.repeat(64)}c3`],
    ['ends amid a sequence, the byte after its lead being the lowest', '', `${'61'.repeat(64)}f09080`],
  ])('a long piece that %s', (_, before, piece) => {
    const utf8 = new Utf8Validator();
    expect(utf8.push(hex(before))).toBe(true);
    expect(utf8.push(hex(piece))).toBe(true);
  });

  test('after end the bounds of the next byte are those of any sequence', () => {
    for (const lead of ['e0', 'ed', 'f0', 'f4']) {
      const utf8 = new Utf8Validator();
      utf8.push(hex(lead));
      utf8.end();
      expect(utf8.push(hex('c280 dfbf'))).toBe(true);
    }
  });
});

test('every code point, and every pair of bytes, as the platform has it', () => {
  for (let code = 0; code <= 0x10ffff; code += code < 0x900 ? 1 : 61) {
    const valid = code < 0xd800 || code > 0xdfff;
    if (valid && !validate(singly(Buffer.from(String.fromCodePoint(code))))) expect(code).toBe('valid');
  }
  for (let pair = 0; pair < 0x10000; pair++) {
    const bytes = Uint8Array.from([pair >> 8, pair & 0xff]);
    const utf8 = new Utf8Validator();
    if ((utf8.push(bytes) && utf8.complete) !== isUtf8(bytes)) expect(bytes).toBe('judged as the platform does');
  }
});

const samples = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80, size: 'max' }).map((text) => new Uint8Array(Buffer.from(text))),
  fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 60, size: 'max' }), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([text, at, value]) => {
      const bytes = new Uint8Array(Buffer.from(text));
      if (bytes.length > 0) bytes[at % bytes.length] = value;
      return bytes;
    }),
  fc
    .array(fc.constantFrom(0x61, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xff), {
      maxLength: 50,
      size: 'max',
    })
    .map((all) => Uint8Array.from(all)),
);

test('judges as TextDecoder does, under any split', () => {
  fc.assert(
    fc.property(samples, cuts, (bytes, points) => {
      const valid = isText(bytes);
      expect(validate([bytes])).toBe(valid);
      expect(validate(cut(bytes, points))).toBe(valid);
      expect(validate(singly(bytes))).toBe(valid);
    }),
    { numRuns: 1000 },
  );
});

test('fails at exactly the first byte that no text can go on from', () => {
  fc.assert(
    fc.property(samples, (bytes) => {
      const at = bytes.findIndex((_, i) => !canStart(bytes.subarray(0, i + 1)));
      expect(failsAt(bytes)).toBe(at === -1 ? undefined : at);
    }),
    { numRuns: 300 },
  );
});
