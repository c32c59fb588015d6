/* What brought other WebSocket implementations down, tried on the cores. SECURITY.md lists these tests by name. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { AssemblerCore, DecoderCore, encodeClose, encodeFrame, EncoderCore, Opcode, type Role } from '../src/index.js';
import { bufferBytes, usedBytes } from './memory.js';

// A million of anything takes a while on a busy machine.
jest.setTimeout(60_000);

const ROLES: readonly Role[] = ['server', 'client'];
const READ_BYTES = 64 * 1024;

/** A frame as the peer of an endpoint in that role sends it. */
function frame(role: Role, opcode: Opcode, payload: Buffer | string = '', fin = true): Buffer {
  const peer = role === 'server' ? 'client' : 'server';
  return encodeFrame({ fin, rsv: 0, opcode, payload: Buffer.from(payload as string) }, { role: peer, maskingKey: 0x37fa213d }); // prettier-ignore
}

/** A header alone, its length in eight bytes. */
function header64(role: Role, length: bigint): Buffer {
  const bytes = Buffer.alloc(role === 'server' ? 14 : 10);
  bytes[0] = 0x82;
  bytes[1] = (role === 'server' ? 0x80 : 0) | 127;
  bytes.writeBigUInt64BE(length, 2);
  return bytes;
}

function read(decoder: DecoderCore, bytes: Buffer, assembler?: AssemblerCore): number {
  let count = 0;
  decoder.write(bytes);
  for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) {
    count++;
    if (slice.opcode < Opcode.close) assembler?.push(slice);
  }
  return count;
}

