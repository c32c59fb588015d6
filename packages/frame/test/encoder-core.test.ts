import fc from 'fast-check';
import {
  DecoderCore,
  encodeFrame,
  EncoderCore,
  firstByte,
  Opcode,
  Slice,
  UsageError,
  wholeFrame,
  type EncoderOptions,
  type Frame,
  type FrameSlice,
} from '../src/index.js';
import { PILE_FRAMES } from '../src/encoder-core.js';
import { COPY_BELOW_BYTES } from '../src/pending.js';
import { cut, cuts, keys, legalFrames, payloads, roles } from './arbitraries.js';
import { heapBytes } from './memory.js';
import { decode, frameOf, hex, KEY, lines, peerOf, thrown } from './wire.js';

const { text, binary, continuation, ping } = Opcode;
const KEYS_AT_ONCE = 1024;
const frame = (payload: Buffer | string, opcode: Frame['opcode'] = binary): FrameSlice =>
  wholeFrame(true, 0, opcode, Buffer.from(payload));

function encode(options: EncoderOptions, ...frames: Frame[]): Buffer[] {
  const core = new EncoderCore(options);
  for (const each of frames) core.add(each);
  return core.take();
}

describe('the examples of RFC 6455 §5.7', () => {
  test.each<[string, EncoderOptions, Frame, string]>([
    ['unmasked text', { role: 'server' }, frame('Hello', text), '81 05 48656c6c6f'],
    ['masked text', { role: 'client', maskingKey: () => KEY }, frame('Hello', text), '81 85 37fa213d 7f9f4d5158'],
    [
      'a fragment',
      { role: 'server' },
      { fin: false, rsv: 0, opcode: text, payload: Buffer.from('Hel') },
      '01 03 48656c',
    ],
    [
      'a fragment that goes on',
      { role: 'server' },
      { fin: false, rsv: 0, opcode: continuation, payload: Buffer.from('l') },
      '00 01 6c',
    ],
    ['unmasked ping', { role: 'server' }, frame('Hello', ping), '89 05 48656c6c6f'],
    ['RSV1 set', { role: 'server' }, { fin: true, rsv: 4, opcode: text, payload: Buffer.from('a') }, 'c1 01 61'],
    ['no payload', { role: 'client', maskingKey: () => KEY }, frame('', ping), '89 80 37fa213d'],
  ])('%s', (_, options, given, expected) => {
    expect(encode(options, given)).toEqual([hex(expected)]);
    const { role, maskingKey } = options;
    expect(encodeFrame(given, { role, maskingKey: maskingKey?.() })).toEqual(hex(expected));
  });
});

test.each([0, 1, 31, 32, 125, 126, 127, 65535, 65536])('%i bytes take the shortest form (RFC 6455 §5.2)', (length) => {
  const payload = Buffer.alloc(length, 0x69);
  for (const role of ['client', 'server'] as const) {
    const expected = frameOf(role, { opcode: binary, payload });
    expect(Buffer.concat(encode({ role, maskingKey: () => KEY }, frame(payload))).equals(expected)).toBe(true);
    expect(encodeFrame(frame(payload), { role, maskingKey: KEY }).equals(expected)).toBe(true);
  }
});

test('lengths beyond 32 bits keep both halves', () => {
  const [head] = encode({ role: 'server' }, new Slice(true, 0, binary, Buffer.alloc(0), 2 ** 53 - 1, true, false));
  expect(head).toEqual(hex('82 7f 001fffffffffffff'));
});

