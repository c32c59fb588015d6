/** Family J: what an encoder writes (RFC 6455 §5.2 to §5.7, §7.4). */
import type { EncoderFixture, EncoderInput, Family, Role } from '../src/fixture.js';
import { bytesOf, hexOf } from '../src/hex.js';
import { ROLES, rule, wireOf } from './frame-fixture.js';
import { BINARY, CLOSE, CONTINUATION, KEY, PING, PONG, TEXT, type WireFrame } from './wire.js';

interface Row {
  readonly name: string;
  readonly section: string;
  readonly why: string;
  readonly input: EncoderInput;
  /** Frames that must come out; absent: the call must be refused. */
  readonly frames?: readonly WireFrame[];
  /** The bytes that RFC 6455 prints, where it does. */
  readonly printed?: Partial<Record<Role, string>>;
}

export function encoderFamily(): Family<EncoderFixture> {
  const rows = [...examples(), ...lengths(), ...messages(), ...texts(), ...closes(), ...refusals()];
  const fixtures = rows.flatMap((row) => ROLES.map((role) => fixture(row, role)));
  return { family: 'encoder', letter: 'J', title: 'Encoding', kind: 'encoder', fixtures };
}

/** Our role: a client masks what it sends. */
function fixture({ name, section, why, input, frames, printed }: Row, role: Role): EncoderFixture {
  const wire = frames && wireOf(frames, role === 'client' ? 'server' : 'client');
  const expected = printed?.[role];
  if (wire !== undefined && expected !== undefined && !bytesOf(expected).equals(wire)) {
    throw new Error(`${name} is not what RFC 6455 prints: ${wire.toString('hex')}`);
  }
  return {
    id: `encoder/${name}-${role}`,
    role,
    maskingKey: role === 'client' ? KEY.toString('hex') : null,
    input,
    expect: wire === undefined ? null : { hex: hexOf(wire) },
    rule: rule(section),
    why,
  };
}

function frame(opcode: number, payload: Buffer | string = '', fin = true, rsv = 0): Pick<Row, 'input' | 'frames'> {
  const hex = hexOf(Buffer.from(payload));
  return { input: { frame: { fin, rsv, opcode, hex } }, frames: [{ fin, rsv, opcode, payload }] };
}

function examples(): Row[] {
  const section = '5.7';
  return [
    {
      name: 'frame/text',
      section,
      why: 'A text message in one frame.',
      ...frame(TEXT, 'Hello'),
      printed: { server: '810548656c6c6f', client: '818537fa213d7f9f4d5158' },
    },
    {
      name: 'frame/first',
      section,
      why: 'A first fragment.',
      ...frame(TEXT, 'Hel', false),
      printed: { server: '010348656c' },
    },
    {
      name: 'frame/last',
      section,
      why: 'A last fragment.',
      ...frame(CONTINUATION, 'lo'),
      printed: { server: '80026c6f' },
    },
    { name: 'frame/ping', section, why: 'A ping.', ...frame(PING, 'Hello'), printed: { server: '890548656c6c6f' } },
    {
      name: 'frame/pong',
      section,
      why: 'A pong.',
      ...frame(PONG, 'Hello'),
      printed: { client: '8a8537fa213d7f9f4d5158' },
    },
    { name: 'frame/rsv1', section: '5.2', why: 'An extension’s bit.', ...frame(BINARY, 'x', true, 4) },
    {
      name: 'frame/close',
      section: '5.5.1',
      why: 'A Close without payload.',
      ...frame(CLOSE),
      printed: { server: '8800' },
    },
  ];
}

function lengths(): Row[] {
  return [0, 1, 125, 126, 127, 256, 65535, 65536].map((length) => ({
    name: `length/${length}`,
    section: '5.2',
    why: `A payload of ${length} bytes has its length in the shortest form.`,
    ...frame(BINARY, Buffer.alloc(length, 'i')),
  }));
}

