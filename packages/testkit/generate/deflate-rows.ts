/** Rows of family E. Most streams are those that RFC 7692 §7.2.3 prints; the rest come from zlib, or are broken by hand. */
import { constants, deflateRawSync, type ZlibOptions } from 'node:zlib';
import type { DeflateRow } from './deflate.js';
import { closeEvent, event } from './frame-fixture.js';
import { BINARY, CLOSE, CONTINUATION, PING, TEXT, type WireFrame } from './wire.js';

const HELLO = 'f248cdc9c90700';
/** "Hello" by reference to a "Hello" before it. */
const HELLO_AGAIN = 'f200110000';
const NO_TAKEOVER = '; server_no_context_takeover; client_no_context_takeover';
const hello = event('text', 'Hello');

const unhex = (hex: string): Buffer => Buffer.from(hex, 'hex');
const text = (hex: string): WireFrame => ({ opcode: TEXT, rsv: 4, payload: unhex(hex) });
const first = (hex: string): WireFrame => ({ ...text(hex), fin: false });
const middle = (hex: string): WireFrame => ({ opcode: CONTINUATION, fin: false, payload: unhex(hex) });
const last = (hex: string): WireFrame => ({ opcode: CONTINUATION, payload: unhex(hex) });

/** What RFC 7692 §7.2.1 makes of data: deflated, flushed, without the last four bytes. */
function deflated(data: Buffer | string, options: ZlibOptions = {}): Buffer {
  const flushed = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return flushed.subarray(0, -4);
}

const binary = (payload: Buffer): WireFrame => ({ opcode: BINARY, rsv: 4, payload });
const PROSE = 'The quick brown fox jumps over the lazy dog, and the lazy dog looks after the quick brown fox. '.repeat(
  8,
);
const ZEROS = Buffer.alloc(65536);
const TAIL = unhex('616263' + '0000ffff');
const NOT_UTF8 = unhex('48656cff6c6f');
const EURO = Buffer.from('€ and 🎉');

const examples: DeflateRow[] = [
  {
    name: 'examples/one-block',
    section: '7.2.3.1',
    why: 'One compressed block.',
    frames: [text(HELLO)],
    events: [hello],
  },
  {
    name: 'examples/shared-window',
    section: '7.2.3.2',
    why: 'With context takeover a message may refer to the one before it.',
    frames: [text(HELLO), text(HELLO_AGAIN)],
    events: [hello, hello],
  },
  {
    name: 'examples/stored-block',
    section: '7.2.3.3',
    why: 'A block that is not compressed.',
    frames: [text('000500faff48656c6c6f00')],
    events: [hello],
  },
  {
    name: 'examples/final-block',
    section: '7.2.3.4',
    why: 'A block with BFINAL set.',
    frames: [text('f348cdc9c9070000')],
    events: [hello],
  },
  {
    name: 'examples/two-blocks',
    section: '7.2.3.5',
    why: 'Two blocks in one message, the first flushed inside it.',
    frames: [text('f248050000' + '00ffff' + 'cac9c90700')],
    events: [hello],
  },
  {
    name: 'examples/empty',
    section: '7.2.3.6',
    why: 'An empty message is one byte of zero.',
    frames: [text('00')],
    events: [event('text')],
  },
  {
    name: 'examples/fragments',
    section: '7.2.1',
    why: 'A compressed message may be cut anywhere, inside a symbol too; RSV1 is on its first frame alone.',
    frames: [first('f248cd'), last('c9c90700')],
    events: [hello],
  },
];

