/** Family I: the closing handshake, as scripts for an open connection (RFC 6455 §5.5, §7.1). */
import type { ClosingFixture, ClosingStep, Family, FixtureEvent, Role } from '../src/fixture.js';
import { CLOSE_TIMEOUT_MS, closePayload, GRACE, nothingSent, ping, sentClose, text } from './closing-steps.js';
import { ends, weCloseFirst } from './closing-we-rows.js';
import { event, ROLES, rule, wireOf } from './frame-fixture.js';
import { CLOSE, CONTINUATION, TEXT, type WireFrame } from './wire.js';

export interface Script {
  readonly name: string;
  readonly section: string;
  readonly why: string;
  readonly steps: readonly ClosingStep[];
  /** Default: none. `null`: not judged. */
  readonly events?: readonly FixtureEvent[] | null;
  readonly closed: ClosingFixture['expect']['closed'];
}

/** What a script is written with: the same words in both roles. */
export interface Words {
  readonly role: Role;
  /** The peer sends these frames in one piece. */
  readonly receive: (...frames: readonly (WireFrame | Buffer)[]) => ClosingStep;
  /** The steps after both sides sent Close: a server ends TCP, a client waits for that. */
  readonly finish: readonly ClosingStep[];
}

export function closingFamily(): Family<ClosingFixture> {
  const fixtures = ROLES.flatMap((role) => scripts(wordsFor(role)).map((script) => fixture(script, role)));
  return { family: 'closing', letter: 'I', title: 'Closing handshake', kind: 'closing', fixtures };
}

function fixture({ name, section, why, steps, events = [], closed }: Script, role: Role): ClosingFixture {
  const expect = { events, closed };
  return {
    id: `closing/${name}-${role}`,
    role,
    closeTimeoutMs: CLOSE_TIMEOUT_MS,
    steps,
    expect,
    rule: rule(section),
    why,
  };
}

function wordsFor(role: Role): Words {
  const waits: ClosingStep[] = [{ ended: false }, GRACE, { ended: true }];
  return {
    role,
    receive: (...frames) => ({ receive: wireOf(frames, role).toString('hex') }),
    finish: role === 'server' ? [{ ended: true }, GRACE] : waits,
  };
}

function scripts(words: Words): Script[] {
  return [...peerCloses(words), ...weCloseFirst(words), ...ends(words), ...failures(words), ...pings(words)];
}

function peerCloses({ receive, finish }: Words): Script[] {
  const codes = [1000, 1001, 3000, 4999].map((code) => ({
    name: `peer/code-${code}`,
    section: '5.5.1',
    why: `A Close with ${code} is answered with ${code}, once.`,
    steps: [receive(closePayload(code)), sentClose(code), ...finish, nothingSent],
    closed: { code, reason: '', clean: true },
  }));
  return [
    ...codes,
    {
      name: 'peer/empty',
      section: '7.1.5',
      why: 'An empty Close is answered with an empty one and reported as 1005, which is never sent.',
      steps: [receive({ opcode: CLOSE }), sentClose(null), ...finish],
      closed: { code: 1005, reason: '', clean: true },
    },
    {
      name: 'peer/reason',
      section: '7.1.6',
      why: 'The reason of the peer is reported, whole.',
      steps: [receive(closePayload(4000, 'r'.repeat(123))), sentClose(4000), ...finish],
      closed: { code: 4000, reason: 'r'.repeat(123), clean: true },
    },
    {
      name: 'peer/message-before',
      section: '5.5.1',
      why: 'A message in the same piece before the Close is delivered.',
      steps: [receive(text('last words'), closePayload(1000)), sentClose(1000), ...finish],
      events: [event('text', 'last words')],
      closed: { code: 1000, reason: '', clean: true },
    },
    {
      name: 'peer/message-after',
      section: '5.5.1',
      why: 'What follows a Close in the same piece is dropped, and a ping there is not answered.',
      steps: [receive(closePayload(1000), text('late'), ping('late')), sentClose(1000), ...finish, nothingSent],
      closed: { code: 1000, reason: '', clean: true },
    },
    {
      name: 'peer/inside-message',
      section: '5.5.1',
      why: 'A Close between fragments closes the connection; the message that it cut is never delivered.',
      steps: [receive({ ...text('half'), fin: false }, closePayload(1000)), sentClose(1000), ...finish],
      closed: { code: 1000, reason: '', clean: true },
    },
    {
      name: 'peer/then-we-send',
      section: '5.5.1',
      why: 'After our Close went out nothing more is sent.',
      steps: [receive(closePayload(1000)), sentClose(1000), { send: 'too late' }, nothingSent, ...finish],
      closed: { code: 1000, reason: '', clean: true },
    },
  ];
}

function failures({ role, receive }: Words): Script[] {
  const rows: readonly (readonly [name: string, frame: WireFrame, code: number, section: string, why: string])[] = [
    ['reserved-opcode', { opcode: 3 }, 1002, '7.1.7', 'A violation is answered with a Close that says so'],
    [
      'wrong-mask',
      { ...text('a'), masked: role === 'client' },
      1002,
      '5.1',
      'A frame that is masked the wrong way is answered with 1002',
    ],
    [
      'invalid-utf8',
      { opcode: TEXT, payload: Buffer.from('ff', 'hex') },
      1007,
      '8.1',
      'Text that is no UTF-8 is answered with 1007',
    ],
    ['too-big', { opcode: TEXT, declared: 1n << 40n }, 1009, '7.4.1', 'A message over the limit is answered with 1009'],
    ['close-code-1005', closePayload(1005), 1002, '7.4.1', 'A Close with 1005 is a violation, and is not echoed'],
    ['close-of-one-byte', { opcode: CLOSE, payload: 'x' }, 1002, '5.5.1', 'A Close of one byte is a violation'],
    [
      'lone-continuation',
      { opcode: CONTINUATION, payload: 'a' },
      1002,
      '5.4',
      'A continuation of nothing is a violation',
    ],
  ];
  return rows.map(([name, frame, code, section, why]) => ({
    name: `failure/${name}`,
    section,
    why: `${why}; what the peer sends after that is ignored.`,
    steps: [
      receive(text('before'), frame),
      sentClose(code),
      receive(ping('after'), text('after')),
      nothingSent,
      GRACE,
      { ended: true },
    ],
    events: [event('text', 'before')],
    closed: { code: null, reason: null, clean: false },
  }));
}

function pings({ receive, finish }: Words): Script[] {
  const pong = (payload: string): ClosingStep => ({
    sent: [{ type: 'pong', hex: Buffer.from(payload).toString('hex') }],
  });
  const rows: readonly (readonly [name: string, payload: string, why: string])[] = [
    ['empty', '', 'An empty ping is answered with an empty pong.'],
    ['longest', 'i'.repeat(125), 'A pong carries all that the ping carried.'],
  ];
  return rows.map(([name, payload, why]) => ({
    name: `ping/${name}`,
    section: '5.5.3',
    why,
    steps: [receive(ping(payload)), pong(payload), receive(closePayload(1000)), sentClose(1000), ...finish],
    events: [event('ping', payload)],
    closed: { code: 1000, reason: '', clean: true },
  }));
}
