// Hot path: a server under load spends its time here. Two phases, header and payload, over the chunk at hand:
//
//   chunk ─▶ header (≤ 14 bytes; a cut one waits in `#head`) ─▶ rules ─▶ payload: unmask ─▶ UTF-8 ─▶ slice
//
// Pull style: `next` does one slice of work, so whoever owns the loop can stop after any of them.
import { checkClose } from './close-payload.js';
import { ByteGatherer } from './byte-gatherer.js';
import { violation } from './errors.js';
import { Slice, type FrameSlice } from './frame.js';
import { CutHeader, HeaderFields, type HeaderProgress } from './header.js';
import { maskInPlace } from './mask.js';
import { MessageProgress } from './message-progress.js';
import { isControl, Opcode } from './opcode.js';
import { DECODER_OPTIONS, readOptions } from './options.js';
import type { Role } from './role.js';
import { checkFlags, checkLength, checkStart } from './rules.js';

export interface DecoderOptions {
  /** Our role: a server expects masked frames, a client unmasked ones. */
  role: Role;
  /** Whole frames (default), or slices as bytes arrive. */
  emit?: 'frames' | 'slices' | undefined;
  /** Largest payload that one frame may declare: bytes, 1 to 2⁵³−1, default 1 MiB; `Infinity` disables. */
  maxFramePayloadBytes?: number | undefined;
  /** Largest sum of one message's payloads: bytes, 1 to 2⁵³−1, default `Infinity` (no message is retained here). */
  maxMessageBytes?: number | undefined;
  /** Most frames in one message: 1 to 2⁵³−1, default `Infinity`. */
  maxFragments?: number | undefined;
  /** Reserved bits that negotiated extensions use: 0 to 7, RSV1 is 4; default 0. */
  rsv?: number | undefined;
}
type Settled = { readonly [Key in keyof DecoderOptions]-?: Exclude<DecoderOptions[Key], undefined> };

/** A payload view may pin this much of a read buffer, or four times its own size; smaller ones are copied out of it. */
const PIN_BYTES = 16 * 1024;
const PIN_FACTOR = 4;

const EMPTY: Buffer = Buffer.alloc(0);

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
  #chunk = EMPTY;
  /** Size of the memory that a view of the chunk keeps alive: the chunk may itself be a view. */
  #pinnedBytes = 0;
  #offset = 0;
  readonly #head = new CutHeader();
  /** Whether the bytes unmasked last are known to be ASCII. */
  #ascii = false;
  /** Payload bytes of the current frame that were taken; undefined between frames. */
  #taken: number | undefined;
  /** Whether a slice of the current frame went out. */
  #begun = false;
  /** Payload of a frame that came in more than one chunk, where whole frames are wanted. */
  #gathered: ByteGatherer | undefined;

  /** @throws UsageError `ERR_SOKKER_OPTION` */
  constructor(options: DecoderOptions) {
    this.#options = readOptions<Settled>('FrameDecoder', DECODER_OPTIONS, options);
    this.#message = new MessageProgress(this.#options);
  }

  /** Whether it stands between messages, with no byte of a header, a payload or the chunk left; never after an error. */
  get idle(): boolean {
    const used = this.#offset === this.#chunk.length;
    return used && this.#taken === undefined && this.#head.bytes === 0 && !this.#message.open;
  }

  /** Takes the next chunk; only after `next` has answered undefined. */
  write(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#pinnedBytes = chunk.buffer.byteLength;
    this.#offset = 0;
  }

  /**
   * The next frame or slice in the chunk; undefined when the chunk is used up.
   * @throws ProtocolError (1002, 1007), LimitError (1008, 1009)
   */
  next(): FrameSlice | undefined {
    const slice = this.#step();
    // A chunk that is used up is let go: an idle connection must not pin the last 64 KiB it read.
    if (slice === undefined) this.write(EMPTY);
    return slice;
  }

  /**
   * The stream has ended.
   * @throws ProtocolError `ERR_SOKKER_UNEXPECTED_END` when it ended inside a frame or a message
   */
  end(): void {
    if (!this.idle) throw violation('ERR_SOKKER_UNEXPECTED_END');
  }

  #step(): FrameSlice | undefined {
    if (this.#taken === undefined && !this.#takeHeader()) return undefined;
    return isControl(this.#header.opcode) ? this.#takeControl() : this.#takeData();
  }

  /** Reads and judges a header; false when it is not whole yet. */
  #takeHeader(): boolean {
    const header = this.#header;
    const head = this.#head;
    const carried = head.bytes;
    if (carried > 0) head.fill(this.#chunk, this.#offset);
    const progress = carried > 0 ? header.read(head.view, 0) : header.read(this.#chunk, this.#offset);
    if (progress === 'none') return false;
    this.#judge(progress);
    if (progress !== 'whole') {
      if (carried === 0) head.fill(this.#chunk, this.#offset);
      this.#offset = this.#chunk.length;
      return false;
    }
    this.#offset += header.headerBytes - carried;
    head.bytes = 0;
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
    if (fin && header.lengthBytesMissing === 0) this.#message.checkRest(opcode, payloadBytes);
  }

  /** Control frames are small and always leave whole; a Close is judged as its bytes come. */
  #takeControl(): FrameSlice | undefined {
    const { opcode, payloadBytes } = this.#header;
    const taken = this.#taken!;
    const start = this.#offset;
    const size = this.#unmask(taken);
    let payload: Buffer;
    if (size === payloadBytes) {
      payload = this.#ownView(start, size);
    } else {
      this.#gathered ??= new ByteGatherer();
      this.#gathered.add(this.#chunk.subarray(start, start + size));
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
    const taken = this.#taken!;
    const start = this.#offset;
    const size = this.#unmask(taken);
    const first = !this.#begun;
    const last = taken + size === payloadBytes;
    if (size === 0 && !last && !first) return undefined;
    const whole = taken === 0 && last;
    let payload = whole ? this.#ownView(start, size) : this.#chunk.subarray(start, start + size);
    this.#message.accept(payload, this.#ascii, fin ? payloadBytes - taken - size : Infinity);
    this.#begun = !last;
    if (last) this.#taken = undefined;
    if (this.#options.emit === 'slices') return new Slice(fin, rsv, opcode, payload, payloadBytes, first, last);
    if (whole) return new Slice(fin, rsv, opcode, payload, payloadBytes, true, true);
    this.#gathered ??= new ByteGatherer();
    this.#gathered.add(payload);
    if (!last) return undefined;
    payload = this.#gathered.take();
    return new Slice(fin, rsv, opcode, payload, payloadBytes, true, true);
  }

  /** Unmasks what the chunk holds of the current frame and steps over it; answers how many bytes that were. */
  #unmask(taken: number): number {
    const { masked, maskingKey, payloadBytes } = this.#header;
    const start = this.#offset;
    const size = Math.min(payloadBytes - taken, this.#chunk.length - start);
    this.#ascii = masked && maskInPlace(this.#chunk, start, start + size, maskingKey, taken);
    this.#offset = start + size;
    this.#taken = taken + size;
    return size;
  }

  /** A payload that someone may keep: a view of the chunk where that pins little, else a copy. */
  #ownView(start: number, size: number): Buffer {
    if (size === 0) return EMPTY;
    const view = this.#chunk.subarray(start, start + size);
    const pinned = this.#pinnedBytes;
    return pinned <= PIN_BYTES || size * PIN_FACTOR >= pinned ? view : Buffer.from(view);
  }
}
