/** Family A: frame headers (RFC 6455 §5.1, §5.2, §5.5; RFC 7692 §6). */
import type { Family, FixtureEvent, FrameFixture } from '../src/fixture.js';
import { closeEvent, event, frameFixture, inBothRoles, ROLES } from './frame-fixture.js';
import { BINARY, bytes, CLOSE, CONTINUATION, OPCODE_NAMES, PING, PONG, TEXT, type WireFrame } from './wire.js';

const OPCODES = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG];
const RSV_VALUES = [1, 2, 3, 4, 5, 6, 7];
const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const DEFLATE = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const HELLO_DEFLATED = Buffer.from('f248cdc9c90700', 'hex');
const DATA_OPCODES = [TEXT, BINARY];

const nameOf = (opcode: number): string => OPCODE_NAMES.get(opcode) ?? opcode.toString(16);
/** A continuation needs an open message before it can be judged for anything else. */
const before = (opcode: number): WireFrame[] => (opcode === CONTINUATION ? [{ opcode: TEXT, fin: false }] : []);
const dataEvent = (opcode: number, data: Buffer | string): FixtureEvent =>
  event(opcode === TEXT ? 'text' : 'binary', data);

export function headerFamily(): Family<FrameFixture> {
  const fixtures = [
    ...reservedBits(),
    ...reservedBitsWithDeflate(),
    ...reservedOpcodes(),
    ...maskDirection(),
    ...minimalLength(),
    ...lengthBoundaries(),
    ...lengthSign(),
    ...lengthOverLimit(),
    ...controlFrames(),
  ];
  return { family: 'header', letter: 'A', title: 'Frame headers', kind: 'frames', fixtures };
}

function reservedBits(): FrameFixture[] {
  return OPCODES.flatMap((opcode) =>
    RSV_VALUES.flatMap((rsv) =>
      inBothRoles({
        id: `header/reserved-bits/${nameOf(opcode)}-rsv-${rsv}`,
        section: '5.2',
        why: `RSV bits ${rsv} on a ${nameOf(opcode)} frame mean nothing when no extension was negotiated.`,
        frames: [...before(opcode), { opcode, rsv }],
        fails: 1002,
      }),
    ),
  );
}

function reservedBitsWithDeflate(): FrameFixture[] {
  return OPCODES.flatMap((opcode) =>
    RSV_VALUES.flatMap((rsv) => {
      const legal = rsv === 4 && DATA_OPCODES.includes(opcode);
      const why = legal
        ? `RSV1 on the first frame of a ${nameOf(opcode)} message says that it is compressed.`
        : `permessage-deflate claims RSV1 alone, and only on the first frame of a data message: ` +
          `not RSV bits ${rsv} on a ${nameOf(opcode)} frame.`;
      return inBothRoles({
        id: `header/reserved-bits-deflate/${nameOf(opcode)}-rsv-${rsv}`,
        rfc: '7692',
        section: '6',
        why,
        extensions: [DEFLATE],
        frames: [...before(opcode), { opcode, rsv, payload: legal ? HELLO_DEFLATED : '' }],
        ...(legal ? { events: [dataEvent(opcode, 'Hello')] } : { fails: 1002 }),
      });
    }),
  );
}

function reservedOpcodes(): FrameFixture[] {
  return RESERVED_OPCODES.flatMap((opcode) =>
    [true, false].flatMap((fin) =>
      inBothRoles({
        id: `header/reserved-opcodes/${opcode.toString(16)}-${fin ? 'fin' : 'not-fin'}`,
        section: '5.2',
        why: `Opcode ${opcode} is reserved; ${fin ? 'a whole frame' : 'a first fragment'} of it fails the connection.`,
        frames: [{ opcode, fin }],
        fails: 1002,
      }),
    ),
  );
}

function maskDirection(): FrameFixture[] {
  const wrong = ROLES.flatMap((role) =>
    OPCODES.map((opcode) =>
      frameFixture({
        id: `header/mask-direction/${nameOf(opcode)}`,
        role,
        section: '5.1',
        why: `A ${role} fails the connection on ${role === 'server' ? 'an unmasked' : 'a masked'} ${nameOf(opcode)} frame.`,
        frames: [...before(opcode), { opcode, masked: role === 'client' }],
        fails: 1002,
      }),
    ),
  );
  return [...wrong, ...legalMasks()];
}

