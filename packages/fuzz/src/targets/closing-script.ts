/* What happens to a connection, as bytes: each step is a kind, the size of its argument, and the argument. */
import { encodeFrame, type Opcode, type Role } from '@sokker/frame';
import { bytesOf, fixtures, type ClosingStep } from '@sokker/testkit';
import { MAX_INPUT_BYTES, mutateBytes } from '../mutate/bytes.js';
import { mutateFrames } from '../mutate/frames.js';
import type { Random } from '../random.js';

export const STEPS = [
  'receive',
  'receiveEnd',
  'receiveReset',
  'close',
  'send',
  'ping',
  'wait',
  'stall',
  'unstall',
  'terminate',
  'pause',
  'resume',
  'sendStream',
] as const;

export interface Step {
  readonly kind: (typeof STEPS)[number];
  readonly argument: Buffer;
}

const NOTHING: Buffer = Buffer.alloc(0);

export function readScript(input: Buffer, settings: number): Step[] {
  const steps: Step[] = [];
  for (let at = settings; at + 2 <= input.length;) {
    const kind = STEPS[(input[at] ?? 0) % STEPS.length] ?? 'receive';
    const size = input[at + 1] ?? 0;
    steps.push({ kind, argument: input.subarray(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return steps;
}

export function writeScript(settings: Buffer, steps: readonly Step[]): Buffer {
  const parts = [settings];
  for (const { kind, argument } of steps) {
    const cut = argument.subarray(0, 255);
    parts.push(Buffer.of(STEPS.indexOf(kind), cut.length), cut);
  }
  return Buffer.concat(parts).subarray(0, MAX_INPUT_BYTES);
}

/** The scripts of the fixtures, without what they expect. */
export function closingSeeds(): Buffer[] {
  return fixtures.closing.fixtures.map(({ role, steps }) => {
    const script = steps.flatMap((step) => stepOf(step));
    return writeScript(Buffer.of(role === 'client' ? 1 : 0, 1), script);
  });
}

function stepOf(step: ClosingStep): Step[] {
  const one = (kind: Step['kind'], argument = NOTHING): Step[] => [{ kind, argument }];
  if ('receive' in step) return one('receive', bytesOf(step.receive));
  if ('receiveEnd' in step) return one('receiveEnd');
  if ('receiveReset' in step) return one('receiveReset');
  if ('send' in step) return one('send', Buffer.from(step.send));
  if ('ping' in step) return one('ping', Buffer.from(step.ping));
  if ('wait' in step) return one('wait', Buffer.of(Math.min(255, Math.ceil(step.wait / 100))));
  if ('close' in step) return one('close', closeArgument(step.close.code, step.close.reason));
  return [];
}

function closeArgument(code: number | null, reason: string): Buffer {
  if (code === null) return NOTHING;
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}

const OPCODES: readonly Opcode[] = [1, 2, 8, 9, 10];
const ARGUMENTS = ['03e8', '03e9', '0fa0', '03ed', '03e8616263', '00', '61', 'c3a9', '32', 'ff'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

export function mutateScript(parent: Buffer, other: Buffer, settings: number, random: Random): Buffer {
  if (random.oneIn(8)) return mutateBytes(parent, other, settings, random);
  const steps = readScript(parent, settings);
  const role: Role = ((parent[0] ?? 0) & 1) === 1 ? 'client' : 'server';
  for (let round = 1 + random.below(3); round > 0; round--) {
    const at = random.below(steps.length + 1);
    switch (random.below(5)) {
      case 0:
        steps.splice(at, 1);
        break;
      case 1:
        steps.splice(at, 0, { kind: 'receive', argument: frameOf(role, random) });
        break;
      case 2:
        steps.splice(at, 0, { kind: random.pick(STEPS), argument: random.pick(ARGUMENTS) });
        break;
      case 3:
        steps.splice(at, 0, ...readScript(other, settings).slice(0, 1 + random.below(3)));
        break;
      default:
        changeStep(steps, at, random);
    }
  }
  return writeScript(parent.subarray(0, settings), steps);
}

function changeStep(steps: Step[], at: number, random: Random): void {
  const step = steps[at];
  if (step === undefined) return;
  const { argument } = step;
  const changed = step.kind === 'receive' ? mutateFrames(argument, argument, 0, random) : random.pick(ARGUMENTS);
  steps[at] = { kind: step.kind, argument: changed };
}

/** A legal frame, as the peer would send it. */
function frameOf(role: Role, random: Random): Buffer {
  const opcode = random.pick(OPCODES);
  const code = random.pick(ARGUMENTS);
  const payload = opcode === 8 ? (code.length < 2 ? NOTHING : code) : Buffer.from('ab');
  const fin = opcode > 7 || !random.oneIn(4);
  const from = role === 'server' ? 'client' : 'server';
  return encodeFrame({ fin, rsv: 0, opcode, payload }, { role: from, maskingKey: random.next() });
}
