/**
 * Family D: UTF-8 in text messages (RFC 6455 §5.6, §8.1; RFC 3629 §3 and §4). The vectors are built from what UTF-8 is:
 * code points at the edges of each length, everything that looks like an encoding of one and is not, and cuts.
 */
import type { Family, FrameFixture } from '../src/fixture.js';
import { event, inBothRoles } from './frame-fixture.js';
import { INVALID_VECTORS, VALID_VECTORS, type Vector } from './utf8-vectors.js';
import { CONTINUATION, TEXT, type WireFrame } from './wire.js';

export function utf8Family(): Family<FrameFixture> {
  const fixtures = [
    ...VALID_VECTORS.flatMap((vector) => vectorFixtures(vector, true)),
    ...INVALID_VECTORS.flatMap((vector) => vectorFixtures(vector, false)),
    ...acrossFragments(),
    ...inUnfinishedFrames(),
  ];
  return { family: 'utf8', letter: 'D', title: 'UTF-8', kind: 'frames', fixtures };
}

function vectorFixtures({ group, name, hex, why }: Vector, valid: boolean): FrameFixture[] {
  const payload = Buffer.from(hex, 'hex');
  return inBothRoles({
    id: `utf8/${group}/${name}`,
    section: valid ? '5.6' : '8.1',
    why,
    frames: [{ opcode: TEXT, payload }],
    ...(valid ? { events: [event('text', payload)] } : { fails: 1007 }),
  });
}

/** Greek, with every code point in two bytes but the last, which has three: no cut of it is a cut of ASCII. */
const GREEK = Buffer.from('cebacf8cceadceb7e1bdb9', 'hex');

function acrossFragments(): FrameFixture[] {
  const perByte = [...GREEK].map((byte, at) => fragment([byte], at, GREEK.length));
  const bad = Buffer.concat([GREEK.subarray(0, 4), Buffer.from('eda080', 'hex'), GREEK.subarray(4)]);
  const good = [event('text', GREEK)];
  const shapes: readonly (readonly [name: string, why: string, frames: WireFrame[], valid: boolean])[] = [
    ['cut-between-code-points', 'Text may be cut between code points.', cut(GREEK, 4), true],
    [
      'cut-inside-code-point',
      'Text may be cut inside a code point: only the whole message must be UTF-8.',
      cut(GREEK, 9),
      true,
    ],
    ['byte-per-fragment', 'Text may come one byte a fragment.', perByte, true],
    ['bad-second-fragment', 'The surrogate is knowable in the second fragment, long before FIN.', cut(bad, 4), false],
    [
      'bad-across-fragments',
      'A surrogate cut in two is knowable at the second fragment’s first byte.',
      cut(bad, 5),
      false,
    ],
    ['cut-at-fin', 'The last fragment ends inside a code point.', cut(GREEK.subarray(0, 10), 4), false],
    [
      'empty-last-fragment',
      'The last fragment is empty and a code point is still open.',
      cut(GREEK.subarray(0, 10), 10),
      false,
    ],
    [
      'next-message-is-fresh',
      'What one message ended with means nothing to the next.',
      [...cut(GREEK, 9), { opcode: TEXT, payload: GREEK }],
      true,
    ],
  ];
  return shapes.flatMap(([name, why, frames, valid]) =>
    inBothRoles({
      id: `utf8/fragments/${name}`,
      section: valid ? '5.6' : '8.1',
      why,
      frames,
      ...(valid ? { events: name.startsWith('next') ? [...good, ...good] : good } : { fails: 1007 }),
    }),
  );
}

const BAD_BYTES: readonly (readonly [name: string, hex: string])[] = [
  ['lone-continuation', '80'],
  ['overlong', 'c0'],
  ['surrogate', 'eda0'],
  ['beyond-unicode', 'f490'],
  ['impossible', 'ff'],
];

/**
 * The bad byte stands after ASCII of a length at which decoders change their way (words of 4, 8 and 32 bytes, length
 * forms), in a frame that is neither the last of its message nor all there. Only `detectAt` is at stake.
 */
function inUnfinishedFrames(): FrameFixture[] {
  return [0, 1, 7, 8, 31, 64, 100, 200].flatMap((before) =>
    BAD_BYTES.flatMap(([name, hex]) =>
      inBothRoles({
        id: `utf8/detect-at/${name}-after-${before}`,
        section: '8.1',
        why: `The text is wrong after ${before} good bytes, however much of the frame and the message is still to come.`,
        frames: [unfinished(Buffer.concat([Buffer.alloc(before, 'i'), Buffer.from(hex, 'hex'), Buffer.alloc(8, 'i')]))],
        fails: 1007,
      }),
    ),
  );
}

function unfinished(payload: Buffer): WireFrame {
  return { opcode: TEXT, fin: false, payload, declared: BigInt(payload.length + 1000) };
}

function cut(payload: Buffer, at: number): WireFrame[] {
  return [
    { opcode: TEXT, fin: false, payload: payload.subarray(0, at) },
    { opcode: CONTINUATION, payload: payload.subarray(at) },
  ];
}

function fragment(payload: number[], at: number, count: number): WireFrame {
  return { opcode: at === 0 ? TEXT : CONTINUATION, fin: at === count - 1, payload: Buffer.from(payload) };
}
