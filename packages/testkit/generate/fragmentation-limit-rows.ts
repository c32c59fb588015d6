/** Rows of family C about limits (RFC 6455 §10.4). */
import { event } from './frame-fixture.js';
import { first, last, middle, ping, text, type FragmentationRow } from './fragments.js';
import { BINARY, TEXT, type WireFrame } from './wire.js';

export function limits(): FragmentationRow[] {
  const section = '10.4';
  const ten = { maxMessageBytes: 10 };
  const sixteen = { maxFragments: 16 };
  const fragments = (count: number): WireFrame[] => [
    first(BINARY, 'i'),
    ...Array.from({ length: count - 2 }, () => middle('i')),
    last('i'),
  ];
  return [
    {
      name: 'limits/message-at-limit',
      section,
      why: 'A message of exactly the limit is delivered.',
      limits: ten,
      frames: [first(TEXT, 'abcde'), last('fghij')],
      events: [event('text', 'abcdefghij')],
    },
    {
      name: 'limits/message-over-limit',
      section,
      why: 'Fragments are summed: the second header says that the message is too big.',
      limits: ten,
      frames: [first(TEXT, 'abcdef'), last('ghijkl')],
      fails: 1009,
    },
    {
      name: 'limits/message-over-limit-at-third',
      section,
      why: 'The sum runs over all fragments, not over two.',
      limits: ten,
      frames: [first(BINARY, 'abcd'), middle('efgh'), middle('ijkl'), last()],
      fails: 1009,
    },
    {
      name: 'limits/frame-over-message-limit',
      section,
      why: 'A single frame over the limit is refused by its header.',
      limits: ten,
      frames: [text('abcdefghijk')],
      fails: 1009,
    },
    {
      name: 'limits/sum-starts-afresh',
      section,
      why: 'The sum is of one message, not of the connection.',
      limits: ten,
      frames: [first(TEXT, 'abcde'), last('fghij'), text('klmnopqrst')],
      events: [event('text', 'abcdefghij'), event('text', 'klmnopqrst')],
    },
    {
      name: 'limits/control-not-counted',
      section,
      why: 'Control frames are no part of the message: their bytes do not count.',
      limits: { maxMessageBytes: 4 },
      frames: [first(TEXT, 'ab'), ping('abcdefgh'), last('cd')],
      events: [event('ping', 'abcdefgh'), event('text', 'abcd')],
    },
    {
      name: 'limits/frame-at-limit',
      section,
      why: 'A limit for frames does not bind the message that they make.',
      limits: { maxMessageBytes: 20, maxFramePayloadBytes: 8 },
      frames: [first(BINARY, 'abcdefgh'), last('ijklmnop')],
      events: [event('binary', 'abcdefghijklmnop')],
    },
    {
      name: 'limits/frame-over-limit',
      section,
      why: 'A frame over its own limit is refused, though the message would be small enough.',
      limits: { maxMessageBytes: 20, maxFramePayloadBytes: 8 },
      frames: [first(BINARY, 'abcdefghi')],
      fails: 1009,
    },
    {
      name: 'limits/fragments-at-limit',
      section,
      why: 'As many fragments as the limit says are delivered.',
      limits: sixteen,
      frames: fragments(16),
      events: [event('binary', 'i'.repeat(16))],
    },
    {
      name: 'limits/fragments-over-limit',
      section,
      why: 'One fragment more than the limit fails the connection.',
      limits: sixteen,
      frames: fragments(17),
      fails: 1008,
    },
    {
      name: 'limits/pings-are-no-fragments',
      section,
      why: 'Control frames between fragments are not counted as fragments.',
      limits: { maxFragments: 2 },
      frames: [first(TEXT, 'a'), ping('1'), ping('2'), last('b')],
      events: [event('ping', '1'), event('ping', '2'), event('text', 'ab')],
    },
  ];
}
