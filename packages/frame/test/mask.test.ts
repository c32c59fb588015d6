import { endianness } from 'node:os';
import fc from 'fast-check';
import { copyMasked, maskInPlace, wordsOf, WORD_THRESHOLD_BYTES } from '../src/mask.js';
import { VECTOR_THRESHOLD_BYTES, vectorsAtHand } from '../src/mask-vectors.js';
import { hex, KEY, naiveMask } from './wire.js';
import { keys } from './arbitraries.js';

const bytesOf = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff));
const MEMORY = bytesOf(400);
const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

/** Masks `length` bytes that start `alignment` bytes into fresh memory, and looks at what lies around them. */
function check(length: number, alignment: number, phase: number, key: number, source = MEMORY): void {
  const memory = Buffer.from(new ArrayBuffer(length + 16));
  source.copy(memory, 0, 0, length + 16);
  const untouched = Buffer.from(memory);
  const ascii = maskInPlace(memory, alignment, alignment + length, key, phase);
  const expected = naiveMask(untouched.subarray(alignment, alignment + length), key, phase);
  const masked = memory.subarray(alignment, alignment + length);
  if (!masked.equals(expected) || ascii !== isAscii(expected)) {
    expect({ length, alignment, phase, ascii, masked }).toEqual({
      length,
      alignment,
      phase,
      ascii: isAscii(expected),
      masked: expected,
    });
  }
  untouched.set(expected, alignment);
  expect(memory.equals(untouched)).toBe(true);
}

test('the example of RFC 6455 §5.7', () => {
  const bytes = hex('7f9f4d5158');
  expect(maskInPlace(bytes, 0, 5, KEY, 0)).toBe(true);
  expect(String(bytes)).toBe('Hello');
});

test('as the naive twin does, for every length 0 to 64, alignment and phase', () => {
  for (let length = 0; length <= 64; length++) {
    for (let alignment = 0; alignment < 8; alignment++) {
      for (let phase = 0; phase < 5; phase++) check(length, alignment, phase, 0x80ff017f);
    }
  }
});

test('copied, as the naive twin does, for every length 0 to 40 and phase, and nothing around it', () => {
  for (let length = 0; length <= 40; length++) {
    for (let phase = 0; phase < 5; phase++) {
      const payload = MEMORY.subarray(3, 3 + length);
      const out = Buffer.alloc(length + 12, 0xee);
      copyMasked(payload, out, 6, length, 0x80ff017f, phase);
      const expected = Buffer.alloc(length + 12, 0xee);
      expected.set(naiveMask(payload, 0x80ff017f, phase), 6);
      expect(out).toEqual(expected);
    }
  }
  expect(MEMORY).toEqual(bytesOf(400));
});

test('as the naive twin does around the threshold and through the unrolled loop', () => {
  const around = [-2, -1, 0, 1, 2].map((offset) => WORD_THRESHOLD_BYTES + offset);
  for (const length of [...around, ...Array.from({ length: 236 }, (_, i) => 65 + i)]) {
    for (let alignment = 0; alignment < 4; alignment++) {
      for (let phase = 0; phase < 4; phase++) check(length, alignment, phase, 0x37fa213d);
    }
  }
});

const BLOCK_BYTES = 16 * 1024;
const LONG = [VECTOR_THRESHOLD_BYTES, VECTOR_THRESHOLD_BYTES + BLOCK_BYTES, 2 * BLOCK_BYTES].flatMap((length) =>
  [-1, 0, 1, 15, 16, 17].map((more) => length + more),
);

test.each(LONG)(
  'as the naive twin does in %i bytes: by vectors, block by block, and what is left of them',
  (length) => {
    const source = bytesOf(length + 16);
    for (let alignment = 0; alignment < 4; alignment++) {
      for (let phase = 0; phase < 4; phase++) check(length, alignment, phase, 0x80ff017f, source);
    }
  },
);

test('vectors tell ASCII, wherever the byte beyond it stands', () => {
  const length = VECTOR_THRESHOLD_BYTES + BLOCK_BYTES + 7;
  const source = Buffer.alloc(length + 16, 1);
  check(length, 1, 0, 0x01010101, source);
  for (const at of [0, 15, 16, BLOCK_BYTES - 1, BLOCK_BYTES, length - 24, length - 8, length - 7, length - 1]) {
    source[at + 1] = 0x81;
    check(length, 1, 0, 0x01010101, source);
    source[at + 1] = 1;
  }
});