function legalMasks(): FrameFixture[] {
  const zeroKey = [TEXT, BINARY, PING, PONG].map((opcode) => {
    const type = nameOf(opcode) as 'text';
    const frames = [{ opcode, payload: 'Hello' }];
    const why = `A masking key of zeros is as good as any other, here on a ${type} frame.`;
    const key = Buffer.alloc(4);
    const events = [event(type, 'Hello')];
    return frameFixture({
      id: `header/mask-direction/zero-key-${type}`,
      role: 'server',
      section: '5.3',
      why,
      frames,
      key,
      events,
    });
  });
  const zeroLength = DATA_OPCODES.flatMap((opcode) =>
    inBothRoles({
      id: `header/mask-direction/zero-length-${nameOf(opcode)}`,
      section: '5.2',
      why: 'A frame without payload is legal; masked, it still has its key.',
      frames: [{ opcode }],
      events: [dataEvent(opcode, '')],
    }),
  );
  return [...zeroKey, ...zeroLength];
}

function minimalLength(): FrameFixture[] {
  const cases: readonly { form: 16 | 64; length: number }[] = [
    ...[0, 1, 125].map((length) => ({ form: 16 as const, length })),
    ...[0, 125, 126, 65535].map((length) => ({ form: 64 as const, length })),
  ];
  return cases.flatMap(({ form, length }) =>
    DATA_OPCODES.flatMap((opcode) =>
      inBothRoles({
        id: `header/minimal-length/${nameOf(opcode)}-${length}-in-${form}-bits`,
        section: '5.2',
        why: `A length of ${length} must not be written in ${form} bits: the shortest form is a must.`,
        frames: [{ opcode, form, declared: BigInt(length), payload: Buffer.alloc(Math.min(length, 126), 'i') }],
        fails: 1002,
      }),
    ),
  );
}

function lengthBoundaries(): FrameFixture[] {
  return [0, 125, 126, 127, 65535, 65536].flatMap((length) =>
    DATA_OPCODES.flatMap((opcode) => {
      const payload = Buffer.alloc(length, 'i');
      return inBothRoles({
        id: `header/length-boundaries/${nameOf(opcode)}-${length}`,
        section: '5.2',
        why: `${length} bytes stand at an edge between the three forms of the length, and arrive whole.`,
        frames: [{ opcode, payload }],
        events: [dataEvent(opcode, payload)],
      });
    }),
  );
}

function lengthSign(): FrameFixture[] {
  return [1n << 63n, (1n << 63n) + 1n, (1n << 64n) - 1n].flatMap((declared) =>
    inBothRoles({
      id: `header/length-sign/${declared.toString(16)}`,
      section: '5.2',
      why: `The most significant bit of a 64-bit length must be 0, so 0x${declared.toString(16)} is no length at all.`,
      frames: [{ opcode: BINARY, form: 64, declared }],
      fails: 1002,
    }),
  );
}

function lengthOverLimit(): FrameFixture[] {
  const lengths = [1n << 31n, 1n << 32n, (1n << 32n) + 5n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n];
  return lengths.flatMap((declared) =>
    inBothRoles({
      id: `header/length-over-limit/${declared}`,
      section: '10.4',
      why: `A declared length of ${declared} is over the limit of 1 MiB: refused by its header, with nothing allocated.`,
      limits: { maxMessageBytes: 1048576 },
      frames: [{ opcode: BINARY, declared }],
      fails: 1009,
    }),
  );
}

function controlFrames(): FrameFixture[] {
  const fragmented = [CLOSE, PING, PONG].flatMap((opcode) =>
    inBothRoles({
      id: `header/control/${nameOf(opcode)}-not-fin`,
      section: '5.5',
      why: `A ${nameOf(opcode)} frame must not be fragmented.`,
      frames: [{ opcode, fin: false }],
      fails: 1002,
    }),
  );
  const long = ([16, 64] as const).flatMap((form) =>
    [CLOSE, PING, PONG].flatMap((opcode) =>
      inBothRoles({
        id: `header/control/${nameOf(opcode)}-length-in-${form}-bits`,
        section: '5.5',
        why: `A ${nameOf(opcode)} frame carries 125 bytes at most, so its length never needs ${form} bits.`,
        frames: [{ opcode, form, payload: Buffer.alloc(126, 'i') }],
        fails: 1002,
      }),
    ),
  );
  return [...fragmented, ...long, ...longestControl()];
}

function longestControl(): FrameFixture[] {
  const reason = 'i'.repeat(123);
  const close = Buffer.concat([Buffer.from('03e8', 'hex'), bytes(reason)]);
  const payload = Buffer.alloc(125, 'i');
  const rows: readonly [number, Buffer, FixtureEvent][] = [
    [PING, payload, event('ping', payload)],
    [PONG, payload, event('pong', payload)],
    [CLOSE, close, closeEvent(1000, reason)],
  ];
  return rows.flatMap(([opcode, data, expected]) =>
    inBothRoles({
      id: `header/control/${nameOf(opcode)}-of-125`,
      section: '5.5',
      why: `125 bytes are the longest payload of a ${nameOf(opcode)} frame.`,
      frames: [{ opcode, payload: data }],
      events: [expected],
    }),
  );
}
