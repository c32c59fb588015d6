// Hot path: each input of the decoders passes here at least three times.
import { Buffer } from 'node:buffer';
import { AssemblerCore, DecoderCore, Opcode, type Frame, type FrameSlice, type Message } from '@sokker/frame';
import { Random } from '../random.js';
import { asError, must } from '../target.js';
import type { Settings } from './frames.js';

/** What became of a stream of bytes. */
export interface Trace {
  readonly feeding: Feeding;
  readonly frames: FrameSlice[];
  /** Empty where frames were cut: then they are not put together. */
  readonly messages: Message[];
  readonly error: Error | undefined;
  /** Whether it ended between messages. */
  readonly idle: boolean;
}

/**
 * How bytes are handed over. `whole`: in one piece, now and then out of a large read buffer as a socket's are. `cut`: in pieces
 * of random size, now and then a byte each. `slices`: the same, and frames leave in slices.
 */
export type Feeding = 'whole' | 'cut' | 'slices';

/** One read buffer for all: what is kept beyond a run was copied out of it. */
const READ_BUFFER = Buffer.alloc(128 * 1024);
const FEW_BYTES = 48;

export function trace(settings: Settings, wire: Buffer, feeding: Feeding): Trace {
  const { role, maxMessageBytes, maxFramePayloadBytes, maxFragments, rsv } = settings;
  const emit = feeding === 'slices' ? 'slices' : 'frames';
  const decoder = new DecoderCore({ role, emit, maxMessageBytes, maxFramePayloadBytes, maxFragments, rsv });
  // An extension's messages may be twice as long before they are decoded.
  const assembler =
    feeding === 'cut' ? undefined : new AssemblerCore({ maxMessageBytes: rsv === 0 ? maxMessageBytes : Infinity });
  const result = {
    feeding,
    frames: [] as FrameSlice[],
    messages: [] as Message[],
    error: undefined as Error | undefined,
    idle: false,
  };
  let parts: Buffer[] | undefined;
  const take = (slice: FrameSlice): boolean => {
    const message = slice.opcode < Opcode.close ? assembler?.push(slice) : undefined;
    if (message !== undefined) result.messages.push(message);
    if (emit === 'frames') result.frames.push(slice);
    else parts = gather(result.frames, parts, slice);
    return slice.opcode !== Opcode.close;
  };
  try {
    const ended = decodeAll(decoder, chunksOf(wire, feeding, settings.cuts), 2 * wire.length + 4, take);
    result.idle = ended && endsIdle(decoder);
  } catch (error) {
    result.error = asError(error);
  }
  return result;
}

/** Decodes until the chunks are used up, or `take` has had enough: then false. */
function decodeAll(
  decoder: DecoderCore,
  chunks: readonly Buffer[],
  most: number,
  take: (slice: FrameSlice) => boolean,
): boolean {
  let work = most;
  for (const chunk of chunks) {
    decoder.write(chunk);
    for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) {
      must(--work > 0, 'bounded work', () => `more than ${most} steps`);
      if (!take(slice)) return false;
    }
  }
  return true;
}

/** Puts slices together again; answers what there is of a frame in progress. */
function gather(frames: FrameSlice[], begun: Buffer[] | undefined, slice: FrameSlice): Buffer[] | undefined {
  const parts = slice.first ? [] : (begun ?? []);
  must(slice.first === (begun === undefined), 'slices in order', () => `first is ${slice.first} inside a frame`);
  parts.push(slice.payload);
  if (!slice.last) return parts;
  frames.push({ ...slice, fin: slice.fin, payload: Buffer.concat(parts), first: true });
  return undefined;
}

function endsIdle(decoder: DecoderCore): boolean {
  const { idle } = decoder;
  try {
    decoder.end();
  } catch (error) {
    must((error as { code?: string }).code === 'ERR_SOKKER_UNEXPECTED_END' && !idle, 'the end', () => String(error));
    return false;
  }
  must(idle, 'the end', () => 'it ended well inside a message');
  return true;
}

function chunksOf(wire: Buffer, feeding: Feeding, cuts: number): readonly Buffer[] {
  if (feeding === 'whole' && (cuts & 0xc0) === 0) {
    const at = cuts & 15;
    if (at + wire.length > READ_BUFFER.length) return [Buffer.from(wire)];
    READ_BUFFER.set(wire, at);
    return [READ_BUFFER.subarray(at, at + wire.length)];
  }
  const copy = Buffer.from(wire);
  if (feeding === 'whole') return [copy];
  if (wire.length <= FEW_BYTES && (cuts & 0x38) === 0x20) return bytewise(copy);
  const random = new Random(cuts);
  const most = 4 + random.below(wire.length + 1);
  const chunks: Buffer[] = [];
  for (let from = 0; from < copy.length;) {
    const size = random.below(most + 1);
    chunks.push(copy.subarray(from, from + size));
    from += size;
  }
  return chunks;
}

function bytewise(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at++) chunks.push(bytes.subarray(at, at + 1));
  return chunks;
}

/** Two runs over the same bytes must come to the same. */
export function sameTrace(one: Trace, other: Trace): void {
  const [first, second] = [one.error, other.error] as ({ code?: string } | undefined)[];
  must(first?.code === second?.code && (first === undefined) === (second === undefined), 'equal under chunking', () => {
    return `${String(one.error)}, cut otherwise ${String(other.error)}`;
  });
  must(one.idle === other.idle, 'equal under chunking', () => `idle ${one.idle} and ${other.idle}`);
  sameFrames(one.frames, other.frames);
  if (other.feeding !== 'cut') sameMessages(one.messages, other.messages);
}

function sameMessages(messages: readonly Message[], others: readonly Message[]): void {
  must(messages.length === others.length, 'equal under chunking', () => {
    return `${messages.length} and ${others.length} messages`;
  });
  for (let i = 0; i < messages.length; i++) {
    const same = messages[i]!.type === others[i]!.type && messages[i]!.data.equals(others[i]!.data);
    must(same, 'equal under chunking', () => `message ${i} differs`);
  }
}

function sameFrames(frames: readonly Frame[], others: readonly Frame[]): void {
  must(frames.length === others.length, 'equal under chunking', () => `${frames.length} and ${others.length} frames`);
  for (let i = 0; i < frames.length; i++) {
    const a = frames[i]!;
    const b = others[i]!;
    const same = a.fin === b.fin && a.rsv === b.rsv && a.opcode === b.opcode && a.payload.equals(b.payload);
    must(same, 'equal under chunking', () => `frame ${i} differs`);
  }
}
