import fc from 'fast-check';
import { CutHeader, headerBytes, HeaderFields, writeHeader } from '../src/header.js';
import { keys } from './arbitraries.js';
import { bits, hex } from './wire.js';

const read = (bytes: Uint8Array, start = 0): [string, HeaderFields] => {
  const header = new HeaderFields();
  return [header.read(bytes, start, bytes.length), header];
};

test.each([
  //                             F RSV op    M length    16 bits, or 64, then the key
  ['nothing', Buffer.alloc(0), 'none', {}],
  ['byte 0', bits('1 101 0010'), 'start', { fin: true, rsv: 5, opcode: 2 }],
  [
    'a short header',
    bits('0 010 1001  0 0000101'),
    'whole',
    { fin: false, rsv: 2, opcode: 9, masked: false, payloadBytes: 5, headerBytes: 2 },
  ],
  [
    'a mask to come',
    bits('1 000 0001  1 0000101'),
    'length',
    { masked: true, payloadBytes: 5, headerBytes: 6, lengthBytesMissing: 0 },
  ],
  ['a key', hex('81 85 f7fa213d'), 'whole', { masked: true, maskingKey: 0xf7fa213d, headerBytes: 6 }],
  ['16 bits to come', hex('81 7e'), 'flags', { length7: 126, payloadBytes: 0, lengthBytesMissing: 2, headerBytes: 4 }],
  ['half of 16 bits', hex('81 7e 12'), 'flags', { payloadBytes: 0x1200, lengthBytesMissing: 1 }],
  ['16 bits', hex('81 7e 1234'), 'whole', { payloadBytes: 0x1234, lengthBytesMissing: 0 }],
  [
    '64 bits to come',
    hex('81 7f'),
    'flags',
    { length7: 127, payloadBytes: 0, lengthBytesMissing: 8, headerBytes: 10, lengthSign: false },
  ],
  [
    '5 bytes of 64 bits',
    hex('81 7f 00 01 02 03 f4'),
    'flags',
    { payloadBytes: 0x0001_0203_f400_0000, lengthBytesMissing: 3 },
  ],
  ['64 bits in network byte order', hex('81 7f 0001020304050607'), 'whole', { payloadBytes: 0x0001_0203_0405_0607 }],
  ['the sign, as soon as it is there', hex('81 7f 80'), 'flags', { lengthSign: true }],
  ['64 bits and half a key', hex('81 ff 0000000000010000 37fa'), 'length', { payloadBytes: 65536, headerBytes: 14 }],
  ['all 14 bytes', hex('81 ff 0000000000010000 37fa213d'), 'whole', { payloadBytes: 65536, maskingKey: 0x37fa213d }],
])('reads %s (RFC 6455 §5.2)', (_, bytes, progress, fields) => {
  const [answered, header] = read(bytes);
  expect(answered).toBe(progress);
  expect(header).toMatchObject(fields);
  const [again, same] = read(Buffer.concat([hex('ffff'), bytes]), 2);
  expect([again, same]).toEqual([answered, header]);
});

test('what stands behind the end is not read', () => {
  const header = new HeaderFields();
  expect(header.read(hex('81 7f 0001 ffffffffffff'), 0, 4)).toBe('flags');
  expect(header).toMatchObject({ payloadBytes: 0x0001_0000_0000_0000, lengthBytesMissing: 6 });
});

test('a header read again forgets the one before', () => {
  const header = new HeaderFields();
  header.read(hex('81 7f 80'), 0, hex('81 7f 80').length);
  header.read(hex('82 05'), 0, hex('82 05').length);
  expect(header).toMatchObject({
    fin: true,
    opcode: 2,
    lengthSign: false,
    payloadBytes: 5,
    headerBytes: 2,
    lengthBytesMissing: 0,
  });
});

test.each([0, 125, 126, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])(
  'writes %i in its shortest form',
  (payloadBytes) => {
    for (const key of [undefined, 0, 0xffffffff]) {
      const size = headerBytes(payloadBytes, key !== undefined);
      const out = new Uint8Array(size + 2).fill(0xaa);
      expect(writeHeader(out, 1, 0x82, payloadBytes, key)).toBe(1 + size);
      expect([out[0], out[size + 1]]).toEqual([0xaa, 0xaa]);
      const [progress, header] = read(out.subarray(0, 1 + size), 1);
      expect(progress).toBe('whole');
      expect(header).toMatchObject({
        fin: true,
        rsv: 0,
        opcode: 2,
        payloadBytes,
        masked: key !== undefined,
        headerBytes: size,
      });
      if (key !== undefined) expect(header.maskingKey).toBe(key);
    }
  },
);

test('what is written is read as it was', () => {
  const lengths = fc.oneof(fc.nat({ max: 70_000 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 255 }),
      lengths,
      fc.option(keys, { nil: undefined }),
      (byte0, payloadBytes, key) => {
        const out = Buffer.alloc(14);
        const end = writeHeader(out, 0, byte0, payloadBytes, key);
        const [, header] = read(out.subarray(0, end));
        expect(end).toBe(headerBytes(payloadBytes, key !== undefined));
        expect([header.payloadBytes, (header.fin ? 0x80 : 0) | (header.rsv << 4) | header.opcode]).toEqual([
          payloadBytes,
          byte0,
        ]);
        for (let cutAt = 0; cutAt < end; cutAt++) expect(read(out.subarray(0, cutAt))[0]).not.toBe('whole');
      },
    ),
  );
});

test('a header cut in pieces waits, at most 14 bytes of it', () => {
  const head = new CutHeader();
  expect(head.size).toBe(0);
  head.fill(hex('ff 81'), 1);
  head.fill(hex('7e'), 0);
  head.fill(Buffer.alloc(0), 0);
  expect(Buffer.from(head.bytes.subarray(0, head.size))).toEqual(hex('81 7e'));
  head.fill(Buffer.alloc(100), 0);
  expect(head.size).toBe(14);
});
