import fc from 'fast-check';
import {
  DecoderCore,
  encodeFrame,
  Opcode,
  UsageError,
  type DecoderOptions,
  type LimitError,
  type Role,
} from '../src/index.js';
import { cut, cuts, hostileBytes, keys, legalFrames, roles } from './arbitraries.js';
import { bufferBytes } from './memory.js';
import { bits, decode, frameOf, hex, KEY, lines, naiveMask, peerOf, singly, stream, thrown } from './wire.js';

const { text, binary, continuation, close, ping } = Opcode;

describe('frames (RFC 6455 §5.2, §5.7)', () => {
  test.each<[string, Role, Buffer, string[]]>([
    //                        F RSV TEXT M 5
    [
      'unmasked text',
      'client',
      Buffer.concat([bits('1 000 0001 0 0000101'), Buffer.from('Hello')]),
      ['fin 0 1 5 48656c6c6f'],
    ],
    ['masked text', 'server', hex('81 85 37fa213d 7f9f4d5158'), ['fin 0 1 5 48656c6c6f']],
    ['fragmented text', 'client', hex('01 03 48656c 80 02 6c6f'), ['… 0 1 3 48656c', 'fin 0 0 2 6c6f']],
    ['ping and masked pong', 'server', hex('8a 85 37fa213d 7f9f4d5158'), ['fin 0 10 5 48656c6c6f']],
    ['no payload, no key', 'client', hex('82 00'), ['fin 0 2 0 ']],
    ['no payload, a key', 'server', hex('82 80 37fa213d'), ['fin 0 2 0 ']],
    ['two frames in one read', 'client', hex('82 01 61 82 01 62'), ['fin 0 2 1 61', 'fin 0 2 1 62']],
    ['ping inside a message', 'client', hex('01 01 61 89 00 80 01 62'), ['… 0 1 1 61', 'fin 0 9 0 ', 'fin 0 0 1 62']],
    [
      'a code point that goes on in a frame whose length takes three bytes',
      'client',
      Buffer.concat([hex('01 02 e282 80 7e 007e ac'), Buffer.alloc(125, 0x61)]),
      ['… 0 1 2 e282', `fin 0 0 126 ac${'61'.repeat(125)}`],
    ],
    ['close with a reason', 'client', hex('88 04 03e8 6f6b'), ['fin 0 8 4 03e86f6b']],
  ])('%s', (_, role, wire, expected) => {
    for (const emit of ['frames', 'slices'] as const) {
      expect(lines(decode({ role, emit }, [wire], { end: true }).slices)).toEqual(expected);
      expect(lines(decode({ role, emit }, singly(wire), { end: true }).slices)).toEqual(expected);
    }
  });

  test.each([0, 1, 125, 126, 127, 65535, 65536])('a payload of %i bytes, whatever its header takes', (length) => {
    for (const role of ['client', 'server'] as const) {
      const wire = stream(role, { opcode: binary, payload: Buffer.alloc(length, 0x69) });
      for (const at of [1, 2, 3, 4, 9, 10, 13, 14, 15].filter((offset) => offset < wire.length)) {
        const { slices, error } = decode({ role }, [wire.subarray(0, at), wire.subarray(at)], { end: true });
        expect(error).toBeUndefined();
        expect(slices).toEqual([
          expect.objectContaining({ fin: true, rsv: 0, opcode: binary, payloadBytes: length, first: true, last: true }),
        ]);
        expect(slices[0]!.payload.equals(Buffer.alloc(length, 0x69))).toBe(true);
      }
    }
  });

  test.each(['client', 'server'] as const)('frames in a row, in two chunks cut anywhere, to a %s', (role) => {
    // Read at the wrong place, these are lengths that a frame may have.
    const payload = Buffer.alloc(300, hex('0100'));
    const wire = stream(
      role,
      { opcode: text, payload: 'Hello' },
      { fin: false, opcode: binary, payload },
      { opcode: ping, payload: 'a' },
      { opcode: continuation, payload },
      { opcode: binary, payload },
      { opcode: binary, payload },
    );
    const bytes = payload.toString('hex');
    const expected = [
      'fin 0 1 5 48656c6c6f',
      `… 0 2 300 ${bytes}`,
      'fin 0 9 1 61',
      `fin 0 0 300 ${bytes}`,
      `fin 0 2 300 ${bytes}`,
      `fin 0 2 300 ${bytes}`,
    ];
    for (const emit of ['frames', 'slices'] as const) {
      for (let at = 0; at < wire.length; at++) {
        const { slices } = decode({ role, emit }, [wire.subarray(0, at), wire.subarray(at)], { end: true });
        expect(lines(slices)).toEqual(expected);
      }
    }
  });

  test('a header at the end of a chunk, its payload in the next: the frame is first and last', () => {
    const { slices } = decode({ role: 'client' }, [hex('81 01'), hex('61')]);
    expect(slices).toEqual([expect.objectContaining({ first: true, last: true, opcode: text })]);
  });

  test('slices tell first, last and the declared length', () => {
    const { slices } = decode({ role: 'client', emit: 'slices' }, [hex('82 04'), hex('61 62'), hex(''), hex('63 64')]);
    const told = slices.map(({ payload, payloadBytes, first, last }) => [String(payload), payloadBytes, first, last]);
    expect(told).toEqual([
      ['', 4, true, false],
      ['ab', 4, false, false],
      ['cd', 4, false, true],
    ]);
  });
});

