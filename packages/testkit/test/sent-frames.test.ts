import {
  compareClosing,
  fixtures,
  type ClosingFixture,
  type ClosingImplementation,
  type SentFrame,
} from '../src/index.js';
import { readSentFrames } from '../src/sent-frames.js';

const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const zeros = (count: number): string => '00'.repeat(count);

test('frames are read one after the other, masked or not', () => {
  const mask = '37fa213d';
  const bytes = hex('88 00', '8a 01 61', `88 84 ${mask} 3412 4e54`, '82 7e 007e', zeros(126), '82 7f 0000000000010000', zeros(65536)); // prettier-ignore
  expect(readSentFrames(bytes)).toEqual({
    frames: [
      { frame: { type: 'close', code: null }, masked: false },
      { frame: { type: 'pong', hex: '61' }, masked: false },
      { frame: { type: 'close', code: 1000 }, masked: true },
      { frame: { type: 'binary', hex: zeros(126) }, masked: false },
      { frame: { type: 'binary', hex: zeros(65536) }, masked: false },
    ],
    wrong: undefined,
  });
  expect(readSentFrames(Buffer.alloc(0))).toEqual({ frames: [], wrong: undefined });
});

const WRONG: [what: string, bytes: Buffer, wrong: string][] = [
  ['a Close of one byte', hex('88 01 03'), 'a Close with a payload of one byte'],
  ['a masked Close of one byte', hex('88 81 01020304 02'), 'a Close with a payload of one byte'],
  ['a reason that is no UTF-8', hex('88 03 03e8 ff'), 'a Close whose reason is no UTF-8'],
  ['a reason that is cut inside a character', hex('88 04 03e8 e282'), 'a Close whose reason is no UTF-8'],
  ['2 bytes in 16 bits', hex('88 7e 0002 03e8'), 'a length of 2 in 16 bits'],
  ['125 bytes in 16 bits', hex('82 7e 007d', zeros(125)), 'a length of 125 in 16 bits'],
  ['2 bytes in 64 bits', hex('88 7f 0000000000000002 03e8'), 'a length of 2 in 64 bits'],
  ['65535 bytes in 64 bits', hex('82 7f 000000000000ffff', zeros(65535)), 'a length of 65535 in 64 bits'],
  ['a Ping of 126 bytes', hex('89 7e 007e', zeros(126)), 'a control frame of 126 bytes'],
  ['a Close of 126 bytes', hex('88 7e 007e 03e8', '61'.repeat(124)), 'a control frame of 126 bytes'],
  ['no FIN', hex('01 00'), 'a frame without FIN or with RSV bits (01)'],
  ['RSV1', hex('c8 00'), 'a frame without FIN or with RSV bits (c8)'],
  ['a reserved opcode', hex('83 00'), 'a frame of opcode 3'],
  ['a continuation', hex('80 00'), 'a frame of opcode 0'],
  ['half a header', hex('88'), 'a frame that was cut (88)'],
  ['half a length', hex('82 7e 01'), 'a frame that was cut (827e01)'],
  ['half a long length', hex('82 7f 00000000'), 'a frame that was cut (827f00000000)'],
  ['half a masking key', hex('88 80 0102'), 'a frame that was cut (88800102)'],
  ['half a payload', hex('88 02 03'), 'a frame that was cut (880203)'],
];

test.each(WRONG)('%s is wrong, and what came before it is read', (_what, bytes, wrong) => {
  expect(readSentFrames(Buffer.concat([hex('8a 00'), bytes]))).toEqual({
    frames: [{ frame: { type: 'pong', hex: '' }, masked: false }],
    wrong,
  });
});

/** An endpoint that has written this when the peer closes. */
function endpoint(written: Buffer): ClosingImplementation {
  const quiet = (): void => undefined;
  return {
    create(_role, _ms, listener) {
      const receive = (): void => listener.closed({ code: 1005, reason: '', clean: true });
      const acts = { receiveEnd: quiet, receiveReset: quiet, close: quiet, send: quiet, ping: quiet, wait: quiet };
      return { ...acts, receive, written: () => written, ended: () => true };
    },
  };
}

/** The peer closes, and these frames are to be sent. */
function script(...sent: SentFrame[]): ClosingFixture {
  const [fixture] = fixtures.closing.fixtures.filter(({ role }) => role === 'server');
  if (fixture === undefined) throw new Error('no fixture');
  const closed = { code: 1005, reason: '', clean: true };
  return { ...fixture, steps: [{ receive: '8800' }, { sent }], expect: { events: [], closed } };
}

test('an empty Close is one, where an empty Close is expected', async () => {
  expect(await compareClosing(endpoint(hex('88 00')), script({ type: 'close', code: null }))).toEqual([]);
});

test.each(WRONG)('%s never matches, and the failure says why', async (_what, bytes, wrong) => {
  for (const sent of [[], [{ type: 'close', code: null }], [{ type: 'close', code: 1000 }]] as SentFrame[][]) {
    const [problem, ...others] = await compareClosing(endpoint(bytes), script(...sent));
    expect(problem).toBe(`step 2: sent ${wrong}, expected ${JSON.stringify(sent)}`);
    expect(others).toEqual([]);
  }
});