describe('gathering', () => {
  test('small frames leave as one buffer', () => {
    const taken = encode({ role: 'server' }, frame('a'), frame('bc', text), frame('', ping));
    expect(taken).toEqual([hex('82 01 61 81 02 6263 89 00')]);
  });

  test.each([
    ['small ones', 1020, 300, [65_536, 65_536, 65_536, 65_536, 45_056]],
    ['strings', 40_000, 4, [80_008, 80_008]],
    ['one that is longer than a buffer takes', 200_000, 2, [200_010, 200_010]],
  ])('of many frames a buffer of 64 KiB takes no more: %s', (_, length, count, expected) => {
    const core = new EncoderCore({ role: 'server' });
    for (let i = 0; i < count; i++) core.addFrame(0x81, String(i % 10).repeat(length), length);
    const pieces = core.take();
    expect(pieces.map(({ length: bytes }) => bytes)).toEqual(expected);
    const frames = Array.from({ length: count }, (_frame, i) =>
      encodeFrame(wholeFrame(true, 0, Opcode.text, Buffer.alloc(length, String(i % 10))), { role: 'server' }),
    );
    expect(Buffer.concat(pieces).equals(Buffer.concat(frames))).toBe(true);
  });

  test('large payloads of a server stand apart, uncopied, between their neighbours', () => {
    const large = Buffer.alloc(COPY_BELOW_BYTES, 0x69);
    const taken = encode({ role: 'server' }, frame('a'), wholeFrame(true, 0, binary, large), frame('b'));
    expect(taken.map(({ length }) => length)).toEqual([3 + 4, COPY_BELOW_BYTES, 3]);
    expect(taken[1]).toBe(large);
    expect(taken[0]).toEqual(Buffer.concat([hex('82 01 61 82 7e'), Buffer.from([COPY_BELOW_BYTES >> 8, 0])]));
    const below = encode({ role: 'server' }, wholeFrame(true, 0, binary, large.subarray(1)));
    expect(below.map(({ length }) => length)).toEqual([4 + COPY_BELOW_BYTES - 1]);
  });

  test('two large payloads in a row, and one that is last', () => {
    const large = Buffer.alloc(COPY_BELOW_BYTES, 0x69);
    const taken = encode({ role: 'server' }, wholeFrame(true, 0, binary, large), wholeFrame(true, 0, binary, large));
    expect(taken.map(({ length }) => length)).toEqual([4, COPY_BELOW_BYTES, 4, COPY_BELOW_BYTES]);
  });

  test('large payloads of a client are copied, since they are masked', () => {
    const large = Buffer.alloc(COPY_BELOW_BYTES, 0x69);
    expect(encode({ role: 'client' }, wholeFrame(true, 0, binary, large))).toHaveLength(1);
    expect(large.equals(Buffer.alloc(COPY_BELOW_BYTES, 0x69))).toBe(true);
  });

  test('`bytes` tells what take answers; take leaves nothing behind', () => {
    const core = new EncoderCore({ role: 'client' });
    expect(core.take()).toEqual([]);
    core.add(frame('abc'));
    core.add(new Slice(true, 0, binary, Buffer.from('d'), 2, true, false));
    core.add(new Slice(true, 0, binary, Buffer.from('e'), 2, false, true));
    expect(core.bytes).toBe(9 + 8);
    expect(Buffer.concat(core.take())).toHaveLength(17);
    expect([core.bytes, core.take()]).toEqual([0, []]);
  });
});

describe('what connections add', () => {
  test('strings leave as UTF-8', () => {
    for (const string of ['ASCII', 'é', '日本', '\ud83d\ude00', '\ud800']) {
      const core = new EncoderCore({ role: 'client', maskingKey: () => KEY });
      core.addFrame(firstByte(true, 0, text), string, Buffer.byteLength(string));
      expect(core.take()).toEqual([frameOf('client', { opcode: text, payload: string })]);
    }
  });

  test('a large string is copied too', () => {
    const core = new EncoderCore({ role: 'server' });
    const string = 'i'.repeat(COPY_BELOW_BYTES);
    core.addFrame(firstByte(true, 0, text), string, string.length);
    expect(core.take()).toEqual([frameOf('server', { opcode: text, payload: string })]);
  });

  test('framed bytes go out as they are: alone uncopied, small ones among others gathered', () => {
    const framed = hex('82 01 61');
    const core = new EncoderCore({ role: 'server' });
    core.addEncoded(framed);
    expect(core.bytes).toBe(3);
    expect(core.take()[0]).toBe(framed);
    core.addEncoded(new Uint8Array(framed));
    expect(core.take()).toEqual([framed]);
    core.add(frame('b'));
    core.addEncoded(framed);
    expect(core.take()).toEqual([hex('82 01 62 82 01 61')]);
    const large = Buffer.concat([hex('82 7e 2000'), Buffer.alloc(COPY_BELOW_BYTES)]);
    core.addEncoded(large);
    core.addEncoded(large);
    expect(core.take().map((bytes) => bytes === large)).toEqual([true, true]);
  });
});

