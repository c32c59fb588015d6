/* Target 3: the messages of one connection through its inflater, under limits. After two settings bytes an input is a
 * row of messages, each behind two bytes of length. */
import { LIMITS, permessageDeflate, VIOLATIONS, type DeflateSession } from '@sokker/deflate';
import { LimitError, ProtocolError } from '@sokker/frame';
import { bytesOf, fixtures } from '@sokker/testkit';
import { constants, deflateRawSync } from 'node:zlib';
import { mutateSettings } from '../mutate/bytes.js';
import { mutateMessages, packMessages, unpackMessages } from '../mutate/messages.js';
import { readWire } from '../mutate/wire.js';
import { Hash, Random } from '../random.js';
import { asError, must, type Outcome, type Target } from '../target.js';
import { judgeOutputs } from './inflate-reference.js';
import { roundTrip } from './inflate-round-trip.js';

const SETTINGS_BYTES = 2;
const MAX_WINDOW_BITS = 15;
const PIECE_BYTES = 16 * 1024;
/** DEFLATE's greatest ratio, and what a window brought along can give for the first byte. */
const GREATEST_RATIO = 1032;
const LIMITS_BYTES = [1024, 20_000, 70_000];

export interface Terms {
  readonly takeover: boolean;
  readonly windowBits: number;
  readonly maxRatio: number;
}

const TERMS: readonly Terms[] = [8, 9, 12, 15].flatMap((windowBits) =>
  [true, false].map((takeover) => ({ takeover, windowBits, maxRatio: windowBits === 12 ? 25 : Infinity })),
);

const EXTENSIONS = TERMS.map(({ takeover, windowBits, maxRatio }) =>
  permessageDeflate({ clientNoContextTakeover: !takeover, clientMaxWindowBits: windowBits, maxRatio }),
);

/** What one run over the messages came to. */
export interface Run {
  readonly outputs: Buffer[];
  readonly error: unknown;
}

export const inflate: Target = {
  name: 'inflate',
  title: 'compressed messages of one connection, under limits',
  settingsBytes: SETTINGS_BYTES,
  seeds,
  mutate(parent, other, random) {
    if (random.oneIn(8)) return mutateSettings(parent, SETTINGS_BYTES, random);
    return mutateMessages(parent, other, SETTINGS_BYTES, random);
  },
  execute,
  describe: (input) => `${JSON.stringify(termsOf(input))}, limit ${limitOf(input)}`,
};

function seeds(): Buffer[] {
  const fromFixtures = fixtures.deflate.fixtures.map(({ hex }) => {
    const { frames } = readWire(bytesOf(hex));
    const payloads: Buffer[] = [];
    for (const { byte0, payload } of frames) {
      if ((byte0 & 0x0f) === 0 && payloads.length > 0)
        payloads.push(Buffer.concat([payloads.pop() ?? payload, payload]));
      else if ((byte0 & 0x0f) <= 2) payloads.push(payload);
    }
    return packMessages(Buffer.of(6, 1), payloads);
  });
  return [...fromFixtures, ...compressed()].filter(({ length }) => length <= 2048);
}

/** What zlib itself makes of some texts, by every way it has. */
function compressed(): Buffer[] {
  const texts = ['Hello', '{"id":1,"name":"a"}'.repeat(20), 'a'.repeat(70_000), 'é€😀'.repeat(50)];
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FULL_FLUSH, Z_SYNC_FLUSH } = constants;
  const ways = [{}, { strategy: Z_FIXED }, { strategy: Z_HUFFMAN_ONLY }, { strategy: Z_RLE }, { level: 0 }];
  return texts.flatMap((text) =>
    [Z_SYNC_FLUSH, Z_FULL_FLUSH].map((finishFlush) =>
      packMessages(
        Buffer.of(6, 2),
        ways.map((way) => deflateRawSync(text.slice(0, 4096), { ...way, finishFlush }).subarray(0, -4)),
      ),
    ),
  );
}

function termsOf([choice = 0]: Buffer): Terms {
  return TERMS[(choice & 0x0f) % TERMS.length] ?? { takeover: true, windowBits: 15, maxRatio: Infinity };
}

function limitOf([choice = 0]: Buffer): number {
  return LIMITS_BYTES[(choice >> 4) % LIMITS_BYTES.length] ?? 0;
}

function sessionFor(input: Buffer): DeflateSession {
  const extension = EXTENSIONS[((input[0] ?? 0) & 0x0f) % EXTENSIONS.length];
  const accepted = extension?.accept([new Map([['client_max_window_bits', true]])]);
  if (accepted === undefined) throw new Error('its own offer was declined');
  return accepted.session;
}