describe('violations, each at the first byte where it can be known', () => {
  interface Row {
    readonly options?: Partial<DecoderOptions>;
    readonly wire: Buffer;
    readonly code: string;
    readonly closeCode: number;
    readonly at: number;
  }
  const row = (code: string, closeCode: number, wire: Buffer, at: number, options = {}): Row => {
    return { code: `ERR_SOKKER_${code}`, closeCode, wire, at, options };
  };
  const inFrame = Buffer.from('0101e2', 'hex');
  test.each<[string, Row]>([
    ['a reserved bit, §5.2', row('RESERVED_BITS', 1002, bits('1 100 0001 0 0000000'), 0)],
    ['a reserved bit beside the claimed one, §5.2', row('RESERVED_BITS', 1002, hex('f1 00'), 0, { rsv: 4 })],
    ['a claimed bit on a continuation, RFC 7692 §6', row('RESERVED_BITS', 1002, hex('41 00 c0 00'), 2, { rsv: 4 })],
    ['a reserved opcode, §5.2', row('RESERVED_OPCODE', 1002, bits('1 000 0011 0 0000000'), 0)],
    ['a fragmented ping, §5.5', row('CONTROL_FRAGMENTED', 1002, bits('0 000 1001 0 0000000'), 0)],
    ['a ping of 126 bytes, §5.5', row('CONTROL_TOO_LONG', 1002, bits('1 000 1001 0 1111110'), 1)],
    ['a mask from a server, §5.1', row('MASK_UNEXPECTED', 1002, hex('81 80 00000000'), 1)],
    ['no mask from a client, §5.1', row('MASK_MISSING', 1002, hex('81 00'), 1, { role: 'server' })],
    ['125 in 16 bits, §5.2', row('LENGTH_NOT_MINIMAL', 1002, hex('82 7e 007d'), 3)],
    ['65535 in 64 bits, §5.2', row('LENGTH_NOT_MINIMAL', 1002, hex('82 7f 000000000000 ffff'), 7)],
    ['the sign of a 64-bit length, §5.2', row('LENGTH_SIGN', 1002, hex('82 7f 8000000000000000'), 2)],
    ['a continuation first, §5.4', row('CONTINUATION_UNEXPECTED', 1002, hex('80 00'), 0)],
    ['a message inside a message, §5.4', row('CONTINUATION_EXPECTED', 1002, hex('01 00 81 00'), 2)],
    ['a close of one byte, §5.5.1', row('CLOSE_LENGTH', 1002, hex('88 01 03'), 1)],
    ['close code 1005, §7.4.1', row('CLOSE_CODE', 1002, hex('88 02 03ed'), 3)],
    ['close code 5120 and up, §7.4.2', row('CLOSE_CODE', 1002, hex('88 02 1400'), 2)],
    ['a reason cut inside a code point, §5.5.1', row('INVALID_UTF8', 1007, hex('88 03 03e8 c3'), 4)],
    ['a bad byte in a reason, §8.1', row('INVALID_UTF8', 1007, hex('88 04 03e8 c328'), 5)],
    ['a bad byte in text, §8.1', row('INVALID_UTF8', 1007, hex('81 03 61 c0 80'), 3)],
    ['text cut inside a code point, §8.1', row('INVALID_UTF8', 1007, hex('81 03 61 62 e2'), 4)],
    [
      'a last fragment too short for the open code point',
      row('INVALID_UTF8', 1007, Buffer.concat([inFrame, hex('80 01 82')]), 4),
    ],
    ['text over fragments, §8.1', row('INVALID_UTF8', 1007, Buffer.concat([inFrame, hex('80 02 c2 80')]), 5)],
    ['a frame over the limit', row('FRAME_TOO_BIG', 1009, hex('82 0b'), 1, { maxFramePayloadBytes: 10 })],
    [
      'a frame over the limit by its first length byte',
      row('FRAME_TOO_BIG', 1009, hex('82 7e 02 00'), 2, { maxFramePayloadBytes: 300 }),
    ],
    [
      '2⁵³, whatever the limit',
      row('FRAME_TOO_BIG', 1009, hex('82 7f 0020000000000000'), 3, { maxFramePayloadBytes: Infinity }),
    ],
    ['a message over the limit', row('MESSAGE_TOO_BIG', 1009, hex('02 02 6161 80 02'), 5, { maxMessageBytes: 3 })],
    [
      'a coded message over twice the limit',
      row('MESSAGE_TOO_BIG', 1009, hex('42 06 616161616161 80 01'), 9, { maxMessageBytes: 3, rsv: 4 }),
    ],
    ['one fragment too many', row('TOO_MANY_FRAGMENTS', 1008, hex('02 00 00 00 00 00'), 4, { maxFragments: 2 })],
  ])('%s', (_, { options, wire, code, closeCode, at }) => {
    const settled = { role: 'client' as const, ...options };
    for (const emit of ['frames', 'slices'] as const) {
      const chunked = decode({ ...settled, emit }, singly(wire));
      expect(chunked).toMatchObject({ error: { code, closeCode }, failedIn: at });
      expect(decode({ ...settled, emit }, [wire])).toMatchObject({ error: { code, closeCode } });
      expect(decode({ ...settled, emit }, singly(wire.subarray(0, at))).error).toBeUndefined();
    }
  });

  test.each<[string, string, Partial<DecoderOptions>, string]>([
    [
      'more fragments than allowed, then no mask',
      '02 80 00000000 00 00',
      { role: 'server', maxFragments: 1 },
      'TOO_MANY_FRAGMENTS',
    ],
    [
      'too big for the message first, for the frame too',
      '02 02 6161 80 7e ffff',
      { maxMessageBytes: 300, maxFramePayloadBytes: 0xfeff },
      'MESSAGE_TOO_BIG',
    ],
    [
      'too big for the frame first, for the message too',
      '02 01 61 80 7e ffff',
      { maxMessageBytes: 0xfeff, maxFramePayloadBytes: 300 },
      'FRAME_TOO_BIG',
    ],
  ])('two faults, one answer in every chunking: %s', (_, wire, options, code) => {
    for (const chunks of [[hex(wire)], singly(hex(wire))]) {
      expect(decode({ role: 'client', ...options }, chunks).error?.code).toBe(`ERR_SOKKER_${code}`);
    }
  });

  test.each([
    ['after byte 0', '81'],
    ['inside a header', '81 7e 00'],
    ['before a payload', '81 01'],
    ['inside a payload', '81 02 61'],
    ['between fragments', '01 01 61'],
  ])('the stream ends %s: 1006 (RFC 6455 §7.1.5)', (_, wire) => {
    const { error } = decode({ role: 'client' }, [hex(wire)], { end: true });
    expect(error).toMatchObject({ code: 'ERR_SOKKER_UNEXPECTED_END', closeCode: 1006, section: 'RFC 6455 §7.1.5' });
  });

  test('text that an extension coded is not judged as UTF-8 (RFC 7692 §6)', () => {
    expect(decode({ role: 'client', rsv: 4 }, [hex('41 01 ff 80 01 ff')], { end: true }).error).toBeUndefined();
  });

  test('limits are judged for each message anew', () => {
    const twice = hex('02 02 6161 80 01 61 02 02 6161 80 01 61');
    const { slices, error } = decode({ role: 'client', maxMessageBytes: 3, maxFragments: 2 }, [twice], { end: true });
    expect(error).toBeUndefined();
    expect(slices).toHaveLength(4);
  });

  test('an error says what was declared and what is allowed', () => {
    const { error } = decode({ role: 'client', maxFramePayloadBytes: 10 }, [hex('82 0b')]);
    expect(error).toMatchObject({ limit: 10, actual: 11 });
    expect((error as LimitError).message).toContain('11 > 10');
  });
});

