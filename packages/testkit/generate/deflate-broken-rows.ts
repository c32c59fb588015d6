/** Rows of family E about what is broken, about frames and text, and about limits. */
import type { DeflateRow } from './deflate.js';
import {
  binary,
  deflated,
  EURO,
  first,
  HELLO,
  hello,
  HELLO_AGAIN,
  last,
  middle,
  NOT_UTF8,
  text,
  unhex,
  ZEROS,
} from './deflate-messages.js';
import { closeEvent, event } from './frame-fixture.js';
import { BINARY, CLOSE, CONTINUATION, PING, TEXT } from './wire.js';

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
    name: 'broken/no-bytes-then-good',
    section: '7.2.2',
    why: 'A message with RSV1 and no byte is refused at once; it must not break a good message behind it instead.',
    frames: [text(''), text(HELLO)],
    fails: { closeCode: 1007, frame: 0 },
  },
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

export const BROKEN_DEFLATE_ROWS: readonly DeflateRow[] = [...broken, ...mixed, ...limits];
