import {
  answer,
  closeFrame,
  closeFrameFor,
  encodeFrame,
  LimitError,
  LIMITS,
  parseClose,
  wholeFrame,
  type Frame,
} from '../src/index.js';
import { limitExceeded, violation } from '../src/errors.js';
import { hex, thrown } from './wire.js';

const wire = (frame: Frame | undefined): Buffer | undefined => frame && encodeFrame(frame, { role: 'server' });
const frame = (opcode: Frame['opcode'], picture: string): Frame => wholeFrame(true, 0, opcode, hex(picture));

test.each<[string, Frame, string | undefined]>([
  ['a Ping gets a Pong with its payload (RFC 6455 §5.5.3)', frame(9, '616263'), '8a 03 616263'],
  ['an empty Ping gets an empty Pong', frame(9, ''), '8a 00'],
  ['a Close gets its code back, not its reason (§5.5.1)', frame(8, '0fa1 627965'), '88 02 0fa1'],
  ['an empty Close gets an empty one: 1005 is never sent (§7.4.1)', frame(8, ''), '88 00'],
  ['a Pong gets nothing', frame(10, '61'), undefined],
  ['data gets nothing', frame(1, '61'), undefined],
])('%s', (_, given, expected) => {
  expect(wire(answer(given))).toEqual(expected && hex(expected));
});

test('a Close frame, with a code and a reason or without', () => {
  expect(wire(closeFrame())).toEqual(hex('88 00'));
  expect(wire(closeFrame(1001, 'bye'))).toEqual(hex('88 05 03e9 627965'));
  expect(thrown(() => closeFrame(1006))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
});

test.each<[string, unknown, number | undefined]>([
  ['a broken rule', violation('ERR_SOKKER_RESERVED_BITS'), 1002],
  ['text that is none', violation('ERR_SOKKER_INVALID_UTF8'), 1007],
  ['too many bytes', new LimitError('ERR_SOKKER_FRAME_TOO_BIG', LIMITS.ERR_SOKKER_FRAME_TOO_BIG, 1, 2), 1009],
  ['too many fragments', limitExceeded('ERR_SOKKER_TOO_MANY_FRAGMENTS', 1, 2), 1008],
  ['anything unforeseen', new TypeError('x'), 1011],
  ['the end of the stream: nobody is there', violation('ERR_SOKKER_UNEXPECTED_END'), undefined],
])('the Close that answers %s (RFC 6455 §7.1.7)', (_, error, code) => {
  const reply = closeFrameFor(error);
  expect(reply && parseClose(reply.payload)).toEqual(code && { code, reason: '' });
});
