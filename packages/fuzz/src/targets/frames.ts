/* Targets 1 and 2: DecoderCore and AssemblerCore in either role. An input is three settings bytes and what a peer sent. */
import {
  closeCodeFor,
  closeFrameFor,
  encodeFrame,
  isCloseCode,
  LimitError,
  LIMITS,
  Opcode,
  parseClose,
  ProtocolError,
  VIOLATIONS,
  type Role,
} from '@sokker/frame';
import { bytesOf, fixtures } from '@sokker/testkit';
import { mutateSettings } from '../mutate/bytes.js';
import { mutateFrames } from '../mutate/frames.js';
import { isWhole, readWire, wireFrame, writeWire, type WireFrame } from '../mutate/wire.js';
import { Hash, type Random } from '../random.js';
import { must, type Outcome, type Target } from '../target.js';
import { compareWithWs } from './frames-ws.js';
import { probeRetention } from './frames-memory.js';
import { sameTrace, trace, type Trace } from './frames-trace.js';

const SETTINGS_BYTES = 3;
const MIB = 1024 * 1024;

/** Limits that a settings byte chooses from. */
const PROFILES = [
  { maxMessageBytes: MIB, maxFramePayloadBytes: MIB, maxFragments: Infinity },
  { maxMessageBytes: 10, maxFramePayloadBytes: 10, maxFragments: Infinity },
  { maxMessageBytes: 20, maxFramePayloadBytes: 8, maxFragments: Infinity },
  { maxMessageBytes: MIB, maxFramePayloadBytes: MIB, maxFragments: 2 },
  { maxMessageBytes: 300, maxFramePayloadBytes: 300, maxFragments: 16 },
  { maxMessageBytes: Infinity, maxFramePayloadBytes: Infinity, maxFragments: Infinity },
] as const;

/** Sizes that one payload is grown to when the third settings byte says so: inputs stay small, payloads need not. */
const GROWN = [2048, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 70_000];
const GROWS_FROM = 244;

export interface Settings {
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly maxFramePayloadBytes: number;
  readonly maxFragments: number;
  readonly rsv: number;
  /** Seeds the cuts. */
  readonly cuts: number;
}

export function frameTarget(role: Role): Target {
  return {
    name: `${role}-decode`,
    title: `frames as a ${role} reads them`,
    settingsBytes: SETTINGS_BYTES,
    seeds: () => seedsOf(role),
    mutate: mutateInput,
    execute: (input) => execute(role, input),
    describe: (input) => describe(role, input),
    probeMemory: (input) => probeRetention(settingsOf(role, input), wireOf(input)),
  };
}

function seedsOf(role: Role): Buffer[] {
  const { header, closePayload, fragmentation, utf8, deflate } = fixtures;
  const families = [header, closePayload, fragmentation, utf8, deflate].flatMap((family) => family.fixtures);
  return families
    .filter((fixture) => fixture.role === role)
    .map(({ hex, limits, extensions }) => {
      const found = PROFILES.findIndex((profile) =>
        Object.entries(limits).every(([name, value]) => profile[name as keyof typeof profile] === value),
      );
      const profile = Object.keys(limits).length === 0 ? 0 : Math.max(found, 0);
      return Buffer.concat([Buffer.of(profile | (extensions.length > 0 ? 0x80 : 0), 1, 0), bytesOf(hex)]);
    })
    .filter((seed) => seed.length <= 1024);
}

function mutateInput(parent: Buffer, other: Buffer, random: Random): Buffer {
  const settled = random.oneIn(16);
  const child = settled
    ? mutateSettings(parent, SETTINGS_BYTES, random)
    : mutateFrames(parent, other, SETTINGS_BYTES, random);
  child[1] = random.below(256);
  // A grown payload costs as much as a hundred others.
  if ((child[2] ?? 0) >= GROWS_FROM && !random.oneIn(16)) child[2] = 0;
  return child;
}

export function settingsOf(role: Role, input: Buffer): Settings {
  const [choice = 0, cuts = 0] = input;
  const profile = PROFILES[(choice & 0x0f) % PROFILES.length] ?? PROFILES[0];
  return { role, ...profile, rsv: choice >= 0x80 ? 4 : 0, cuts };
}

export function wireOf(input: Buffer): Buffer {
  const wire = input.subarray(SETTINGS_BYTES);
  const grow = (input[2] ?? 0) - GROWS_FROM;
  if (grow < 0) return wire;
  const { frames, rest } = readWire(wire);
  const at = frames.findLastIndex(({ payload }) => payload.length > 0);
  const frame = frames[at];
  if (frame === undefined) return wire;
  const payload = Buffer.alloc(GROWN[grow % GROWN.length] ?? 0, frame.payload);
  frames[at] = wireFrame(frame.byte0, payload, frame.masked ? frame.key : undefined);
  return writeWire({ frames, rest });
}

function execute(role: Role, input: Buffer): Outcome {
  const settings = settingsOf(role, input);
  const { cuts } = settings;
  const wire = wireOf(input);
  const whole = trace(settings, wire, 'whole');
  judgeError(whole.error);
  judgeFrames(settings, whole, readWire(wire).frames);
  judgeMessages(settings, whole);
  sameTrace(whole, trace(settings, wire, (cuts & 1) === 0 ? 'cut' : 'slices'));
  // The costlier oracles see one input in two, or in four: which of them is the input's own choice.
  if ((cuts & 6) === 0) judgeEncoder(settings, whole);
  if ((cuts & 0x18) === 0) compareWithWs(settings, wire, whole);
  return outcomeOf(whole);
}