describe('a payload that was detached, shrank or grew since it was added', () => {
  const sizes = [1, 31, 32, 100, 1000, COPY_BELOW_BYTES, 100_000];

  test.each(sizes.flatMap((size) => (['client', 'server'] as const).map((role) => [size, role] as const)))(
    '%i bytes, %s: zeros take its place, and the frames behind it stand',
    (size, role) => {
      // Fills the pool with what must never leave.
      for (let i = 0; i < 64; i++) Buffer.allocUnsafe(4000).fill(0x53);
      const core = new EncoderCore({ role, maskingKey: () => KEY });
      const memory = new ArrayBuffer(size);
      core.add(wholeFrame(true, 0, binary, Buffer.from(memory).fill(0x69)));
      core.add(frame('behind', text));
      structuredClone(memory, { transfer: [memory] });
      const { slices, error } = decode({ role: peerOf(role) }, [Buffer.concat(core.take())], { end: true });
      expect(error).toBeUndefined();
      expect(slices.map(({ payload }) => payload)).toEqual([Buffer.alloc(size), Buffer.from('behind')]);
    },
  );

  test.each([0, 40, 20_000, 70_000])('resized from 50 000 to %i bytes', (size) => {
    // ES2024; our target's types know neither the option nor `resize`.
    const memory = Reflect.construct(ArrayBuffer, [50_000, { maxByteLength: 70_000 }]) as ArrayBuffer & {
      resize(bytes: number): void;
    };
    const core = new EncoderCore({ role: 'server' });
    core.add({ ...frame(''), payload: new Uint8Array(memory).fill(0x69) as unknown as Buffer });
    memory.resize(size);
    const { slices, error } = decode({ role: 'client' }, [Buffer.concat(core.take())], { end: true });
    expect(error).toBeUndefined();
    const kept = Math.min(size, 50_000);
    expect(slices[0]?.payload).toEqual(Buffer.concat([Buffer.alloc(kept, 0x69), Buffer.alloc(50_000 - kept)]));
  });
});

describe('a pile of frames that nobody takes', () => {
  const many = 2.5 * PILE_FRAMES;

  test.each(['client', 'server'] as const)('%s: order, bytes and slices are kept', (role) => {
    const core = new EncoderCore({ role, maskingKey: () => KEY });
    const large = Buffer.alloc(COPY_BELOW_BYTES, 0x69);
    for (let i = 0; i < many; i++) {
      const payload = i % 1000 === 7 ? large : Buffer.from(`${i}`);
      if (i % 1023 === 0) core.add(new Slice(true, 0, binary, payload.subarray(0, 1), payload.length, true, false));
      if (i % 1023 === 0) core.add(new Slice(true, 0, binary, payload.subarray(1), payload.length, false, true));
      else core.add(wholeFrame(true, 0, binary, payload));
    }
    const { bytes } = core;
    const taken = core.take();
    expect(taken.reduce((sum, { length }) => sum + length, 0)).toBe(bytes);
    expect([core.bytes, core.take()]).toEqual([0, []]);
    const { slices } = decode({ role: peerOf(role) }, taken, { end: true });
    expect(slices).toHaveLength(many);
    for (const [i, { payload }] of slices.entries()) {
      expect(payload.equals(i % 1000 === 7 ? large : Buffer.from(`${i}`))).toBe(true);
    }
  });

  test('is written a pile of 1024 frames at a time', () => {
    const core = new EncoderCore({ role: 'server' });
    for (let i = 0; i < 2 * 1024 + 3; i++) core.addFrame(firstByte(true, 0, binary), Buffer.of(1), 1);
    expect(core.take().map(({ length }) => length)).toEqual([3 * 1024, 3 * 1024, 3 * 3]);
  });

  test('takes little more memory than its bytes', () => {
    const core = new EncoderCore({ role: 'server' });
    const payload = Buffer.from('12');
    const before = heapBytes();
    for (let i = 0; i < 250_000; i++) core.addFrame(firstByte(true, 0, text), payload, 2);
    expect(heapBytes() - before).toBeLessThan(500_000);
    expect(core.bytes).toBe(1_000_000);
  });
});