function failure(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('fragments', () => {
  test('CVE-2026-48779: one-byte fragments, each in a read buffer of its own, hold 2.1 times their bytes', () => {
    const gather = (): AssemblerCore[] =>
      Array.from({ length: 4 }, () => {
        const decoder = new DecoderCore({ role: 'server', emit: 'slices' });
        const assembler = new AssemblerCore();
        for (let i = 0; i < 32 * 1024; i++) {
          const wire = frame('server', i === 0 ? Opcode.binary : Opcode.continuation, 'a', false);
          const buffer = Buffer.alloc(256);
          read(decoder, buffer.subarray(0, wire.copy(buffer)), assembler);
        }
        return assembler;
      });
    // What is compiled for the first is no memory of the second.
    gather();
    const before = usedBytes();
    const held = gather();
    const bytes = held.reduce((sum, assembler) => sum + assembler.bytes, 0);
    expect(bytes).toBe(4 * 32 * 1024);
    expect(usedBytes() - before).toBeLessThan(2.1 * bytes + 4 * 64 * 1024);
  });

  test('ws 8.21.1: a million empty fragments hold nothing; their count is bounded where maxFragments is set', () => {
    const decoder = new DecoderCore({ role: 'client', emit: 'slices' });
    const assembler = new AssemblerCore();
    const burst = Buffer.alloc(2 * 10_000);
    read(decoder, frame('client', Opcode.binary, '', false), assembler);
    const before = usedBytes();
    for (let i = 0; i < 100; i++) expect(read(decoder, Buffer.from(burst), assembler)).toBe(10_000);
    expect(usedBytes() - before).toBeLessThan(256 * 1024);
    const bounded = new DecoderCore({ role: 'client', maxFragments: 16 });
    const wire = Buffer.concat([frame('client', Opcode.binary, '', false), burst]);
    expect(failure(() => read(bounded, wire))).toMatchObject({
      code: 'ERR_SOKKER_TOO_MANY_FRAGMENTS',
      closeCode: 1008,
    });
  });

  test.each(ROLES)('CVE-2026-9675, CVE-2026-42786: the sum of fragments is what is bounded, as %s', (role) => {
    const decoder = new DecoderCore({ role, maxMessageBytes: 100, maxFramePayloadBytes: 100 });
    read(decoder, frame(role, Opcode.binary, Buffer.alloc(51), false));
    // At the second header, before a byte of its payload.
    const second = frame(role, Opcode.continuation, Buffer.alloc(51)).subarray(0, role === 'server' ? 6 : 2);
    expect(failure(() => read(decoder, second))).toMatchObject({ code: 'ERR_SOKKER_MESSAGE_TOO_BIG', closeCode: 1009, actual: 102 }); // prettier-ignore
  });

  test('CVE-2014-0193: continuations without end are refused at the limit, and one that continues nothing at once', () => {
    const decoder = new DecoderCore({ role: 'server', maxMessageBytes: 1000 });
    read(decoder, frame('server', Opcode.text, 'a', false));
    const endless = (): void => {
      for (;;) read(decoder, frame('server', Opcode.continuation, 'a', false));
    };
    expect(failure(endless)).toMatchObject({ code: 'ERR_SOKKER_MESSAGE_TOO_BIG' });
    const fresh = new DecoderCore({ role: 'server' });
    expect(failure(() => read(fresh, Buffer.of(0x00)))).toMatchObject({ code: 'ERR_SOKKER_CONTINUATION_UNEXPECTED' });
  });
});

describe('lengths', () => {
  const SIGNED = [2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n];
  const HUGE = [2n ** 31n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n];

  test.each(ROLES)(
    'CVE-2026-43678, CVE-2020-27813, CVE-2020-13935: a 64-bit length with its sign bit set is refused, as %s',
    (role) => {
      for (const length of SIGNED) {
        const decoder = new DecoderCore({ role, maxFramePayloadBytes: Infinity });
        expect(failure(() => read(decoder, header64(role, length).subarray(0, 3)))).toMatchObject({
          code: 'ERR_SOKKER_LENGTH_SIGN',
          closeCode: 1002,
        });
      }
    },
  );

  test.each(ROLES)(
    'CVE-2026-1528, CVE-2026-54466: a length beyond every limit is refused before anything is allocated, as %s',
    (role) => {
      const before = bufferBytes();
      for (const length of HUGE) {
        for (const limits of [{}, { maxFramePayloadBytes: 2 ** 30, maxMessageBytes: 2 ** 30 }]) {
          const decoder = new DecoderCore({ role, ...limits });
          expect(failure(() => read(decoder, header64(role, length)))).toMatchObject({ closeCode: 1009 });
        }
      }
      // Where there is no limit it is waited for, and waiting costs nothing; past 2⁵³−1 nothing could count it.
      const unlimited = new DecoderCore({ role, maxFramePayloadBytes: Infinity });
      expect(read(unlimited, header64(role, 2n ** 53n - 1n))).toBe(0);
      expect(failure(() => read(new DecoderCore({ role, maxFramePayloadBytes: Infinity }), header64(role, 2n ** 53n)))).toMatchObject({ closeCode: 1009 }); // prettier-ignore
      expect(bufferBytes() - before).toBeLessThan(64 * 1024);
    },
  );

  test('CVE-2026-54274: partial frames that declare a MiB each hold what arrived, not what was declared', () => {
    const before = usedBytes();
    const held = Array.from({ length: 500 }, () => {
      const decoder = new DecoderCore({ role: 'server' });
      const wire = Buffer.alloc(READ_BYTES);
      const size = frame('server', Opcode.binary, Buffer.alloc(1024 * 1024)).copy(wire, 0, 0, 15);
      read(decoder, wire.subarray(0, size));
      return decoder;
    });
    expect((usedBytes() - before) / held.length).toBeLessThan(2048);
  });
});

describe('what is kept of a read', () => {
  test('ws 8.22.2: an idle decoder that read one small frame or Close pins no read buffer', () => {
    const held: unknown[] = [];
    const before = bufferBytes();
    for (let i = 0; i < 500; i++) {
      const decoder = new DecoderCore({ role: 'server' });
      for (const wire of [
        frame('server', Opcode.text, '0123456789'),
        frame('server', Opcode.close, encodeClose(1000, 'bye')),
      ]) {
        // prettier-ignore
        const buffer = Buffer.alloc(READ_BYTES);
        decoder.write(buffer.subarray(0, wire.copy(buffer)));
        // An application may keep what it was given.
        held.push(decoder, decoder.next());
        decoder.next();
      }
    }
    expect((bufferBytes() - before) / 500).toBeLessThan(1024);
  });

  test('CVE-2021-3690: a million Pongs hold nothing', () => {
    const decoder = new DecoderCore({ role: 'client' });
    const burst = Buffer.alloc(2 * 10_000, Buffer.of(0x8a, 0x00));
    read(decoder, Buffer.from(burst));
    const before = usedBytes();
    for (let i = 0; i < 100; i++) expect(read(decoder, Buffer.from(burst))).toBe(10_000);
    expect(usedBytes() - before).toBeLessThan(256 * 1024);
  });
});

describe('direction and reserved bits', () => {
  test('GHSA-rhh8-5xw9-c3gm, Tomcat BZ 69844: frames must be masked by clients, and by clients alone', () => {
    for (const opcode of [0x80, 0x81, 0x82, 0x88, 0x89, 0x8a]) {
      const [unmasked, masked] = [Buffer.of(opcode, 0), Buffer.of(opcode, 0x80, 0, 0, 0, 0)];
      const open = opcode === 0x80;
      const server = new DecoderCore({ role: 'server' });
      const client = new DecoderCore({ role: 'client' });
      if (open) for (const [role, decoder] of [['server', server], ['client', client]] as const) read(decoder, frame(role, Opcode.text, '', false)); // prettier-ignore
      expect(failure(() => read(server, unmasked))).toMatchObject({ code: 'ERR_SOKKER_MASK_MISSING' });
      expect(failure(() => read(client, masked))).toMatchObject({ code: 'ERR_SOKKER_MASK_UNEXPECTED' });
    }
  });

  test('CVE-2026-59881: a bit of an extension that was not negotiated is refused at its byte', () => {
    for (const byte0 of [0xc1, 0xa1, 0x91, 0xc2, 0xc9]) {
      const decoder = new DecoderCore({ role: 'server' });
      expect(failure(() => read(decoder, Buffer.of(byte0)))).toMatchObject({ code: 'ERR_SOKKER_RESERVED_BITS' });
    }
  });
});

test('CVE-2025-59466: a million frames in one buffer need no stack, inside an AsyncLocalStorage too', () => {
  const count = 1_000_000;
  const wire = Buffer.alloc(2 * count, Buffer.of(0x81, 0x00));
  const frames = new AsyncLocalStorage<number>().run(1, () => read(new DecoderCore({ role: 'client' }), wire));
  expect(frames).toBe(count);
});

test('CVE-2016-10542: without any option a frame of more than 1 MiB is refused', () => {
  const decoder = new DecoderCore({ role: 'server' });
  expect(failure(() => read(decoder, header64('server', BigInt(1024 * 1024 + 1))))).toMatchObject({ closeCode: 1009 });
});

test('CVE-2026-58045, CVE-2025-55131: a payload that lies about its length sends none of the memory behind it', () => {
  for (const claimed of [0, 4, 6, 4096, 100_000, 2 ** 31]) {
    for (const role of ROLES) {
      const payload = Buffer.from('Hello');
      Object.defineProperty(payload, 'length', { value: claimed });
      const lying = { fin: true, rsv: 0, opcode: Opcode.binary, payload };
      expect(failure(() => encodeFrame(lying, { role }))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
      expect(failure(() => new EncoderCore({ role }).add(lying))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
    }
  }
});
