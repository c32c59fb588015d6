/** Rows of family E that are as they should be. */
import type { DeflateRow } from './deflate.js';
import { BROKEN_DEFLATE_ROWS } from './deflate-broken-rows.js';
import {
  binary,
  deflated,
  first,
  HELLO,
  hello,
  HELLO_AGAIN,
  last,
  NO_TAKEOVER,
  PROSE,
  TAIL,
  text,
} from './deflate-messages.js';
import { event } from './frame-fixture.js';
import { TEXT } from './wire.js';

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

export const DEFLATE_ROWS: readonly DeflateRow[] = [...examples, ...windows, ...blocks, ...BROKEN_DEFLATE_ROWS];