describe('slices', () => {
  const slice = (payload: string, bytes: number, first: boolean, last: boolean): Slice =>
    new Slice(true, 0, binary, Buffer.from(payload), bytes, first, last);

  test('a frame in slices is the frame, its key and phase going on from one to the next (RFC 6455 §5.3)', () => {
    const drawn = [KEY, 0x01020304];
    const core = new EncoderCore({ role: 'client', maskingKey: () => drawn.shift()! });
    const bytes: Buffer[] = [];
    for (const [payload, first, last] of [
      ['', true, false],
      ['abc', false, false],
      ['defgh', false, true],
    ] as const) {
      core.add(slice(payload, 8, first, last));
      bytes.push(...core.take());
    }
    core.add(slice('next', 4, true, true));
    const next = frameOf('client', { opcode: binary, payload: 'next' }, 0x01020304);
    expect(Buffer.concat([...bytes, ...core.take()])).toEqual(
      Buffer.concat([frameOf('client', { opcode: binary, payload: 'abcdefgh' }), next]),
    );
  });

  test.each(['client', 'server'] as const)('%s: a slice of nothing that goes on alone leaves nothing', (role) => {
    const core = new EncoderCore({ role });
    core.add(slice('ab', 2, true, false));
    expect(core.take()).toHaveLength(1);
    core.add(slice('', 2, false, true));
    expect(core.take()).toEqual([]);
  });

  test.each<[string, string, boolean, Frame]>([
    ['a frame while another passes', 'the last slice of one frame comes before the next', true, frame('', ping)],
    ['a whole slice', 'the last slice of one frame comes before the next', true, slice('x', 1, true, true)],
    [
      'the first slice of another',
      'the last slice of one frame comes before the next',
      true,
      slice('x', 2, true, false),
    ],
    ['a slice that goes on with nothing', 'no slice goes on where none began', false, slice('x', 2, false, false)],
    ['the last of none', 'no slice goes on where none began', false, slice('x', 2, false, true)],
  ])('%s is refused, and what passes goes on', (_, message, passing, stray) => {
    for (const begun of passing ? ['', 'ab'] : [undefined]) {
      const core = new EncoderCore({ role: 'server' });
      core.add(slice('before', 6, true, true));
      if (begun !== undefined) core.add(slice(begun, 4, true, false));
      const error = thrown(() => core.add(stray));
      expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT' });
      expect(error?.message).toContain(message);
      if (begun !== undefined) core.add(slice('abcd'.slice(begun.length), 4, false, true));
      core.add(frame('', ping));
      const expected = `82 06 ${Buffer.from('before').toString('hex')} ${passing ? '82 04 61626364' : ''} 89 00`;
      expect(Buffer.concat(core.take())).toEqual(hex(expected));
    }
  });

  test('a slice that goes on alone is not copied by a server', () => {
    const core = new EncoderCore({ role: 'server' });
    core.add(slice('ab', 4, true, false));
    expect(core.take()).toEqual([hex('82 04 6162')]);
    const rest = slice('cd', 4, false, true);
    core.add(rest);
    expect(core.take()[0]).toBe(rest.payload);
  });
});

