import { HeaderFields } from '../src/header.js';
import type { Role } from '../src/index.js';
import { checkFlags, checkLength, checkStart } from '../src/rules.js';
import { bits, hex } from './wire.js';

function header(bytes: Buffer): HeaderFields {
  const fields = new HeaderFields();
  fields.read(bytes, 0, bytes.length);
  return fields;
}

test.each<[string, string, { rsv?: number; open?: boolean }, string | undefined]>([
  //             F RSV op
  ['text', '1 000 0001', {}, undefined],
  ['a first fragment', '0 000 0010', {}, undefined],
  ['RSV1', '1 100 0001', {}, 'RESERVED_BITS'],
  ['RSV2', '1 010 0001', {}, 'RESERVED_BITS'],
  ['RSV3', '1 001 0010', {}, 'RESERVED_BITS'],
  ['RSV1, claimed', '1 100 0001', { rsv: 4 }, undefined],
  ['RSV1, claimed, on binary', '0 100 0010', { rsv: 4 }, undefined],
  ['RSV1 and RSV3, one claimed', '1 101 0001', { rsv: 4 }, 'RESERVED_BITS'],
  ['all, claimed', '1 111 0001', { rsv: 7 }, undefined],
  ['RSV1 on a continuation (RFC 7692 §6)', '1 100 0000', { rsv: 4, open: true }, 'RESERVED_BITS'],
  ['RSV1 on a ping', '1 100 1001', { rsv: 4 }, 'RESERVED_BITS'],
  ['opcode 3', '1 000 0011', {}, 'RESERVED_OPCODE'],
  ['opcode 7', '0 000 0111', {}, 'RESERVED_OPCODE'],
  ['opcode 11', '1 000 1011', {}, 'RESERVED_OPCODE'],
  ['opcode 15', '1 000 1111', {}, 'RESERVED_OPCODE'],
  ['a close', '1 000 1000', {}, undefined],
  ['a pong inside a message', '1 000 1010', { open: true }, undefined],
  ['a fragmented close', '0 000 1000', {}, 'CONTROL_FRAGMENTED'],
  ['a fragmented pong', '0 000 1010', { open: true }, 'CONTROL_FRAGMENTED'],
  ['a continuation', '0 000 0000', { open: true }, undefined],
  ['a last continuation', '1 000 0000', { open: true }, undefined],
  ['a continuation of nothing', '1 000 0000', {}, 'CONTINUATION_UNEXPECTED'],
  ['text inside a message', '1 000 0001', { open: true }, 'CONTINUATION_EXPECTED'],
  ['a fragment of binary inside a message', '0 000 0010', { open: true }, 'CONTINUATION_EXPECTED'],
])('byte 0: %s (RFC 6455 §5.2, §5.4, §5.5)', (_, picture, { rsv = 0, open = false }, code) => {
  expect(checkStart(header(bits(picture)), rsv, open)).toBe(code && `ERR_SOKKER_${code}`);
});

test.each<[string, Role, string, string | undefined]>([
  //                              F RSV op   M length
  ['unmasked, of a server', 'client', '1 000 0001 0 0000101', undefined],
  ['masked, of a client', 'server', '1 000 0001 1 0000101', undefined],
  ['masked, of a server', 'client', '1 000 0001 1 0000101', 'MASK_UNEXPECTED'],
  ['unmasked, of a client', 'server', '1 000 1000 0 0000001', 'MASK_MISSING'],
  ['a ping of 125', 'client', '1 000 1001 0 1111101', undefined],
  ['a ping of 126', 'client', '1 000 1001 0 1111110', 'CONTROL_TOO_LONG'],
  ['a pong of 64 bits', 'server', '1 000 1010 1 1111111', 'CONTROL_TOO_LONG'],
  ['text of 64 bits', 'server', '1 000 0001 1 1111111', undefined],
  ['a close of 0', 'client', '1 000 1000 0 0000000', undefined],
  ['a close of 1', 'client', '1 000 1000 0 0000001', 'CLOSE_LENGTH'],
  ['a close of 2', 'client', '1 000 1000 0 0000010', undefined],
  ['a ping of 1', 'client', '1 000 1001 0 0000001', undefined],
])('byte 1: %s (RFC 6455 §5.1, §5.5)', (_, role, picture, code) => {
  expect(checkFlags(header(bits(picture)), role)).toBe(code && `ERR_SOKKER_${code}`);
});

test.each<[string, string, string | undefined]>([
  ['0', '82 00', undefined],
  ['125', '82 7d', undefined],
  ['16 bits to come', '82 7e', undefined],
  ['16 bits, the first 0', '82 7e 00', undefined],
  ['126 in 16 bits', '82 7e 007e', undefined],
  ['125 in 16 bits', '82 7e 007d', 'LENGTH_NOT_MINIMAL'],
  ['0 in 16 bits', '82 7e 0000', 'LENGTH_NOT_MINIMAL'],
  ['64 bits to come', '82 7f', undefined],
  ['five zeros of 64 bits', '82 7f 0000000000', undefined],
  ['six zeros of 64 bits', '82 7f 000000000000', 'LENGTH_NOT_MINIMAL'],
  ['65536 in 64 bits', '82 7f 0000000000010000', undefined],
  ['65535 in 64 bits', '82 7f 000000000000ffff', 'LENGTH_NOT_MINIMAL'],
  ['the sign', '82 7f 80', 'LENGTH_SIGN'],
  ['2⁶³−1', '82 7f 7fffffffffffffff', undefined],
])('length: %s (RFC 6455 §5.2)', (_, picture, code) => {
  expect(checkLength(header(hex(picture)))).toBe(code && `ERR_SOKKER_${code}`);
});
