// Hot path: a server under load spends its time here. Two phases, header and payload, over the chunk at hand:
//
//   chunk ─▶ header (≤ 14 bytes; a cut one waits in `#head`) ─▶ rules ─▶ payload: unmask ─▶ UTF-8 ─▶ slice
//
// Pull style: `next` does one slice of work, so whoever owns the loop can stop after any of them.
import { isUtf8 } from 'node:buffer';
import { ByteGatherer } from './byte-gatherer.js';
import { Chunk } from './chunk.js';
import { checkClose } from './close-payload.js';
import { violation } from './errors.js';
import { Slice, type FrameSlice } from './frame.js';
import { CutHeader, HeaderFields, readUint32, type HeaderProgress } from './header.js';
import { MessageProgress } from './message-progress.js';
import { isControl, Opcode } from './opcode.js';
import { DECODER_OPTIONS, readOptions, type DecoderOptions } from './options.js';
import { checkFlags, checkLength, checkStart } from './rules.js';

type Settled = { readonly [Key in keyof DecoderOptions]-?: Exclude<DecoderOptions[Key], undefined> };

/** Smaller pieces of a frame are copied without a view of them. */
const VIEW_BYTES = 1024;
const TEXT = 0x80 | Opcode.text;
const BINARY = 0x80 | Opcode.binary;
/** Messages up to this size take the short way: beyond it, unmasking is most of the work either way. */
const MAX_SHORT_BYTES = 4096;

/**
 * Bytes in, frames out (RFC 6455 §5). It judges every rule of the wire at the first byte where it can be known: header
 * fields, fragmentation order, Close payloads, UTF-8 of text that no extension coded, and the limits.
 *
 * Hand a chunk to `write`, then call `next` until it answers undefined. Chunks belong to the decoder: payloads are
 * unmasked in place and may be views of them. After an error the decoder must not be used again.
 */
export class DecoderCore {
  readonly #options: Settled;
  readonly #header = new HeaderFields();
  readonly #message: MessageProgress;
  readonly #chunk = new Chunk();
  readonly #head = new CutHeader();
  /** Whether a header that lacks nothing but its masking key was judged: in a key there is nothing to judge. */
  #judged = false;
  /** Payload bytes of the current frame that were taken; undefined between frames. */
  #taken: number | undefined;
  /** Whether a slice of the current frame went out. */
  #begun = false;
  /** Payload of a frame that came in more than one chunk, where whole frames are wanted. */
  #gathered: ByteGatherer | undefined;

