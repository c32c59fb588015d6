/* An oracle that is always satisfied proves nothing: each is shown what it must refuse. */
import { Message, Opcode, wholeFrame } from '@sokker/frame';
import { Finding, kindOf, must } from '../src/target.js';
import { compareWithWs } from '../src/targets/frames-ws.js';
import { sameTrace, trace, type Trace } from '../src/targets/frames-trace.js';
import { judgeLife, type Life, type LifeEvent } from '../src/targets/closing-oracles.js';
import { documented } from '../src/targets/handshake-errors.js';
import { ManualClock } from '@sokker/testkit';
import { MemoryDuplex } from '../src/targets/memory-duplex.js';
import { heldBytes } from '../src/memory.js';

const SETTINGS = { role: 'client', maxMessageBytes: 1000, maxFramePayloadBytes: 1000, maxFragments: Infinity, rsv: 0, cuts: 1 } as const; // prettier-ignore
const HELLO = Buffer.from('810548656c6c6f', 'hex');

function oracleOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Finding ? error.oracle : String(error);
  }
  return 'satisfied';
}

describe('traces of the decoders', () => {
  const one = trace(SETTINGS, HELLO, 'whole');
  const changed: readonly (readonly [string, Partial<Trace>])[] = [
    ['a frame less', { frames: [] }],
    ['another payload', { frames: [wholeFrame(true, 0, Opcode.text, Buffer.from('hello'))] }],
    ['another message', { messages: [new Message('binary', Buffer.from('Hello'))] }],
    ['an error', { error: new Error('made up') }],
    ['not at the end', { idle: false }],
  ];
  test.each(changed)('%s', (_, change) => {
    expect(oracleOf(() => sameTrace(one, { ...one, ...change }))).toBe('equal under chunking');
  });

  test('equal ones satisfy, by every feeding', () => {
    for (const feeding of ['cut', 'slices'] as const) sameTrace(one, trace(SETTINGS, HELLO, feeding));
  });
});

describe('ws reads the same bytes', () => {
  const read = (hex: string, change: Partial<Trace> = {}): string => {
    const wire = Buffer.from(hex, 'hex');
    return oracleOf(() => compareWithWs(SETTINGS, wire, { ...trace(SETTINGS, wire, 'whole'), ...change }));
  };
  test.each([
    ['agreement', '810548656c6c6f' + '8900' + '880203e8'],
    ['both refuse', '830548656c6c6f'],
    ['a longer form of the length is a documented difference', '827e0001aa'],
    ['so is text that breaks inside a message', '0101ff' + '8900'],
  ])('%s', (_, hex) => expect(read(hex)).toBe('satisfied'));

  test('an event that it has not, another payload, an error of our own', () => {
    const wrong = [{ frames: [] }, { messages: [new Message('text', Buffer.from('hello'))] }, { error: new Error() }];
    const heard = wrong.map((change) => read('810548656c6c6f' + '81016a', change as Partial<Trace>));
    expect(heard).toEqual(['agrees with ws', 'agrees with ws', 'satisfied']);
    expect(
      read('ff00', { error: Object.assign(new Error(), { code: 'ERR_SOKKER_RESERVED_BITS', closeCode: 1007 }) }),
    ).toBe('agrees with ws');
  });
});

describe('the life of a connection', () => {
  const life = (events: readonly LifeEvent[], wire = '', change: Partial<Life> = {}): Life => {
    const duplex = new MemoryDuplex();
    duplex.written.push(Buffer.from(wire, 'hex'));
    return { role: 'server', events: [...events], closes: [], promises: [], duplex, clock: new ManualClock(), ...change }; // prettier-ignore
  };
  const text: LifeEvent = { type: 'text', data: Buffer.from('a') };
  const broken: LifeEvent = { type: 'error', error: Object.assign(new Error(), { code: 'ERR_SOKKER_MASK_MISSING' }) };
  const record = { code: 1000, reason: '', clean: true, by: 'us', phase: 'open' } as const;
  test.each([
    ['after close', life([{ type: 'close' }, text]), 'close comes last'],
    ['after a failure', life([broken, text]), 'nothing after a failure'],
    ['a Pong for no Ping', life([], '8a0161'), 'a Pong answers a Ping'],
    ['a frame after Close', life([], '8800' + '810161'), 'nothing after Close'],
    ['1005 on the wire', life([], '880203ed'), 'legal on the wire'],
    ['a masked frame from a server', life([], '818000000000'), 'legal on the wire'],
    ['clean without a Close', life([], '', { closes: [record] }), 'the record'],
    ['a code that is none', life([], '880203e8', { closes: [{ ...record, code: 1004 }] }), 'the record'],
    ['all is well', life([text, { type: 'close' }], '880203e8', { closes: [record] }), 'satisfied'],
    ['an error without a name', life([{ type: 'error', error: new Error('who?') }]), 'Error: who?'],
  ])('%s', (_, lived, oracle) => expect(oracleOf(() => judgeLife(lived))).toBe(oracle));
});

test('errors of a handshake must be documented', () => {
  expect(oracleOf(() => documented(new TypeError('not ours'), 'server'))).toBe('TypeError: not ours');
});

test('findings are told apart by their oracle, errors by their code or place', () => {
  expect(kindOf(new Finding('an oracle', 'this way'))).toBe(kindOf(new Finding('an oracle', 'that way')));
  expect(kindOf(Object.assign(new Error('a'), { code: 'A' }))).not.toBe(
    kindOf(Object.assign(new Error('a'), { code: 'B' })),
  );
  expect(kindOf('thrown text')).toBe('not an error');
  expect(() => must(true, 'x', () => 'y')).not.toThrow();
});

test('held memory is weighed: a MiB more, a MiB heavier', () => {
  // What earlier tests left goes first.
  for (let i = 0; i < 3; i++) heldBytes(() => undefined);
  const bytes = heldBytes(() => Buffer.alloc(1024 * 1024));
  expect(bytes).toBeGreaterThan(0.9 * 1024 * 1024);
  expect(bytes).toBeLessThan(1.5 * 1024 * 1024);
});