describe('memory', () => {
  test.each([2 ** 20, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1])('a declared length of %i allocates nothing', (length) => {
    const header = Buffer.alloc(11, 0x61);
    header.writeUInt16BE(0x827f, 0);
    header.writeBigUInt64BE(BigInt(length), 2);
    const before = process.memoryUsage().arrayBuffers;
    const { error, slices } = decode({ role: 'client', maxFramePayloadBytes: Infinity }, [header]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024);
    expect([error, slices]).toEqual([undefined, []]);
  });

  test('a small payload does not pin a large read buffer, nor a part of one', () => {
    const chunk = Buffer.alloc(64 * 1024);
    hex('82 04 61626364 82 7e fff6').copy(chunk);
    const core = new DecoderCore({ role: 'client' });
    core.write(chunk);
    expect(core.next()!.payload.buffer).not.toBe(chunk.buffer);
    expect(core.next()!.payload.buffer).toBe(chunk.buffer);
    const part = chunk.subarray(0, 6);
    hex('82 04 61626364').copy(part);
    core.write(part);
    expect(core.next()!.payload.buffer).not.toBe(chunk.buffer);
  });
});

test.each([
  ['at first', '', true],
  ['after byte 0', '81', false],
  ['before a payload', '81 01', false],
  ['inside a payload', '81 02 61', false],
  ['after a frame', '81 01 61', true],
  ['between fragments', '01 01 61', false],
  ['after the last fragment', '01 01 61 80 00', true],
  ['after a ping between fragments', '01 01 61 89 00', false],
])('idle %s: %s', (_, picture, idle) => {
  for (const chunks of [[hex(picture)], singly(hex(picture))]) {
    const core = new DecoderCore({ role: 'client' });
    for (const chunk of chunks) {
      core.write(chunk);
      if (chunk.length > 0) expect(core.idle).toBe(false);
      while (core.next() !== undefined);
    }
    expect(core.idle).toBe(idle);
  }
});