  /** The mask bit in a header's second byte, as our peer must set it. */
  readonly #flags: number;
  /** Longest payload that `#takeShort` takes: within every limit. */
  readonly #maxShortBytes: number;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    this.#options = readOptions<Settled>('FrameDecoder', DECODER_OPTIONS, options);
    this.#message = new MessageProgress(this.#options);
    this.#flags = this.#options.role === 'server' ? 0x80 : 0;
    const { maxFramePayloadBytes, maxMessageBytes } = this.#options;
    this.#maxShortBytes = Math.min(MAX_SHORT_BYTES, maxFramePayloadBytes, maxMessageBytes);
  }

  /** Whether it stands between messages, with no byte of a header, a payload or the chunk left; never after an error. */
  get idle(): boolean {
    return this.#chunk.offset === this.#chunk.bytes.length && this.#isBetween();
  }

  /** Takes the next chunk; only after `next` has answered undefined. */
  write(chunk: Buffer): void {
    this.#chunk.set(chunk);
  }

  /**
   * The next frame or slice in the chunk; undefined when the chunk is used up.
   * @throws ProtocolError (1002, 1007), LimitError (1008, 1009)
   */
  next(): FrameSlice | undefined {
    const slice = this.#takeShort() ?? this.#step();
    if (slice === undefined) this.#chunk.release();
    return slice;
  }

  /**
   * The stream has ended.
   * @throws ProtocolError `ERR_SOKKER_UNEXPECTED_END` when it ended inside a frame or a message
   */
  end(): void {
    if (!this.idle) throw violation('ERR_SOKKER_UNEXPECTED_END');
  }

  /** Whether no part of a message is kept. */
  #isBetween(): boolean {
    return this.#taken === undefined && this.#head.size === 0 && !this.#message.open;
  }

  /**
   * The whole of a short message in one frame, which is what a busy server mostly reads: its header breaks no
   * rule, its payload is there and within the limits. Undefined for anything else: that goes the long way.
   */
  #takeShort(): FrameSlice | undefined {
    // Within a frame that comes in many chunks, this is most of what is asked.
    if (this.#taken !== undefined) return undefined;
    const chunk = this.#chunk;
    const { bytes, offset } = chunk;
    const byte0 = bytes[offset];
    if ((byte0 !== TEXT && byte0 !== BINARY) || !this.#isBetween()) return undefined;
    const masked = this.#flags !== 0;
    const length7 = (bytes[offset + 1] ?? Infinity) - this.#flags;
    const size = length7 === 126 ? readUint32(bytes, offset + 2, bytes.length) >>> 16 : length7;
    const start = offset + (length7 === 126 ? 4 : 2) + (masked ? 4 : 0);
    if (
      length7 > 126 ||
      size < (length7 === 126 ? 126 : 0) ||
      size > this.#maxShortBytes ||
      start + size > bytes.length
    )
      return undefined;
    // A key of 32 bits with a sign is kept as it is; without one, half of all keys are boxed, a tenth of a small message.
    const payload = chunk.shortPayload(start, size, masked ? readUint32(bytes, start - 4, start) | 0 : undefined);
    if (byte0 === TEXT && !chunk.ascii && !isUtf8(payload)) throw violation('ERR_SOKKER_INVALID_UTF8');
    // Not before: a decoder that failed has bytes left, and so is not idle.
    chunk.offset = start + size;
    return new Slice(true, 0, byte0 === TEXT ? Opcode.text : Opcode.binary, payload, size, true, true);
  }

  #step(): FrameSlice | undefined {
    if (this.#taken === undefined && !this.#takeHeader()) return undefined;
    return isControl(this.#header.opcode) ? this.#takeControl() : this.#takeData();
  }

  /** Reads and judges a header; false when it is not whole yet. */
  #takeHeader(): boolean {
    const header = this.#header;
    const head = this.#head;
    const chunk = this.#chunk;
    const carried = head.size;
    if (carried > 0) head.fill(chunk.bytes, chunk.offset);
    const progress =
      carried > 0 ? header.read(head.bytes, 0, head.size) : header.read(chunk.bytes, chunk.offset, chunk.bytes.length);
    if (progress === 'none') return false;
    if (!this.#judged) this.#judge(progress);
    this.#judged = progress === 'length';
    if (progress !== 'whole') {
      if (carried === 0) head.fill(chunk.bytes, chunk.offset);
      chunk.offset = chunk.bytes.length;
      return false;
    }
    chunk.offset += header.headerBytes - carried;
    head.size = 0;
    if (!isControl(header.opcode)) this.#message.begin(header.fin, header.opcode, header.rsv, header.payloadBytes);
    this.#taken = 0;
    return true;
  }

  /** Asks every rule whose bytes are there, in the order of the bytes: so every chunking gets the same answer. */
  #judge(progress: HeaderProgress): void {
    const header = this.#header;
    const { fin, opcode, rsv, payloadBytes } = header;
    const control = isControl(opcode);
    const early = checkStart(header, this.#options.rsv, this.#message.open);
    if (early !== undefined) throw violation(early);
    if (!control) this.#message.checkCount(opcode);
    if (progress === 'start') return;
    const broken = checkFlags(header, this.#options.role) ?? checkLength(header);
    if (broken !== undefined) throw violation(broken);
    if (control) return;
    this.#message.checkRoom(opcode, rsv, payloadBytes);
    if (fin && header.lengthBytesMissing === 0) this.#message.checkRest(payloadBytes);
  }

  /** Control frames are small and always leave whole; a Close is judged as its bytes come. */
  #takeControl(): FrameSlice | undefined {
    const { opcode, payloadBytes } = this.#header;
    const start = this.#chunk.offset;
    const size = this.#unmask(this.#taken!);
    let payload: Buffer;
    if (size === payloadBytes) {
      payload = this.#chunk.payload(start, size);
    } else {
      this.#gathered ??= new ByteGatherer();
      this.#gathered.addCopy(this.#chunk.bytes, start, start + size);
      payload = this.#gathered.take();
      if (payload.length < payloadBytes) this.#gathered.add(payload);
    }
    if (opcode === Opcode.close) {
      const broken = checkClose(payload, payloadBytes);
      if (broken !== undefined) throw violation(broken);
    }
    if (payload.length < payloadBytes) return undefined;
    this.#taken = undefined;
    return new Slice(true, 0, opcode, payload, payloadBytes, true, true);
  }

  #takeData(): FrameSlice | undefined {
    const { fin, rsv, opcode, payloadBytes } = this.#header;
    const { bytes, offset: start } = this.#chunk;
    const taken = this.#taken!;
    const size = this.#unmask(taken);
    const first = !this.#begun;
    const last = taken + size === payloadBytes;
    // A header whose payload is still to come is a slice of its own; a whole frame waits for it.
    if (size === 0 && !last && !(first && this.#options.emit === 'slices')) return undefined;
    const whole = taken === 0 && last;
    this.#judgeText(start, size, fin ? payloadBytes - taken - size : Infinity);
    this.#begun = !last;
    if (last) this.#taken = undefined;
    if (whole) return new Slice(fin, rsv, opcode, this.#chunk.payload(start, size), payloadBytes, first, true);
    if (this.#options.emit === 'slices') {
      return new Slice(fin, rsv, opcode, this.#chunk.view(start, size), payloadBytes, first, last);
    }
    this.#gathered ??= new ByteGatherer();
    const rest = payloadBytes - taken - size;
    if (size < VIEW_BYTES) this.#gathered.addCopy(bytes, start, start + size, rest);
    else this.#gathered.add(bytes.subarray(start, start + size), rest);
    return last ? new Slice(fin, rsv, opcode, this.#gathered.take(), payloadBytes, true, true) : undefined;
  }

  /** @param rest bytes of the message that are still to come; `Infinity` where a later frame may bring them */
  #judgeText(start: number, size: number, rest: number): void {
    if (this.#message.passes(this.#chunk.ascii)) return;
    this.#message.accept(this.#chunk.bytes, start, start + size, rest);
  }

  /** Unmasks what the chunk holds of the current frame and steps over it; answers how many bytes that were. */
  #unmask(taken: number): number {
    const { masked, maskingKey, payloadBytes } = this.#header;
    const chunk = this.#chunk;
    const start = chunk.offset;
    const size = Math.min(payloadBytes - taken, chunk.bytes.length - start);
    chunk.ascii = false;
    if (masked) chunk.unmask(start, start + size, maskingKey, taken);
    chunk.offset = start + size;
    this.#taken = taken + size;
    return size;
  }
}