test('masking never changes the payload of the caller (RFC 6455 §5.3)', () => {
  for (const length of [5, 100, 20_000]) {
    const payload = Buffer.alloc(length, 0x69);
    encode({ role: 'client' }, wholeFrame(true, 0, binary, payload));
    encodeFrame(wholeFrame(true, 0, binary, payload), { role: 'client' });
    expect(payload.equals(Buffer.alloc(length, 0x69))).toBe(true);
  }
});

test('a client draws a fresh key for each frame', () => {
  const [bytes] = encode({ role: 'client' }, ...Array.from({ length: 100 }, () => frame('')));
  const drawn = Array.from({ length: 100 }, (_, i) => bytes!.readUInt32BE(i * 6 + 2));
  expect(new Set(drawn).size).toBeGreaterThan(97);
});

test('CVE-2017-16031: a client draws its keys from the generator of Web Crypto (RFC 6455 §5.3)', () => {
  const key = 0x01020304;
  const generator = jest.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((view) => {
    (view as Uint32Array).fill(key);
    return view;
  });
  // Keys that were drawn before are used first.
  const keysOf = (): number[] => {
    const bytes = Buffer.concat(encode({ role: 'client' }, ...Array.from({ length: KEYS_AT_ONCE }, () => frame(''))));
    return Array.from({ length: KEYS_AT_ONCE }, (_, i) => bytes.readUInt32BE(i * 6 + 2));
  };
  try {
    keysOf();
    expect(new Set(keysOf())).toEqual(new Set([key]));
    expect(encodeFrame(frame(''), { role: 'client' })).toEqual(hex('82 80 01020304'));
  } finally {
    generator.mockRestore();
  }
  keysOf();
  expect(new Set(keysOf()).size).toBeGreaterThan(KEYS_AT_ONCE - 10);
});

test.each([
  ['an unknown option', { role: 'client', mask: true }, "FrameEncoder has no option 'mask'"],
  ['no role', {}, "role must be 'client' or 'server'"],
  [
    'a key that is not a function',
    { role: 'client', maskingKey: 1 },
    'a function that returns an unsigned 32-bit integer',
  ],
])('options: %s', (_, options, message) => {
  const error = thrown(() => new EncoderCore(options as EncoderOptions));
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  expect(error?.message).toContain(message);
});

const noFrame = 'a frame is an object';
const noRole = "encodeFrame needs a role: 'client' or 'server'";
const noBytes = 'the payload of a frame must be a Buffer or Uint8Array';
const noControl = 'a control frame is never fragmented and has at most 125 bytes of payload';
const noHeader = 'a frame needs a boolean fin, an rsv from 0 to 7 and an opcode of `Opcode` (RFC 6455 §5.2)';
const lying = Object.defineProperty(Buffer.alloc(1), 'length', { value: 2 });