test('a long payload is masked by vectors where there are any, and by words, with the same outcome, where there are none', () => {
  expect(vectorsAtHand()).not.toBeNull();
  const source = bytesOf(VECTOR_THRESHOLD_BYTES + 21);
  const { WebAssembly: present } = globalThis as { WebAssembly?: unknown };
  jest.isolateModules(() => {
    Object.assign(globalThis, { WebAssembly: undefined });
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { maskInPlace: mask } = require('../src/mask.js') as typeof import('../src/mask.js');
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { vectorsAtHand: atHand } = require('../src/mask-vectors.js') as typeof import('../src/mask-vectors.js');
      const bytes = Buffer.from(source);
      expect(mask(bytes, 3, bytes.length, KEY, 1)).toBe(false);
      expect(bytes.subarray(3)).toEqual(naiveMask(source.subarray(3), KEY, 1));
      expect(atHand()).toBeNull();
    } finally {
      Object.assign(globalThis, { WebAssembly: present });
    }
  });
});

test('in a view that begins anywhere in its memory and ends with it', () => {
  for (let offset = 0; offset < 4; offset++) {
    for (let length = WORD_THRESHOLD_BYTES; length < WORD_THRESHOLD_BYTES + 8; length++) {
      const bytes = Buffer.from(new ArrayBuffer(offset + length), offset);
      MEMORY.copy(bytes);
      maskInPlace(bytes, 0, length, KEY, 0);
      expect(bytes).toEqual(naiveMask(MEMORY.subarray(0, length), KEY));
    }
  }
});

test('with the words at hand, for every length and place in a view that begins and ends anywhere', () => {
  for (let offset = 0; offset < 4; offset++) {
    for (let size = 16; size < 48; size++) {
      for (let start = 0; start < 5; start++) {
        const bytes = Buffer.from(new ArrayBuffer(offset + size + 3), offset, size);
        MEMORY.copy(bytes, 0, 0, size);
        const end = size - ((start + size) % 5);
        const expected = Buffer.from(bytes);
        expected.set(naiveMask(bytes.subarray(start, end), KEY, offset), start);
        const ascii = maskInPlace(bytes, start, end, KEY, offset, wordsOf(bytes));
        expect({ bytes, ascii }).toEqual({ bytes: expected, ascii: isAscii(expected.subarray(start, end)) });
        expect(Buffer.from(bytes.buffer, offset + size)).toEqual(Buffer.alloc(3));
      }
    }
  }
});

test('tells ASCII in a view that ends in the middle of a word, also where only its last bytes are beyond', () => {
  for (let offset = 0; offset < 4; offset++) {
    for (let length = 64; length < 72; length++) {
      for (const at of [0, 1, 2, 3, length - 3, length - 2, length - 1]) {
        const bytes = Buffer.from(new ArrayBuffer(offset + length), offset).fill(0x61);
        bytes[at] = 0xe9;
        expect({ offset, length, at, ascii: maskInPlace(bytes, 0, length, 0, 0) }).toMatchObject({ ascii: false });
      }
    }
  }
});

test('tells ASCII, wherever the byte beyond it stands', () => {
  for (const length of [1, 5, 63, 64, 65, 66, 67, 100, 101, 102, 103]) {
    for (let at = 0; at < length; at++) {
      const source = Buffer.alloc(length + 16, 0x61);
      source[at + 1] = 0xe9;
      check(length, 1, 0, 0x01020304, source);
    }
    check(length, 1, 0, 0x01020304, Buffer.alloc(length + 16, 0x61));
  }
});

test('twice is nothing (RFC 6455 §5.3), also in two parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), keys, fc.nat(), (bytes, key, cutAt) => {
      const copy = Uint8Array.from(bytes);
      const at = copy.length === 0 ? 0 : cutAt % copy.length;
      maskInPlace(copy, 0, copy.length, key, 0);
      maskInPlace(copy, 0, at, key, 0);
      maskInPlace(copy, at, copy.length, key, at);
      expect(copy).toEqual(bytes);
    }),
  );
});

test.each(['BE', 'LE'])(
  'words of the key on a machine that says it is %s: stored swapped on one that is not',
  (said) => {
    jest.isolateModules(() => {
      jest.doMock('node:os', () => ({ endianness: () => said }));
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { maskInPlace: mask } = require('../src/mask.js') as typeof import('../src/mask.js');
      const bytes = Buffer.from(new ArrayBuffer(WORD_THRESHOLD_BYTES)).fill(0);
      mask(bytes, 0, bytes.length, 0x01020304, 0);
      expect(bytes.subarray(0, 8)).toEqual(hex(said === endianness() ? '0102030401020304' : '0403020104030201'));
    });
  },
);
