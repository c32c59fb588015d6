import { MessageProgress, type MessageLimits } from '../src/message-progress.js';
import { hex, thrown } from './wire.js';

const NO_LIMITS = { maxFramePayloadBytes: Infinity, maxMessageBytes: Infinity, maxFragments: Infinity };
const progress = (limits: Partial<MessageLimits> = {}): MessageProgress =>
  new MessageProgress({ ...NO_LIMITS, ...limits });
/** As a decoder hands it in: amid a chunk. */
function accept(message: MessageProgress, payload: Buffer, rest: number): void {
  message.accept(Buffer.concat([hex('ff'), payload, hex('ff')]), 1, 1 + payload.length, rest);
}
const [CONTINUATION, TEXT, BINARY] = [0, 1, 2] as const;

test('it is open from a first fragment to the last (RFC 6455 §5.4)', () => {
  const message = progress();
  expect(message.open).toBe(false);
  for (const [fin, opcode] of [
    [false, TEXT],
    [false, CONTINUATION],
    [true, CONTINUATION],
    [true, BINARY],
  ] as const) {
    message.begin(fin, opcode, 0, 1);
    expect(message.open).toBe(!fin);
  }
});

test.each<[string, Partial<MessageLimits>, number, string | undefined, number?]>([
  ['both allow', { maxFramePayloadBytes: 10, maxMessageBytes: 14 }, 10, undefined],
  ['the frame does not', { maxFramePayloadBytes: 9, maxMessageBytes: 14 }, 10, 'FRAME_TOO_BIG', 10],
  ['the message does not', { maxFramePayloadBytes: 10, maxMessageBytes: 13 }, 10, 'MESSAGE_TOO_BIG', 14],
  ['neither, the frame is nearer', { maxFramePayloadBytes: 5, maxMessageBytes: 13 }, 10, 'FRAME_TOO_BIG', 10],
  ['neither, the message is nearer', { maxFramePayloadBytes: 9, maxMessageBytes: 12 }, 10, 'MESSAGE_TOO_BIG', 14],
  ['no limit, yet beyond 2⁵³', {}, 2 ** 53, 'FRAME_TOO_BIG', 2 ** 53],
  ['2⁵³−1', {}, 2 ** 53 - 1, undefined],
])('room for a second fragment after 4 bytes: %s', (_, limits, payloadBytes, code, ...actual) => {
  const message = progress(limits);
  message.begin(false, BINARY, 0, 4);
  const error = thrown(() => message.checkRoom(CONTINUATION, 0, payloadBytes));
  expect((error as { code?: string } | undefined)?.code).toBe(code && `ERR_SOKKER_${code}`);
  if (error !== undefined) expect(error).toMatchObject({ actual: actual[0] });
});

test('where there is no limit, that of numbers is told', () => {
  const error = thrown(() => progress().checkRoom(BINARY, 0, 2 ** 53));
  expect(error).toMatchObject({ code: 'ERR_SOKKER_FRAME_TOO_BIG', limit: 2 ** 53 - 1, actual: 2 ** 53 });
  expect(error?.message).toContain('9007199254740992 > 9007199254740991');
});

test('a coded message has twice the room, on all its frames', () => {
  const message = progress({ maxMessageBytes: 10 });
  message.checkRoom(BINARY, 4, 20);
  expect(thrown(() => message.checkRoom(BINARY, 4, 21))).toMatchObject({ limit: 10, actual: 21 });
  message.begin(false, BINARY, 4, 15);
  message.checkRoom(CONTINUATION, 0, 5);
  expect(thrown(() => message.checkRoom(CONTINUATION, 0, 6))).toMatchObject({ limit: 10, actual: 21 });
  message.begin(true, CONTINUATION, 0, 5);
  expect(thrown(() => message.checkRoom(BINARY, 0, 11))).toMatchObject({ actual: 11 });
});

test('fragments are counted from the first frame of each message', () => {
  const message = progress({ maxFragments: 2 });
  for (let i = 0; i < 3; i++) {
    message.checkCount(TEXT);
    message.begin(false, TEXT, 0, 0);
    message.checkCount(CONTINUATION);
    message.begin(true, CONTINUATION, 0, 0);
    expect(thrown(() => message.checkCount(CONTINUATION))).toMatchObject({ closeCode: 1008, limit: 2, actual: 3 });
  }
});

describe('UTF-8 over frames (RFC 6455 §8.1)', () => {
  test.each<[string, number, number, [string, boolean, number][], boolean]>([
    ['whole text', TEXT, 0, [['c3a9', false, 0]], true],
    ['a cut code point, more to come', TEXT, 0, [['c3', false, Infinity]], true],
    ['a cut code point, one byte to come', TEXT, 0, [['e2', false, 1]], false],
    ['a cut code point, enough to come', TEXT, 0, [['e2', false, 2]], true],
    ['ASCII is not looked at', TEXT, 0, [['ff', true, 0]], true],
    [
      'unless a code point is open',
      TEXT,
      0,
      [
        ['c3', false, Infinity],
        ['61', true, 0],
      ],
      false,
    ],
    ['binary is not judged', BINARY, 0, [['ff', false, 0]], true],
    ['coded text is judged elsewhere', TEXT, 4, [['ff', false, 0]], true],
  ])('%s', (_, opcode, rsv, pieces, sound) => {
    const message = progress();
    message.begin(false, opcode, rsv, 10);
    const error = thrown(() =>
      pieces.forEach(([picture, ascii, rest]) => message.passes(ascii) || accept(message, hex(picture), rest)),
    );
    expect(error === undefined).toBe(sound);
    if (error !== undefined) expect(error).toMatchObject({ code: 'ERR_SOKKER_INVALID_UTF8', closeCode: 1007 });
  });

  test('a last frame too short for the open code point fails by its header', () => {
    const message = progress();
    message.begin(false, TEXT, 0, 1);
    accept(message, hex('e2'), Infinity);
    message.checkRest(2);
    expect(thrown(() => message.checkRest(1))).toMatchObject({ code: 'ERR_SOKKER_INVALID_UTF8' });
    const binary = progress();
    binary.begin(false, BINARY, 0, 1);
    expect(binary.passes(false)).toBe(true);
    binary.checkRest(0);
  });
});
