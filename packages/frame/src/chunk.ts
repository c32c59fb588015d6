// Hot path: the bytes that a decoder is working on. Three things are done here because they pay: one view of 32-bit words
// serves all payloads of a chunk (mask.ts says what making one costs), short payloads of a large chunk are cut from a
// window that is copied out of it at once (a copy for each took 100 ns), so that nothing small pins a 64 KiB read, and the
// memory of a chunk is asked for once: each time takes as long as to make a view (packages/bench, rows "decode").
import { Buffer } from 'node:buffer';
import { maskInPlace, wordsIn, WORD_THRESHOLD_BYTES, type Words } from './mask.js';
import { ownCopy } from './own-memory.js';
import { markShared } from './shared-memory.js';
import { View } from './view.js';

/** A payload view may pin this much memory, or four times its own size. */
const PIN_BYTES = 16 * 1024;
const PIN_FACTOR = 4;

/** Memory of which several chunks are parts, as words: short reads of sockets share some, and so does Node's pool. */
interface Common {
  readonly memory: ArrayBufferLike;
  readonly bytes: number;
  readonly words: Int32Array;
}

/** The latest of it, of at most `PIN_BYTES`: what is made for one chunk serves those that follow, 60 ns of each. */
let common: Common | undefined;

const EMPTY: Buffer = Buffer.alloc(0);
// Every payload of nothing is this one.
markShared(EMPTY.buffer);

/** The chunk at hand, and how far it is used up. */
export class Chunk {
  bytes: Buffer = EMPTY;
  offset = 0;
  #words: Words | undefined;
  /** Part of a large chunk, copied into memory of its own; and where in the chunk it begins. */
  #window: Buffer | undefined;
  #windowMemory: ArrayBufferLike | undefined;
  #windowWords: Words | undefined;
  #windowAt = 0;
  /** Whether the bytes unmasked last are known to be ASCII. */
  ascii = false;
  /** The memory that a view of the chunk keeps alive, once it is asked for: the chunk may itself be a view. */
  #memory: ArrayBufferLike | undefined;
  #memoryBytes = 0;
  /** Where in it the chunk begins. */
  #memoryAt = 0;
  /** Whether it was marked as shared: views of it are out, and more of it is in use. */
  #marked = false;

  /** Takes the next bytes, which belong to the chunk from here on. */
  set(bytes: Buffer): void {
    this.bytes = bytes;
    this.offset = 0;
    this.#words = undefined;
    this.#window = undefined;
    this.#memory = undefined;
    this.#marked = false;
  }

  /** Lets the bytes go: an idle connection must not pin the last 64 KiB it read. */
  release(): void {
    this.bytes = EMPTY;
    this.offset = 0;
    this.#words = undefined;
    this.#window = undefined;
    this.#windowMemory = undefined;
    this.#windowWords = undefined;
    this.#memory = undefined;
  }

  /** Unmasks a stretch in place: see `maskInPlace`. */
  unmask(start: number, end: number, key: number, phase: number): void {
    const words = end - start < WORD_THRESHOLD_BYTES ? undefined : (this.#words ??= this.#makeWords());
    this.ascii = maskInPlace(this.bytes, start, end, key, phase, words);
  }

  /** A stretch that someone may keep: a view where that pins little, else a copy. */
  payload(start: number, size: number): Buffer {
    if (size === 0) return EMPTY;
    return this.#pinsLittle(size) ? this.#view(start, size) : ownCopy(this.bytes.subarray(start, start + size));
  }

  /** Unmasks a short stretch, at most 4 KiB, that someone may keep. @param key undefined where it is not masked */
  shortPayload(start: number, size: number, key: number | undefined): Buffer {
    this.ascii = false;
    if (this.#pinsLittle(size)) {
      if (key !== undefined) this.unmask(start, start + size, key, 0);
      return size === 0 ? EMPTY : this.#view(start, size);
    }
    const window = this.#windowOver(start, size);
    const from = start - this.#windowAt;
    if (key !== undefined) this.ascii = maskInPlace(window, from, from + size, key, 0, this.#windowWords);
    return size === 0 ? EMPTY : new View(this.#windowMemory!, from, size);
  }

  #pinsLittle(size: number): boolean {
    if (this.#memory === undefined) this.#ground();
    return this.#memoryBytes <= PIN_BYTES || size * PIN_FACTOR >= this.#memoryBytes;
  }

  /** Asks the chunk for its memory. */
  #ground(): ArrayBufferLike {
    const { buffer, byteOffset } = this.bytes;
    this.#memory = buffer;
    this.#memoryBytes = buffer.byteLength;
    this.#memoryAt = byteOffset;
    return buffer;
  }

  #makeWords(): Words {
    const memory = this.#memory ?? this.#ground();
    if (!this.#isPart()) return wordsIn(memory, this.#memoryAt, this.bytes.length);
    if (common?.memory !== memory || common.bytes !== this.#memoryBytes) common = commonOf(memory, this.#memoryBytes);
    // The first word lies before the chunk. Not by a minus sign alone: V8 would keep -0, and so every edge, as a double.
    return { words: common.words, edge: 0 - this.#memoryAt };
  }

  /**
   * Whether it is part of memory so small that other chunks are likely to be parts of it too. Words at its ends reach
   * beyond it: of memory that threads share, another may be writing there.
   */
  #isPart(): boolean {
    if (this.bytes.length === this.#memoryBytes || this.#memoryBytes > PIN_BYTES) return false;
    return this.#memory instanceof ArrayBuffer;
  }

  /** A stretch as a view, however much that pins: for those who pass it on at once. */
  view(start: number, size: number): Buffer {
    if (this.#memory === undefined) this.#ground();
    return size === 0 ? EMPTY : this.#view(start, size);
  }

  /** Only after `#ground`. */
  #view(start: number, size: number): Buffer {
    // Others may have views of it too where the chunk is itself a part: of a frame of HTTP/2, say.
    if (!this.#marked && (start + size < this.bytes.length || this.bytes.length < this.#memoryBytes)) {
      this.#marked = true;
      if (common?.memory !== this.#memory) markShared(this.#memory!);
    }
    return new View(this.#memory!, this.#memoryAt + start, size);
  }

  #windowOver(start: number, size: number): Buffer {
    const window = this.#window;
    if (window !== undefined && start >= this.#windowAt && start + size <= this.#windowAt + window.length)
      return window;
    const copy = Buffer.allocUnsafeSlow(Math.min(PIN_BYTES, this.bytes.length - start));
    copy.set(this.bytes.subarray(start, start + copy.length));
    this.#window = copy;
    this.#windowMemory = copy.buffer;
    markShared(this.#windowMemory);
    this.#windowWords = wordsIn(this.#windowMemory, 0, copy.length);
    this.#windowAt = start;
    return copy;
  }
}

/** Marked at once: mostly a view of it follows. */
function commonOf(memory: ArrayBufferLike, bytes: number): Common {
  markShared(memory);
  return { memory, bytes, words: new Int32Array(memory as ArrayBuffer, 0, bytes >> 2) };
}