const windows: DeflateRow[] = [
  {
    name: 'window/three-messages',
    section: '7.2.2',
    why: 'The window goes on over any number of messages.',
    frames: [text(HELLO), text(HELLO_AGAIN), text(HELLO_AGAIN), text(HELLO_AGAIN)],
    events: [hello, hello, hello, hello],
  },
  {
    name: 'window/not-taken-over',
    section: '7.1.1',
    why: 'Without context takeover nothing stands before a message: the reference leads nowhere.',
    parameters: NO_TAKEOVER,
    frames: [text(HELLO), text(HELLO_AGAIN)],
    events: [hello],
    fails: { closeCode: 1007, frame: 1 },
  },
  {
    name: 'window/before-the-start',
    section: '7.2.2',
    why: 'A reference behind the start of the first message leads nowhere.',
    frames: [text(HELLO_AGAIN)],
    fails: { closeCode: 1007, frame: 0 },
  },
  {
    name: 'window/survives-final-block',
    section: '7.2.3.4',
    why: 'BFINAL ends a block, not the window: the next message may refer to this one.',
    frames: [text('f348cdc9c9070000'), text(HELLO_AGAIN)],
    events: [hello, hello],
  },
  {
    name: 'window/survives-stored-block',
    section: '7.2.3.3',
    why: 'Stored bytes are part of the window.',
    frames: [text('000500faff48656c6c6f00'), text(HELLO_AGAIN)],
    events: [hello, hello],
  },
  {
    name: 'window/uncompressed-message-between',
    section: '6.1',
    why: 'A message without RSV1 is no part of the window.',
    frames: [text(HELLO), { opcode: TEXT, payload: 'other' }, text(HELLO_AGAIN)],
    events: [hello, event('text', 'other'), hello],
  },
  {
    name: 'window/empty-message-between',
    section: '7.2.3.6',
    why: 'An empty message leaves the window as it is.',
    frames: [text(HELLO), text('00'), text(HELLO_AGAIN)],
    events: [hello, event('text'), hello],
  },
];

const blocks: DeflateRow[] = [
  {
    name: 'blocks/final-then-more',
    section: '7.2.1',
    why: 'A message may go on after a block with BFINAL set; a decoder that stops there loses half of it.',
    frames: [text('f348cdc9c90700' + 'f348cdc9c9070000')],
    events: [event('text', 'HelloHello')],
  },
  {
    name: 'blocks/ten-thousand-final',
    section: '7.2.1',
    why: 'A flood of empty final blocks costs a decoder time for nothing: it may refuse them.',
    frames: [text('0300'.repeat(10000) + '00')],
    events: [event('text')],
    or: { events: [], closeCode: 1007 },
  },
  {
    name: 'blocks/dynamic-codes',
    section: '7.2.1',
    why: 'A block with codes of its own.',
    frames: [binary(deflated(PROSE))],
    events: [event('binary', PROSE)],
  },
  {
    name: 'blocks/all-stored',
    section: '7.2.1',
    why: 'A sender may compress nothing.',
    frames: [binary(deflated(PROSE, { level: 0 }))],
    events: [event('binary', PROSE)],
  },
  {
    name: 'blocks/long-run',
    section: '7.2.1',
    why: '40 000 equal bytes, in less than a hundred.',
    frames: [binary(deflated(Buffer.alloc(40000, 'i')))],
    events: [event('binary', Buffer.alloc(40000, 'i'))],
  },
  {
    name: 'blocks/tail-in-data',
    section: '7.2.1',
    why: 'Data that ends like the tail which senders remove is data.',
    frames: [binary(deflated(TAIL, { level: 0 }))],
    events: [event('binary', TAIL)],
  },
];

const broken: DeflateRow[] = (
  [
    ['no-bytes', '', 'A message with RSV1 has at least one byte.'],
    ['truncated', 'f248cd', 'The data ends inside a block: what came of it so far is not the message.'],
    ['truncated-stored', '000500faff4865', 'The data ends inside a stored block.'],
    ['reserved-block', '06', 'Block type 3 is reserved.'],
    ['stored-length', '000500000048656c6c6f00', 'The two lengths of a stored block do not agree.'],
    ['too-many-codes', 'fcffffff', 'A block declares more codes than there are.'],
    ['no-deflate-at-all', '48656c6c6f', 'The data is no DEFLATE.'],
  ] as const
).map(([name, hex, why]) => ({
  name: `broken/${name}`,
  section: '7.2.2',
  why,
  frames: [text(hex)],
  fails: { closeCode: 1007, frame: 0 },
}));