/** Only documented errors, with the close code of their row, and an answer that may stand on the wire. */
function judgeError(error: Error | undefined): void {
  if (error === undefined) return;
  const known = error instanceof ProtocolError ? VIOLATIONS : error instanceof LimitError ? LIMITS : undefined;
  if (known === undefined) throw error;
  const { code, closeCode } = error as ProtocolError | LimitError;
  const row = (known as Readonly<Record<string, { closeCode: number }>>)[code];
  must(row?.closeCode === closeCode, 'documented errors', () => `${code} with ${closeCode}`);
  const said = closeFrameFor(error);
  if (said === undefined) return;
  const sent = parseClose(said.payload);
  must(sent.code === closeCodeFor(error) && isCloseCode(sent.code), 'codes on the wire', () => String(sent.code));
}

/** Every frame is what a naive reader finds at its place. */
function judgeFrames(settings: Settings, { frames }: Trace, read: readonly WireFrame[]): void {
  for (const [index, frame] of frames.entries()) {
    const twin = read[index];
    const { fin, rsv, opcode, payload, payloadBytes } = frame;
    const byte0 = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    const same = twin !== undefined && isWhole(twin) && twin.byte0 === byte0 && payload.equals(twin.payload);
    must(same && payloadBytes === payload.length, 'frames as sent', () => `frame ${index} is not what was sent`);
    must(
      twin?.masked === (settings.role === 'server'),
      'mask direction',
      () => `frame ${index} has the wrong mask bit`,
    );
    const control = opcode >= Opcode.close;
    const legal = control
      ? fin && rsv === 0 && payload.length <= 125
      : payload.length <= settings.maxFramePayloadBytes && (rsv & ~settings.rsv) === 0;
    must(legal, 'event grammar', () => `frame ${index}, opcode ${opcode}, may not be delivered`);
  }
}

/** Messages are what their frames hold; they begin and end in order and stay within the limits. */
function judgeMessages(settings: Settings, { frames, messages }: Trace): void {
  let parts: Buffer[] = [];
  let open: { text: boolean; coded: boolean } | undefined;
  let next = 0;
  for (const { fin, rsv, opcode, payload } of frames) {
    if (opcode >= Opcode.close) continue;
    must((opcode === Opcode.continuation) === (open !== undefined), 'event grammar', () => 'fragments out of order');
    open ??= { text: opcode === Opcode.text, coded: rsv !== 0 };
    parts.push(payload);
    must(parts.length <= settings.maxFragments, 'limits', () => `${parts.length} fragments`);
    if (!fin) continue;
    const data = parts.length === 1 ? payload : Buffer.concat(parts);
    const message = messages[next++];
    must(message?.data.equals(data) === true, 'messages as sent', () => `message ${next} is not its frames`);
    must(
      message?.type === (open.text ? 'text' : 'binary'),
      'messages as sent',
      () => `message ${next} has another type`,
    );
    must(data.length <= settings.maxMessageBytes * (open.coded ? 2 : 1), 'limits', () => `${data.length} bytes`);
    must(!open.text || open.coded || isText(data), 'text is UTF-8', () => `message ${next} is not`);
    open = undefined;
    parts = [];
  }
  must(next === messages.length, 'messages as sent', () => `${messages.length} messages of ${next}`);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isText(data: Buffer): boolean {
  for (const byte of data) if (byte >= 0x80) return decodes(data);
  return true;
}

function decodes(data: Buffer): boolean {
  try {
    strict.decode(data);
    return true;
  } catch {
    return false;
  }
}

/** What was read can be sent on, and reads the same again. */
function judgeEncoder(settings: Settings, whole: Trace): void {
  if (whole.frames.length === 0) return;
  const peer = settings.role === 'server' ? 'client' : 'server';
  const sent = Buffer.concat(whole.frames.map((frame) => encodeFrame(frame, { role: peer, maskingKey: 0x37fa213d })));
  const again = trace(settings, sent, 'whole');
  sameTrace({ ...whole, error: undefined, idle: again.idle }, again);
}

/** Which kinds of frames there were, how many messages, and how it ended. */
function outcomeOf({ frames, messages, error, idle }: Trace): Outcome {
  let kinds = 0;
  for (const { fin, opcode } of frames) kinds |= 1 << ((fin ? 16 : 0) | opcode);
  const hash = new Hash()
    .add(kinds)
    .add(idle ? 1 : 0)
    .add(Math.min(messages.length, 3));
  return hash.text((error as ProtocolError | undefined)?.code ?? '').value;
}

function describe(role: Role, input: Buffer): string {
  const { maxMessageBytes, maxFramePayloadBytes, maxFragments, rsv } = settingsOf(role, input);
  const limits = `maxMessageBytes ${maxMessageBytes}, maxFramePayloadBytes ${maxFramePayloadBytes}`;
  return `${limits}, maxFragments ${maxFragments}, rsv ${rsv}; wire ${wireOf(input).toString('hex').slice(0, 4096)}`;
}