function execute(input: Buffer): Outcome {
  const [, cuts = 0] = input;
  const messages = unpackMessages(input, SETTINGS_BYTES);
  const whole = run(input, messages, undefined);
  judgeError(whole.error);
  const again = run(input, messages, new Random(cuts));
  sameRun(termsOf(input), whole, again);
  // The costlier oracles see one input in four: which of them is the input's own choice.
  if ((cuts & 3) === 0) judgeOutputs(termsOf(input), messages, whole);
  if ((cuts & 3) === 1) roundTrip(messages);
  const { outputs } = whole;
  const hash = new Hash().text(codeOf(whole)).add(Math.min(outputs.length, 4));
  for (const output of outputs.slice(0, 2)) hash.add(Math.ceil((32 - Math.clz32(output.length)) / 4));
  return hash.value;
}

/**
 * The same for every chunking, with two exceptions that are zlib's. Where data is broken it keeps back what it had made
 * of the bytes before, so that a limit may or may not be seen to be crossed. And it takes references past the agreed
 * window where their bytes are still in the buffer of the call at hand, and refuses them where those were given out.
 */
function sameRun({ windowBits }: Terms, one: Run, other: Run): void {
  const isBroken = [one, other].some((run) => codeOf(run) === 'ERR_SOKKER_DEFLATE_DATA');
  if (isBroken && windowBits < MAX_WINDOW_BITS) return;
  const sameEnd = codeOf(one) === codeOf(other) || (isBroken && one.error !== undefined && other.error !== undefined);
  must(
    sameEnd && differing(one.outputs, other.outputs) === -1,
    'equal under chunking',
    () => `${show(one)}, cut otherwise ${show(other)}; output ${differing(one.outputs, other.outputs)} differs`,
  );
}

/** Which output is the first that differs; -1 where none does. */
function differing(outputs: readonly Buffer[], others: readonly Buffer[]): number {
  const at = outputs.findIndex((output, index) => others[index]?.equals(output) !== true);
  return at === -1 && others.length > outputs.length ? outputs.length : at;
}

function codeOf({ error }: Run): string {
  return (error as ProtocolError | undefined)?.code ?? 'no error';
}

/** @param random cuts the messages, and lets the session rest between them; undefined: neither */
function run(input: Buffer, messages: readonly Buffer[], random: Random | undefined): Run {
  const session = sessionFor(input);
  const outputs: Buffer[] = [];
  try {
    for (const message of messages) {
      outputs.push(inflateMessage(session, message, limitOf(input), random));
      if (random?.oneIn(3) === true) session.idle();
    }
    return { outputs, error: undefined };
  } catch (error) {
    return { outputs, error };
  } finally {
    session.close();
    session.close();
  }
}

function inflateMessage(session: DeflateSession, message: Buffer, limit: number, random: Random | undefined): Buffer {
  const found: Buffer[] = [];
  let bytes = 0;
  let reads = 0;
  for (let from = 0, last = false; !last;) {
    const to = random === undefined ? message.length : from + random.below(message.length - from + 1);
    last = to === message.length;
    session.decode.write(Buffer.from(message.subarray(from, to)), last);
    from = to;
    for (let piece = session.decode.read(); piece !== undefined; piece = session.decode.read()) {
      if (!Buffer.isBuffer(piece)) throw new Error('this runtime inflates off the thread: nothing to fuzz in step');
      must(piece.length > 0 && piece.length <= PIECE_BYTES, 'size of pieces', () => `${piece.length} bytes`);
      bytes += piece.length;
      reads++;
      found.push(piece);
      if (bytes > limit) throw tooBig(limit, bytes);
    }
  }
  must(bytes <= GREATEST_RATIO * (message.length + 1) + PIECE_BYTES, 'bounded output', () => `${bytes} bytes`);
  must(
    reads <= bytes / PIECE_BYTES + 18 + 2 * message.length,
    'bounded work',
    () => `${reads} reads for ${bytes} bytes`,
  );
  return Buffer.concat(found);
}

/** What the assembler of a connection does at the limit. */
function tooBig(limit: number, actual: number): LimitError {
  must(actual <= limit + PIECE_BYTES, 'stops at the limit', () => `${actual} bytes, limit ${limit}`);
  const row = { closeCode: 1009, section: '', text: '' };
  return new LimitError('ERR_SOKKER_MESSAGE_TOO_BIG', row, limit, limit);
}

function judgeError(error: unknown): void {
  if (error === undefined) return;
  if (!(error instanceof ProtocolError || error instanceof LimitError)) throw asError(error);
  const { code, closeCode } = error as ProtocolError<string> | LimitError<string>;
  const rows: Readonly<Record<string, { readonly closeCode: number }>> = { ...VIOLATIONS, ...LIMITS };
  const expected = rows[code]?.closeCode ?? (code === 'ERR_SOKKER_MESSAGE_TOO_BIG' ? 1009 : undefined);
  must(closeCode === expected, 'documented errors', () => `${code} with ${closeCode}`);
}

function show(run: Run): string {
  return `${codeOf(run)}, ${run.outputs.map(({ length }) => `${length} bytes`).join(', ')}`;
}