test('a decoder that failed is not idle', () => {
  const core = new DecoderCore({ role: 'client' });
  core.write(hex('83'));
  expect(() => core.next()).toThrow('the opcode is reserved');
  expect(core.idle).toBe(false);
});

test('a chunk that is used up is let go', () => {
  const core = new DecoderCore({ role: 'client', emit: 'slices' });
  const consume = (): void => {
    core.write(Buffer.concat([hex('82 7f 0000000000080000'), Buffer.alloc(512 * 1024)]));
    while (core.next() !== undefined);
  };
  const before = bufferBytes();
  consume();
  expect(bufferBytes() - before).toBeLessThan(64 * 1024);
  expect(core.idle).toBe(true);
});

test('slices are views of the chunk, unmasked in place', () => {
  const frame = frameOf('client', { opcode: binary, payload: 'abcd' });
  const chunk = Buffer.from(new ArrayBuffer(frame.length)).fill(frame);
  const core = new DecoderCore({ role: 'server', emit: 'slices' });
  core.write(chunk);
  expect(core.next()!.payload.buffer).toBe(chunk.buffer);
  expect(String(chunk.subarray(6))).toBe('abcd');
});

test.each<[string, object | undefined, string]>([
  ['no options', undefined, "FrameDecoder: role must be 'client' or 'server', not undefined"],
  ['a wrong role', { role: 'proxy' }, "'proxy'"],
  ['a limit of 0', { role: 'client', maxMessageBytes: 0 }, 'maxMessageBytes'],
  ['a limit of 2³² as text', { role: 'client', maxFramePayloadBytes: '4294967296' }, "not '4294967296'"],
  ['a fraction', { role: 'client', maxFragments: 1.5 }, 'maxFragments'],
  ['four reserved bits', { role: 'client', rsv: 8 }, 'an integer from 0 to 7 (bits), not 8'],
  ['an unknown name', { role: 'client', maxPayload: 1 }, "FrameDecoder has no option 'maxPayload'"],
])('options: %s', (_, options, text) => {
  const error = thrown(() => new DecoderCore(options as DecoderOptions));
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION' });
  expect(error?.message).toContain(text);
});

