/** Family B: the payload of a Close frame (RFC 6455 §5.5.1, §7.4, §8.1). */
import type { Family, FrameFixture } from '../src/fixture.js';
import { closeEvent, inBothRoles } from './frame-fixture.js';
import { CLOSE, PING, TEXT } from './wire.js';

const INVALID_CODES: readonly (readonly [code: number, section: string, why: string])[] = [
  [0, '7.4.2', '0 to 999 are not used'],
  [1, '7.4.2', '0 to 999 are not used'],
  [999, '7.4.2', '0 to 999 are not used'],
  [1004, '7.4.1', '1004 is reserved without a meaning'],
  [1005, '7.4.1', '1005 says "no code was there" and is never on the wire'],
  [1006, '7.4.1', '1006 says "closed without a Close" and is never on the wire'],
  [1015, '7.4.1', '1015 says "TLS failed" and is never on the wire'],
  [1016, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [1017, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [1099, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [1100, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [1999, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [2000, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [2999, '7.4.2', '1016 to 2999 are reserved for the protocol, which has not defined them'],
  [5000, '7.4.2', 'no range begins above 4999'],
  [5999, '7.4.2', 'no range begins above 4999'],
  [32768, '7.4.2', 'no range begins above 4999'],
  [65535, '7.4.2', 'no range begins above 4999'],
];

const VALID_CODES: readonly (readonly [code: number, section: string, why: string])[] = [
  [1000, '7.4.1', 'normal closure'],
  [1001, '7.4.1', 'going away'],
  [1002, '7.4.1', 'protocol error'],
  [1003, '7.4.1', 'data of a kind that cannot be accepted'],
  [1007, '7.4.1', 'data that is not consistent with its type'],
  [1008, '7.4.1', 'policy violation'],
  [1009, '7.4.1', 'message too big'],
  [1010, '7.4.1', 'extension missing'],
  [1011, '7.4.1', 'unexpected condition'],
  [1012, '11.7', 'service restart, registered later'],
  [1013, '11.7', 'try again later, registered later'],
  [1014, '11.7', 'bad gateway, registered later'],
  [3000, '7.4.2', 'first code for libraries and frameworks'],
  [3999, '7.4.2', 'last code for libraries and frameworks'],
  [4000, '7.4.2', 'first code for private use'],
  [4999, '7.4.2', 'last code for private use'],
];

const INVALID_REASONS: readonly (readonly [name: string, hex: string, why: string])[] = [
  ['bad-continuation', 'c328', 'c3 must be followed by a continuation byte'],
  ['cut', 'e282', 'the reason ends inside a code point'],
  ['surrogate', 'eda080', 'surrogates have no place in UTF-8'],
  ['overlong', 'c080', 'NUL must not be written in two bytes'],
  ['beyond-unicode', 'f4908080', 'U+110000 does not exist'],
  ['impossible', '676f6f64ff', 'ff is in no UTF-8 text'],
];

const REASONS: readonly (readonly [name: string, reason: string, why: string])[] = [
  ['non-ascii', 'grüße 🎉', 'the reason is UTF-8, not ASCII'],
  ['control-characters', '\r\n\u001b[', 'a reason may hold CR, LF and ESC: whoever logs it must escape it'],
  ['nul', 'a\u0000b', 'a reason may hold NUL'],
  ['byte-order-mark', '\ufeffbye', 'a byte order mark belongs to the reason and is kept'],
  ['longest', 'r'.repeat(123), '123 bytes of reason fill the frame'],
];

export function closePayloadFamily(): Family<FrameFixture> {
  const fixtures = [...lengths(), ...codes(), ...reasons(), ...inBothRoles(afterClose())];
  return { family: 'close-payload', letter: 'B', title: 'Close payloads', kind: 'frames', fixtures };
}

function lengths(): FrameFixture[] {
  const empty = inBothRoles({
    id: 'close-payload/length/0',
    section: '7.1.5',
    why: 'A Close without payload is legal and is reported as 1005.',
    frames: [{ opcode: CLOSE }],
    events: [closeEvent(1005)],
  });
  const one = ['00', '03'].flatMap((hex) =>
    inBothRoles({
      id: `close-payload/length/1-${hex}`,
      section: '5.5.1',
      why: 'A Close payload begins with a code of two bytes: one byte is never legal.',
      frames: [{ opcode: CLOSE, payload: Buffer.from(hex, 'hex') }],
      fails: 1002,
    }),
  );
  return [...empty, ...one];
}

function codes(): FrameFixture[] {
  const invalid = INVALID_CODES.flatMap(([code, section, why]) =>
    inBothRoles({
      id: `close-payload/invalid-code/${code}`,
      section,
      why: `Close code ${code} must not be sent: ${why}.`,
      frames: [{ opcode: CLOSE, payload: payload(code) }],
      fails: 1002,
    }),
  );
  const valid = VALID_CODES.flatMap(([code, section, why]) =>
    inBothRoles({
      id: `close-payload/valid-code/${code}`,
      section,
      why: `Close code ${code} is legal: ${why}.`,
      frames: [{ opcode: CLOSE, payload: payload(code) }],
      events: [closeEvent(code)],
    }),
  );
  return [...invalid, ...valid];
}

function reasons(): FrameFixture[] {
  const invalid = INVALID_REASONS.flatMap(([name, hex, why]) =>
    inBothRoles({
      id: `close-payload/invalid-reason/${name}`,
      section: '8.1',
      why: `The reason must be UTF-8: ${why}.`,
      frames: [{ opcode: CLOSE, payload: payload(1000, Buffer.from(hex, 'hex')) }],
      fails: 1007,
    }),
  );
  const valid = REASONS.flatMap(([name, reason, why]) =>
    inBothRoles({
      id: `close-payload/reason/${name}`,
      section: '5.5.1',
      why: `${why[0]?.toUpperCase()}${why.slice(1)}.`,
      frames: [{ opcode: CLOSE, payload: payload(1000, Buffer.from(reason)) }],
      events: [closeEvent(1000, reason)],
    }),
  );
  return [...invalid, ...valid];
}

function afterClose() {
  return {
    id: 'close-payload/after/ping-and-text',
    section: '5.5.1',
    why: 'Nothing that follows a Close is processed, legal or not.',
    frames: [
      { opcode: CLOSE, payload: payload(1000) },
      { opcode: PING, payload: 'late' },
      { opcode: TEXT, rsv: 7, payload: 'late' },
    ],
    events: [closeEvent(1000)],
  };
}

function payload(code: number, reason: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), reason]);
}
