/** Family C: fragmentation, and control frames between fragments (RFC 6455 §5.4, §10.4). */
import type { Family, FrameFixture } from '../src/fixture.js';
import { limits } from './fragmentation-limit-rows.js';
import { first, last, middle, ping, text, type FragmentationRow } from './fragments.js';
import { closeEvent, event, inBothRoles } from './frame-fixture.js';
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, type WireFrame } from './wire.js';

export function fragmentationFamily(): Family<FrameFixture> {
  const rows = [...order(), ...interleaved(), ...empty(), ...limits(), ...kinds()];
  const fixtures = rows.flatMap(({ name, section = '5.4', ...row }) =>
    inBothRoles({ id: `fragmentation/${name}`, section, ...row }),
  );
  return { family: 'fragmentation', letter: 'C', title: 'Fragmentation', kind: 'frames', fixtures };
}

function order(): FragmentationRow[] {
  const open = 'While a message is open, only continuations and control frames may follow';
  return [
    {
      name: 'order/last-without-first',
      why: 'A continuation continues a message: there is none.',
      frames: [last()],
      fails: 1002,
    },
    {
      name: 'order/middle-without-first',
      why: 'A continuation continues a message: there is none, and that more are announced changes nothing.',
      frames: [middle()],
      fails: 1002,
    },
    { name: 'order/text-in-text', why: `${open}, not a text frame.`, frames: [first(TEXT), text('')], fails: 1002 },
    {
      name: 'order/binary-in-text',
      why: `${open}, not a binary frame.`,
      frames: [first(TEXT, 'a'), { opcode: BINARY }],
      fails: 1002,
    },
    {
      name: 'order/first-in-binary',
      why: `${open}, not the start of another message.`,
      frames: [first(BINARY), first(BINARY)],
      fails: 1002,
    },
    {
      name: 'order/text-in-binary',
      why: `${open}, not a text frame.`,
      frames: [first(BINARY, 'a'), middle('b'), text('c')],
      fails: 1002,
    },
    {
      name: 'order/continuation-after-last',
      why: 'FIN ended the message: what follows cannot continue it.',
      frames: [first(TEXT), last(), last()],
      events: [event('text')],
      fails: 1002,
    },
    {
      name: 'order/continuation-after-whole',
      why: 'An unfragmented message is finished at once: nothing continues it.',
      frames: [text('a'), last('b')],
      events: [event('text', 'a')],
      fails: 1002,
    },
    {
      name: 'order/two-messages',
      why: 'After a fragmented message the next one starts afresh.',
      frames: [first(TEXT, 'a'), last('b'), first(BINARY, 'c'), middle('d'), last('e'), text('f')],
      events: [event('text', 'ab'), event('binary', 'cde'), event('text', 'f')],
    },
  ];
}

function interleaved(): FragmentationRow[] {
  return [
    {
      name: 'control/ping-inside',
      why: 'Control frames may come between fragments: the ping is seen before the message is whole.',
      frames: [first(TEXT, 'a'), ping(), last('b')],
      events: [event('ping'), event('text', 'ab')],
    },
    {
      name: 'control/pong-inside',
      why: 'An unasked pong may come between fragments.',
      frames: [first(BINARY, 'a'), { opcode: PONG, payload: 'p' }, last('b')],
      events: [event('pong', 'p'), event('binary', 'ab')],
    },
    {
      name: 'control/many-inside',
      why: 'Any number of control frames may come between fragments, and their payload is not the message’s.',
      frames: [first(TEXT, 'a'), ping('1'), ping('2'), middle('b'), { opcode: PONG, payload: '3' }, last('c')],
      events: [event('ping', '1'), event('ping', '2'), event('pong', '3'), event('text', 'abc')],
    },
    {
      name: 'control/inside-code-point',
      why: 'A ping between the halves of a code point does not disturb the text.',
      frames: [
        { opcode: TEXT, fin: false, payload: Buffer.from('e2', 'hex') },
        ping('é'),
        { opcode: CONTINUATION, payload: Buffer.from('82ac', 'hex') },
      ],
      events: [event('ping', 'é'), event('text', '€')],
    },
    {
      name: 'control/close-inside',
      section: '5.5.1',
      why: 'A Close between fragments closes the connection; the message that it cut is never delivered.',
      frames: [first(TEXT, 'a'), { opcode: CLOSE }],
      events: [closeEvent(1005)],
    },
    {
      name: 'control/close-between-fragments',
      section: '5.5.1',
      why: 'Fragments after a Close are ignored, so the message that it cut is never delivered.',
      frames: [first(TEXT, 'a'), { opcode: CLOSE, payload: Buffer.from('03e8', 'hex') }, last('b')],
      events: [closeEvent(1000)],
    },
    {
      name: 'control/fragmented-inside',
      section: '5.5',
      why: 'A control frame inside a message must not itself be a fragment.',
      frames: [first(TEXT, 'a'), { opcode: PING, fin: false }, last('b')],
      fails: 1002,
    },
  ];
}

function empty(): FragmentationRow[] {
  const why = 'Fragments may be empty';
  const parts: readonly [name: string, frames: WireFrame[], text: string][] = [
    ['all', [first(TEXT), middle(), last()], ''],
    ['first', [first(TEXT), last('b')], 'b'],
    ['middle', [first(TEXT, 'a'), middle(), last('c')], 'ac'],
    ['last', [first(TEXT, 'a'), last()], 'a'],
  ];
  const rows = parts.map(([name, frames, result]) => ({
    name: `empty/${name}`,
    why: `${why}: here ${name === 'all' ? 'all of them are' : `the ${name} one is`}.`,
    frames,
    events: [event('text', result)],
  }));
  const many = Array.from({ length: 100 }, () => middle());
  const frames = [first(BINARY), ...many, last()];
  return [...rows, { name: 'empty/hundred', why: `${why}, and many.`, frames, events: [event('binary')] }];
}

function kinds(): FragmentationRow[] {
  const notText = { opcode: CONTINUATION, payload: Buffer.from('ff', 'hex') };
  return [
    {
      name: 'kind/of-first-frame',
      why: 'The first frame says what the message is: the bytes of a binary one are never judged as text.',
      frames: [first(BINARY, 'a'), notText],
      events: [event('binary', Buffer.from('61ff', 'hex'))],
    },
    {
      name: 'kind/text-in-continuation',
      section: '8.1',
      why: 'The first frame says what the message is: a continuation of text must go on being UTF-8.',
      frames: [first(TEXT, 'a'), notText],
      fails: 1007,
    },
    {
      name: 'kind/bytes-in-hundred-fragments',
      why: 'A message may come one byte a fragment.',
      frames: [first(TEXT, 'i'), ...Array.from({ length: 98 }, () => middle('i')), last('i')],
      events: [event('text', 'i'.repeat(100))],
    },
  ];
}