describe('properties', () => {
  test('what a peer may send is decoded as it was sent, however it is cut', () => {
    fc.assert(
      fc.property(
        roles,
        fc.constantFrom('frames', 'slices'),
        legalFrames,
        keys,
        cuts,
        (role, emit, frames, key, points) => {
          const wire = Buffer.concat(frames.map((frame) => frameOf(peerOf(role), frame, key)));
          const { slices, error } = decode({ role, emit }, cut(wire, points), { end: true });
          const expected = frames.map(({ fin = true, opcode, payload = '' }) => {
            const bytes = Buffer.from(payload);
            return `${fin ? 'fin' : '…'} 0 ${opcode} ${bytes.length} ${bytes.toString('hex')}`;
          });
          expect([error, lines(slices)]).toEqual([undefined, expected]);
          if (emit === 'frames') expect(slices.every(({ first, last }) => first && last)).toBe(true);
        },
      ),
    );
  });

  test('whatever a peer sends, the answer does not depend on how it is cut', () => {
    const limits = fc.record({
      maxFramePayloadBytes: fc.constantFrom(1, 20, 130, 70_000, Infinity),
      maxMessageBytes: fc.constantFrom(1, 40, 300, Infinity),
      maxFragments: fc.constantFrom(1, 2, 3, Infinity),
      rsv: fc.constantFrom(0, 4),
    });
    const runs = roles.chain((role) => fc.tuple(fc.constant(role), hostileBytes(role)));
    fc.assert(
      fc.property(runs, limits, cuts, ([role, bytes], options, points) => {
        const [small] = cut(bytes, [0]);
        for (const emit of ['frames', 'slices'] as const) {
          const whole = decode({ role, emit, ...options }, [bytes], { end: true });
          const pieces = [cut(bytes, points), [small!, bytes]];
          if (bytes.length < 2000) pieces.push(singly(bytes));
          for (const chunks of pieces) {
            const chunked = decode({ role, emit, ...options }, chunks, { end: true });
            expect(chunked.error?.code).toBe(whole.error?.code);
            const [left, right] = [lines(chunked.slices), lines(whole.slices)].map((all) =>
              all.filter((line) => !line.startsWith('open')),
            );
            expect(left).toEqual(right);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('only errors of the house leave it, and with a close code', () => {
    fc.assert(
      fc.property(roles, fc.uint8Array({ maxLength: 200 }), (role, bytes) => {
        const { error } = decode({ role }, [bytes]);
        if (error !== undefined) expect([1002, 1007, 1008, 1009]).toContain(error.closeCode);
      }),
    );
  });

  test('one frame over many chunks keeps the phase of its mask', () => {
    const payload = Buffer.from(Array.from({ length: 300 }, (_, i) => i & 0xff));
    const head = frameOf('client', { opcode: binary, payload }).subarray(0, 8);
    const wire = Buffer.concat([head, naiveMask(payload, KEY)]);
    for (let size = 1; size < 80; size++) {
      const chunks = Array.from({ length: Math.ceil(wire.length / size) }, (_, i) =>
        wire.subarray(i * size, (i + 1) * size),
      );
      expect(decode({ role: 'server' }, chunks).slices[0]!.payload.equals(payload)).toBe(true);
    }
  });
});

test('opcodes of the wire are the opcodes of the frame', () => {
  for (const opcode of [text, binary, ping, close]) {
    expect(decode({ role: 'client' }, [Buffer.from([0x80 | opcode, 0])]).slices[0]!.opcode).toBe(opcode);
  }
  expect(decode({ role: 'client' }, [hex('01 00 00 00')]).slices[1]!.opcode).toBe(continuation);
});

test.each<[string, number, number, DecoderOptions]>([
  ['views of a small chunk', 3, 100, { role: 'client' }],
  ['views of a window in a large one', 600, 100, { role: 'client' }],
  ['large views', 3, 20_000, { role: 'client' }],
  ['slices', 3, 100, { role: 'client', emit: 'slices' }],
  ['empty frames', 3, 0, { role: 'client' }],
  ['empty slices', 3, 0, { role: 'client', emit: 'slices' }],
])('what the receiver transfers to another thread is taken from nobody else: %s', (_, count, size, options) => {
  const payload = Buffer.alloc(size, 'a');
  const frame = encodeFrame({ fin: true, rsv: 0, opcode: binary, payload }, { role: 'server' });
  const core = new DecoderCore(options);
  const all = Buffer.allocUnsafeSlow(count * frame.length);
  for (let i = 0; i < count; i++) all.set(frame, i * frame.length);
  core.write(all);
  const kept: Buffer[] = [];
  for (let slice = core.next(); slice !== undefined; slice = core.next()) {
    kept.push(slice.payload);
    if (kept.length !== 2) continue;
    try {
      structuredClone(slice.payload, { transfer: [slice.payload.buffer as ArrayBuffer] });
    } catch {
      // Node.js 21 and later say no; Node.js 20 transfers a copy.
    }
  }
  expect(kept).toHaveLength(count);
  // No view can be made of memory that was taken away, not even one of nothing.
  for (const each of kept) expect(Buffer.from(each.buffer, each.byteOffset, size)).toEqual(payload);
});

test('a message that came alone may be transferred', () => {
  const core = new DecoderCore({ role: 'client' });
  const frame = encodeFrame({ fin: true, rsv: 0, opcode: binary, payload: Buffer.from('alone') }, { role: 'server' });
  const chunk = Buffer.allocUnsafeSlow(frame.length);
  chunk.set(frame);
  core.write(chunk);
  const { payload } = core.next()!;
  structuredClone(payload, { transfer: [payload.buffer as ArrayBuffer] });
  expect(payload).toHaveLength(0);
  expect(core.next()).toBeUndefined();
});