function messages(): Row[] {
  const row = (name: string, why: string, payload: string, fragmentBytes: number | null, parts: string[]): Row => ({
    name: `message/${name}`,
    section: '5.4',
    why,
    input: { message: { type: 'text', hex: Buffer.from(payload).toString('hex'), fragmentBytes } },
    frames: parts.map((part, at) => ({
      opcode: at === 0 ? TEXT : CONTINUATION,
      fin: at === parts.length - 1,
      payload: part,
    })),
  });
  return [
    row('whole', 'A message that is not to be cut leaves in one frame.', 'Hello', null, ['Hello']),
    row('cut', 'The first fragment has the opcode, the last one FIN.', 'Hello', 3, ['Hel', 'lo']),
    row('cut-evenly', 'A message that is cut evenly needs no empty last fragment.', 'Hello!', 3, ['Hel', 'lo!']),
    row('shorter', 'A message shorter than a fragment leaves in one frame.', 'Hello', 64, ['Hello']),
    row('exact', 'A message as long as a fragment leaves in one frame.', 'Hello', 5, ['Hello']),
    row('bytes', 'A fragment may be as short as a byte.', 'abc', 1, ['a', 'b', 'c']),
    row('empty', 'An empty message is one empty frame.', '', 4, ['']),
  ];
}

function texts(): Row[] {
  const rows: readonly (readonly [name: string, text: string, why: string])[] = [
    ['pair', '\ud83c\udf89', 'A surrogate pair is one code point of four bytes.'],
    ['lone-high', 'a\ud800b', 'A lone surrogate has no UTF-8: U+FFFD is sent in its place.'],
    ['lone-low', 'a\udc00b', 'A lone surrogate has no UTF-8: U+FFFD is sent in its place.'],
    ['swapped-pair', '\udf89\ud83c', 'Surrogates in the wrong order are two lone ones.'],
    ['byte-order-mark', '\ufeffa', 'A byte order mark is sent.'],
    ['nul', 'a\u0000b', 'NUL is sent.'],
  ];
  return rows.map(([name, text, why]) => ({
    name: `text/${name}`,
    section: '5.6',
    why,
    input: { text },
    frames: [{ opcode: TEXT, payload: Buffer.from(text) }],
  }));
}

function closes(): Row[] {
  const row = (name: string, why: string, code: number | null, reason: string, sent = reason): Row => ({
    name: `close/${name}`,
    section: '5.5.1',
    why,
    input: { close: { code, reason } },
    frames: [
      {
        opcode: CLOSE,
        payload: code === null ? '' : Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(sent)]),
      },
    ],
  });
  return [
    row('no-code', 'Without a code the payload is empty: 1005 is never sent.', null, ''),
    row('code', 'The code in network byte order.', 1000, ''),
    row('reason', 'The reason follows the code.', 1001, 'going away'),
    row('greatest-code', '4999 is the greatest code.', 4999, ''),
    row('longest-reason', '123 bytes of reason fill the frame.', 1000, 'r'.repeat(123)),
    row('lone-surrogate', 'A lone surrogate in a reason becomes U+FFFD.', 1000, 'a\ud800', 'a\ufffd'),
  ];
}

function refusals(): Row[] {
  const close = (name: string, code: number | null, reason: string, section: string, why: string): Row => ({
    name: `refused/${name}`,
    section,
    why,
    input: { close: { code, reason } },
  });
  const codes = [0, 999, 1004, 1005, 1006, 1015, 2999, 5000].map((code) =>
    close(`close-code-${code}`, code, '', '7.4', `${code} must never stand in a Close frame.`),
  );
  const long = 'ü'.repeat(62);
  return [
    ...codes,
    close('reason-of-124', 1000, 'r'.repeat(124), '5.5', '124 bytes of reason do not fit.'),
    close(
      'reason-in-bytes',
      1000,
      long,
      '5.5',
      'The reason is measured in bytes, not in characters: these 62 are 124 bytes.',
    ),
    close('reason-without-code', null, 'bye', '5.5.1', 'A reason needs a code before it.'),
    {
      name: 'refused/control-too-long',
      section: '5.5',
      why: 'A control frame carries 125 bytes at most.',
      input: { frame: { fin: true, rsv: 0, opcode: PING, hex: '69'.repeat(126) } },
    },
    {
      name: 'refused/control-fragmented',
      section: '5.5',
      why: 'A control frame is never fragmented.',
      input: { frame: { fin: false, rsv: 0, opcode: PING, hex: '' } },
    },
  ];
}
