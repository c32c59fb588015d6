// Takes bytes apart with @sokker/frame itself: DecoderCore judges them, one byte at a time, so that the byte at which
// it fails is the first at which the fault can be known; HeaderFields says where the parts of a header lie.
import { Buffer } from '../../browser/buffer.js';
import { AssemblerCore, DecoderCore, isControl, Opcode, type FrameSlice, type Role } from '@sokker/frame';
import { HeaderFields, type HeaderProgress } from '../../../../packages/frame/src/header.js';
import { maskInPlace } from '../../../../packages/frame/src/mask.js';

export type PartName = 'start' | 'flags' | 'length' | 'key' | 'payload';

/** A stretch of the input, `[start, end)`. */
export interface Part {
  readonly name: PartName;
  readonly start: number;
  readonly end: number;
}

export interface FrameView {
  readonly parts: readonly Part[];
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  /** What follows is undefined where the second byte has not come. */
  readonly masked: boolean | undefined;
  readonly length7: number | undefined;
  /** The declared length; undefined while bytes of it are missing. */
  readonly payloadBytes: number | undefined;
  /** What came of the payload, unmasked. */
  readonly payload: Uint8Array;
  readonly whole: boolean;
}

/** A broken rule, and the first byte at which that can be known. */
export interface Fault {
  readonly at: number;
  readonly code: string;
  readonly section: string;
  readonly closeCode: number;
  readonly text: string;
}

export interface MessageView {
  readonly type: 'text' | 'binary';
  readonly data: Uint8Array;
  /** An extension coded it: what it says cannot be seen here. */
  readonly coded: boolean;
}

export interface Dissection {
  readonly frames: readonly FrameView[];
  readonly messages: readonly MessageView[];
  readonly fault: Fault | undefined;
  /** Whether a fragmented message is still open at the end. */
  readonly open: boolean;
  /** How many bytes were read: none behind a fault, none behind a Close (RFC 6455 §5.5.1). */
  readonly read: number;
}

/**
 * @param role whose ears these are: a server hears masked frames, a client unmasked ones
 * @param rsv reserved bits that an extension was granted: RSV1 is 4
 */
export function dissect(input: Uint8Array, role: Role, rsv: number): Dissection {
  const verdict = judge(input, role, rsv);
  return { ...verdict, frames: framesIn(input.subarray(0, verdict.read)) };
}

function judge(input: Uint8Array, role: Role, rsv: number): Omit<Dissection, 'frames'> {
  const unlimited = { maxFramePayloadBytes: Infinity, maxMessageBytes: Infinity };
  const decoder = new DecoderCore({ role, rsv, emit: 'slices', ...unlimited });
  const gathering = new MessageGathering();
  for (const [at, byte] of input.entries()) {
    try {
      decoder.write(Buffer.from([byte]) as never);
      for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) gathering.add(slice);
    } catch (error) {
      return gathering.result(at + 1, faultOf(error, at));
    }
    if (gathering.closed) return gathering.result(at + 1);
  }
  return gathering.result(input.length);
}

class MessageGathering {
  closed = false;
  readonly #messages: MessageView[] = [];
  #open = false;
  readonly #assembler = new AssemblerCore({ maxMessageBytes: Infinity });
  #coded = false;

  add(slice: FrameSlice): void {
    if (slice.opcode === Opcode.close) this.closed = true;
    if (isControl(slice.opcode)) return;
    if (!this.#open) this.#coded = slice.rsv !== 0;
    const message = this.#assembler.push(slice);
    this.#open = message === undefined;
    if (message !== undefined) this.#messages.push({ type: message.type, data: message.data, coded: this.#coded });
  }

  result(read: number, fault?: Fault): Omit<Dissection, 'frames'> {
    return { messages: this.#messages, open: this.#open, fault, read };
  }
}

function faultOf(error: unknown, at: number): Fault {
  const { code, section, closeCode, message } = error as Error & Omit<Fault, 'at' | 'text'>;
  return { at, code, section, closeCode, text: message.replace(` (${section})`, '') };
}

function framesIn(bytes: Uint8Array): FrameView[] {
  const frames: FrameView[] = [];
  for (let start = 0; start < bytes.length;) {
    const frame = frameAt(bytes, start);
    frames.push(frame);
    start = frame.parts.at(-1)?.end ?? bytes.length;
    if (!frame.whole) break;
  }
  return frames;
}

function frameAt(bytes: Uint8Array, start: number): FrameView {
  const header = new HeaderFields();
  const progress = header.read(bytes, start, bytes.length);
  const parts = partsOf(header, start, bytes.length, progress);
  const { fin, rsv, opcode, masked, length7, payloadBytes, maskingKey } = header;
  const end = start + header.headerBytes + payloadBytes;
  const payload = Buffer.from(progress === 'whole' ? bytes.subarray(start + header.headerBytes, end) : []);
  if (masked) maskInPlace(payload, 0, payload.length, maskingKey, 0);
  const known = progress !== 'start';
  return {
    parts,
    fin,
    rsv,
    opcode,
    masked: known ? masked : undefined,
    length7: known ? length7 : undefined,
    payloadBytes: known && header.lengthBytesMissing === 0 ? payloadBytes : undefined,
    payload,
    whole: progress === 'whole' && end <= bytes.length,
  };
}

function partsOf(header: HeaderFields, start: number, end: number, progress: HeaderProgress): Part[] {
  const { length7, masked, headerBytes, payloadBytes } = header;
  const keyAt = headerBytes - (masked ? 4 : 0);
  const sizes: [PartName, number][] = [['start', 1]];
  if (progress !== 'start') {
    sizes.push(['flags', 1]);
    if (length7 > 125) sizes.push(['length', keyAt - 2]);
    if (masked) sizes.push(['key', 4]);
    if (progress === 'whole') sizes.push(['payload', payloadBytes]);
  }
  let at = start;
  const parts = sizes.map(([name, size]) => ({ name, start: at, end: (at = Math.min(at + size, end)) }));
  return parts.filter((part) => part.end > part.start);
}