test.each<[string, string, () => unknown]>([
  ['no role', noRole, () => encodeFrame(frame(''), {} as EncoderOptions as { role: 'client' })],
  ['a string as payload', noBytes, () => encodeFrame({ ...frame(''), payload: 'é' as never }, { role: 'server' })],
  ['a length that lies', noBytes, () => encodeFrame({ ...frame(''), payload: lying }, { role: 'server' })],
  ['no payload', noBytes, () => new EncoderCore({ role: 'server' }).add({ fin: true, rsv: 0, opcode: text } as Frame)],
  [
    'a string to the core',
    noBytes,
    () => new EncoderCore({ role: 'server' }).add({ ...frame(''), payload: 'é' as never }),
  ],
  [
    'a ping of 126 bytes (RFC 6455 §5.5)',
    noControl,
    () => encodeFrame(frame(Buffer.alloc(126), ping), { role: 'server' }),
  ],
  ['a fragmented close', noControl, () => encodeFrame({ ...frame('', 8), fin: false }, { role: 'server' })],
  ['no options', noRole, () => encodeFrame(frame(''), undefined as never)],
  ['no frame', noFrame, () => encodeFrame(undefined as never, { role: 'server' })],
  ['no frame to the core', noFrame, () => new EncoderCore({ role: 'server' }).add(null as never)],
  ...[0, 1, 'false', null, undefined].flatMap((fin): [string, string, () => unknown][] => [
    [`fin ${fin}`, noHeader, () => encodeFrame({ ...frame(''), fin: fin as never }, { role: 'server' })],
    [
      `fin ${fin} to the core`,
      noHeader,
      () => new EncoderCore({ role: 'server' }).add({ ...frame(''), fin: fin as never }),
    ],
  ]),
  ...[8, -1, 0.5, NaN, '4', undefined].flatMap((rsv): [string, string, () => unknown][] => [
    [`rsv ${rsv}`, noHeader, () => encodeFrame({ ...frame(''), rsv: rsv as never }, { role: 'server' })],
    [
      `rsv ${rsv} to the core`,
      noHeader,
      () => new EncoderCore({ role: 'server' }).add({ ...frame(''), rsv: rsv as never }),
    ],
  ]),
  ...[3, 7, 11, 15, 16, 99, -1, 1.5, NaN, '1', null].flatMap((opcode): [string, string, () => unknown][] => [
    [`opcode ${opcode}`, noHeader, () => encodeFrame(frame('', opcode as never), { role: 'server' })],
    [
      `opcode ${opcode} to the core`,
      noHeader,
      () => new EncoderCore({ role: 'server' }).add(frame('', opcode as never)),
    ],
  ]),
])('arguments: %s', (_, message, call) => {
  const error = thrown(call);
  expect(error).toMatchObject({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT' });
  expect(error?.message).toContain(message);
});

describe('properties', () => {
  test('encode, cut anyhow, decode: the same frames', () => {
    fc.assert(
      fc.property(roles, fc.constantFrom('frames', 'slices'), legalFrames, cuts, (role, emit, frames, points) => {
        const core = new EncoderCore({ role: peerOf(role) });
        for (const { fin = true, opcode, payload = '' } of frames) {
          core.add({ fin, rsv: 0, opcode: opcode as Opcode, payload: Buffer.from(payload) });
        }
        const { slices, error } = decode({ role, emit }, cut(Buffer.concat(core.take()), points), { end: true });
        expect(error).toBeUndefined();
        expect(lines(slices)).toEqual(
          frames.map(({ fin = true, opcode, payload = '' }) => {
            const bytes = Buffer.from(payload);
            return `${fin ? 'fin' : '…'} 0 ${opcode} ${bytes.length} ${bytes.toString('hex')}`;
          }),
        );
      }),
    );
  });

  test('encodeFrame and the core write what the naive twin writes', () => {
    fc.assert(
      fc.property(roles, payloads, keys, fc.boolean(), fc.integer({ min: 0, max: 7 }), (role, bytes, key, fin, rsv) => {
        const given = { fin, rsv, opcode: binary, payload: Buffer.from(bytes) };
        const expected = frameOf(role, given, key);
        expect(encodeFrame(given, { role, maskingKey: key }).equals(expected)).toBe(true);
        expect(Buffer.concat(encode({ role, maskingKey: () => key }, given)).equals(expected)).toBe(true);
      }),
    );
  });

  test('slices of a decoder, encoded again, are the same frame: forwarding needs no second path', () => {
    fc.assert(
      fc.property(legalFrames, cuts, keys, (frames, points, key) => {
        const wire = Buffer.concat(frames.map((each) => frameOf('client', each, key)));
        const core = new EncoderCore({ role: 'server' });
        const decoder = new DecoderCore({ role: 'server', emit: 'slices' });
        for (const chunk of cut(wire, points)) {
          decoder.write(chunk);
          for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) core.add(slice);
        }
        const expected = Buffer.concat(frames.map((each) => frameOf('server', each)));
        expect(Buffer.concat(core.take()).equals(expected)).toBe(true);
      }),
    );
  });
});
