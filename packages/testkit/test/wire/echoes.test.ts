import { deflateRawSync } from 'node:zlib';
import { Echoes } from '../../src/wire/echoes.js';

const NOTHING = { messages: [], pongs: [], close: undefined, wrong: undefined };

function read(hex: string, extensions = '', chunkBytes = Infinity, role: 'server' | 'client' = 'server'): object {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const echoes = new Echoes(role, extensions);
  for (let end = 0; end < bytes.length;)
    echoes.read(bytes.subarray(0, (end = Math.min(end + chunkBytes, bytes.length))));
  const { messages, pongs, close, wrong } = echoes;
  return { messages, pongs, close, wrong };
}

/** One frame with RSV1: of messages that look back, where there were some before. */
function coded(text: string, before = ''): string {
  const dictionary = before === '' ? {} : { dictionary: Buffer.from(before) };
  // Z_SYNC_FLUSH leaves the tail that RFC 7692 §7.2.1 takes off.
  const payload = deflateRawSync(text, { finishFlush: 2, ...dictionary }).subarray(0, -4);
  return `c1${payload.length.toString(16).padStart(2, '0')}${payload.toString('hex')}`;
}

test.each<[name: string, hex: string, expected: object]>([
  ['nothing', '', {}],
  ['text', '8101 61', { messages: ['text 61'] }],
  ['binary without a byte', '8200', { messages: ['binary '] }],
  [
    'fragments, with a Ping and a Pong between',
    '0101 61 8900 8a01 78 0000 8001 62',
    { messages: ['text 6162'], pongs: ['78'] },
  ],
  ['a letter that is cut', '0101 c3 8001 a9', { messages: ['text c3a9'] }],
  ['an empty Close', '8800', { close: null }],
  ['a Close with a code and a reason', '8803 03e8 61', { close: 1000 }],
  ['a message behind a Close', '8802 03e8 8101 61', { close: 1000, wrong: 'bytes behind its Close' }],
  ['a frame that is not whole', '8102 61', {}],
  ['a mask', '8181 00000000 61', { wrong: 'a masked frame' }],
  ['RSV1', 'c101 61', { wrong: 'RSV bits (4)' }],
  ['RSV2 on a Pong', 'aa00', { wrong: 'RSV bits (2)' }],
  ['opcode 3', '8300', { wrong: 'a frame of opcode 3' }],
  ['opcode 11', '8b00', { wrong: 'a frame of opcode 11' }],
  ['a Ping in fragments', '0900', { wrong: 'a control frame without FIN' }],
  ['a Ping of 126 bytes', `897e007e${'00'.repeat(126)}`, { wrong: 'a control frame of 126 bytes' }],
  ['a continuation of nothing', '8000', { wrong: 'opcode 0 out of order' }],
  ['a message inside another', '0101 61 8101 62', { wrong: 'opcode 1 out of order' }],
  ['a length in too many bits', '817e0001 61', { wrong: 'a length of 1 in 16 bits' }],
  ['text that is no UTF-8', '8101 ff', { wrong: 'text that is no UTF-8' }],
  ['half a code', '8801 03', { wrong: 'a Close with a payload of one byte' }],
  ['a reason that is no UTF-8', '8803 03e8 ff', { wrong: 'a Close whose reason is no UTF-8' }],
])('reads %s', (_name, hex, expected) => {
  expect(read(hex)).toEqual({ ...NOTHING, ...expected });
  expect(read(hex, '', 1)).toEqual({ ...NOTHING, ...expected });
});

const BROKEN = { wrong: 'a message that cannot be inflated' };

/** The length and the bytes of a payload. */
function hex(payload: Buffer): string {
  return payload.length.toString(16).padStart(2, '0') + payload.toString('hex');
}

function final(text: string): Buffer {
  return deflateRawSync(text);
}

test.each<[name: string, hex: string, expected: object]>([
  ['a message', coded('hello'), { messages: ['text 68656c6c6f'] }],
  [
    'one that looks back',
    `${coded('hello')}${coded('hello', 'hello')}`,
    { messages: ['text 68656c6c6f', 'text 68656c6c6f'] },
  ],
  ['one that is not compressed', '8101 61', { messages: ['text 61'] }],
  ['two final blocks', `c1${hex(Buffer.concat([final('he'), final('llo')]))}`, { messages: ['text 68656c6c6f'] }],
  ['a final block, and what is none behind it', `c1${hex(Buffer.concat([final('he'), Buffer.from([7])]))}`, BROKEN],
  ['RSV1 on a continuation', '0101 61 c000', { wrong: 'RSV bits (4)' }],
  ['RSV1 on a Pong', 'ca00', { wrong: 'RSV bits (4)' }],
  ['what is no DEFLATE', 'c101 07', BROKEN],
])('reads with permessage-deflate %s', (_name, hex, expected) => {
  expect(read(hex, 'permessage-deflate')).toEqual({ ...NOTHING, ...expected });
});

test('a server that promised not to look back must not', () => {
  const hex = `${coded('hello')}${coded('hello', 'hello')}`;
  const promised = 'permessage-deflate; server_no_context_takeover';
  expect(read(hex, promised)).toEqual({ ...NOTHING, messages: ['text 68656c6c6f'], ...BROKEN });
  expect(read(hex, 'permessage-deflate; client_no_context_takeover')).toMatchObject({ wrong: undefined });
});

test.each<[name: string, hex: string, expected: object]>([
  ['masked', '8181 01020304 60', { messages: ['text 61'] }],
  ['without a mask', '8101 61', { wrong: 'a frame without a mask' }],
])('reads what a client sends %s', (_name, hex, expected) => {
  expect(read(hex, '', 1, 'client')).toEqual({ ...NOTHING, ...expected });
});