const mixed: DeflateRow[] = [
  {
    name: 'broken/tail-left-on',
    section: '7.2.1',
    why: 'The sender forgot to remove the tail: refuse it or read it, but never break the next message.',
    frames: [text(HELLO + '0000ffff'), text(HELLO)],
    events: [hello, hello],
    or: { events: [], closeCode: 1007 },
  },
  {
    name: 'frames/uncompressed',
    section: '6.1',
    why: 'A message without RSV1 is not compressed, though the extension is in force.',
    frames: [{ opcode: TEXT, payload: 'Hello' }],
    events: [hello],
  },
  {
    name: 'frames/byte-per-fragment',
    section: '7.2.1',
    why: 'A compressed message may come one byte a fragment.',
    frames: [first('f2'), ...['48', 'cd', 'c9', 'c9', '07'].map(middle), last('00')],
    events: [hello],
  },
  {
    name: 'frames/empty-fragments',
    section: '7.2.1',
    why: 'Fragments of a compressed message may be empty, the first and the last too.',
    frames: [first(''), middle(HELLO), middle(''), last('')],
    events: [hello],
  },
  {
    name: 'frames/ping-inside',
    section: '7.2.1',
    why: 'A control frame between compressed fragments is not compressed and disturbs nothing.',
    frames: [first('f248cd'), { opcode: PING, payload: 'still there?' }, last('c9c90700'), text(HELLO_AGAIN)],
    events: [event('ping', 'still there?'), hello, hello],
  },
  {
    name: 'frames/rsv1-on-continuation',
    section: '6.1',
    why: 'RSV1 is on the first frame alone.',
    frames: [first('f248cd'), { ...last('c9c90700'), rsv: 4 }],
    fails: { closeCode: 1002, frame: 1, atFirstByte: true },
    code: 'ERR_SOKKER_RESERVED_BITS',
  },
  {
    name: 'frames/close-inside',
    section: '7.2.2',
    why: 'A Close between compressed fragments closes the connection; the message that it cut is never delivered.',
    frames: [first('f248cd'), { opcode: CLOSE, payload: unhex('03e8') }],
    events: [closeEvent(1000)],
  },
  {
    name: 'text/valid',
    section: '7.2.2',
    why: 'Compressed text is judged as UTF-8 after it was inflated.',
    frames: [{ opcode: TEXT, rsv: 4, payload: deflated(EURO) }],
    events: [event('text', EURO)],
  },
  {
    name: 'text/invalid',
    section: '7.2.2',
    why: 'Compressed text that is no UTF-8 fails the connection.',
    frames: [{ opcode: TEXT, rsv: 4, payload: deflated(NOT_UTF8) }],
    fails: { closeCode: 1007, frame: 0 },
    code: 'ERR_SOKKER_INVALID_UTF8',
  },
  {
    name: 'text/cut-at-end',
    section: '7.2.2',
    why: 'Compressed text that ends inside a code point fails the connection.',
    frames: [{ opcode: TEXT, rsv: 4, payload: deflated(EURO.subarray(0, -1)) }],
    fails: { closeCode: 1007, frame: 0 },
    code: 'ERR_SOKKER_INVALID_UTF8',
  },
  {
    name: 'text/binary-is-not-judged',
    section: '7.2.2',
    why: 'Compressed binary messages hold any bytes.',
    frames: [binary(deflated(NOT_UTF8))],
    events: [event('binary', NOT_UTF8)],
  },
];

const limits: DeflateRow[] = [
  {
    name: 'limits/bomb',
    section: '8',
    why: '64 KiB come out of less than a hundred bytes: the limit is for what comes out.',
    limits: { maxMessageBytes: 1024 },
    frames: [binary(deflated(ZEROS))],
    fails: { closeCode: 1009, frame: 0 },
    code: 'ERR_SOKKER_MESSAGE_TOO_BIG',
  },
  {
    name: 'limits/bomb-in-fragments',
    section: '8',
    why: 'The limit is for the message, in however many frames it comes.',
    limits: { maxMessageBytes: 1024 },
    frames: [
      { opcode: BINARY, rsv: 4, fin: false, payload: deflated(ZEROS).subarray(0, 20) },
      { opcode: CONTINUATION, payload: deflated(ZEROS).subarray(20) },
    ],
    fails: { closeCode: 1009, frame: 1 },
    code: 'ERR_SOKKER_MESSAGE_TOO_BIG',
  },
  {
    name: 'limits/at-limit',
    section: '8',
    why: 'A message that inflates to exactly the limit is delivered.',
    limits: { maxMessageBytes: 1024 },
    frames: [binary(deflated(Buffer.alloc(1024)))],
    events: [event('binary', Buffer.alloc(1024))],
  },
  {
    name: 'limits/one-over',
    section: '8',
    why: 'A message that inflates to one byte more than the limit is refused.',
    limits: { maxMessageBytes: 1024 },
    frames: [binary(deflated(Buffer.alloc(1025)))],
    fails: { closeCode: 1009, frame: 0 },
    code: 'ERR_SOKKER_MESSAGE_TOO_BIG',
  },
];

export const DEFLATE_ROWS: readonly DeflateRow[] = [...examples, ...windows, ...blocks, ...broken, ...mixed, ...limits];
