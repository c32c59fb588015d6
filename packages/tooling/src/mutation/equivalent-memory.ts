import { BOUND, equivalentsOf, INIT, SLOW, XOR } from './equivalent.js';

const FREE = 'Where no stretch was cut, none is given back.';

/** Of the sources of frame that keep bytes and hand out memory. */
export const MEMORY_EQUIVALENT = equivalentsOf('frame', {
  'byte-gatherer': {
    'if (parts.length === 0 && part !== undefined) return part;': [SLOW, 'false'],
    'if (count === 1) block[this.#used] = piece[from]!;': [SLOW, 'false'],
    'const said = Math.min(wanted + rest, room + 2 * wanted);': [
      'A hint, believed less: the same bytes in more blocks.',
    ],
  },
  chunk: {
    'ascii = false;': [INIT, 'true'],
    'const words = end - start < WORD_THRESHOLD_BYTES ? undefined : (this.#words ??= this.#makeWords());': [
      'With or without a view made before: one is made where none is handed in.',
    ],
    '#makeWords(): Words {': ['With or without a view made before: one is made where none is handed in.', '{}'],
    'const memory = this.#memory ?? this.#ground();': [
      'Without words all is masked byte by byte, from where they would begin: of a chunk that is a header, used up.',
    ],
    'if (key !== undefined) this.unmask(start, start + size, key, 0);': [XOR],
    'if (key !== undefined) this.ascii = maskInPlace(window, from, from + size, key, 0, this.#windowWords);': [XOR],
    'if (this.#memory === undefined) this.#ground();': [SLOW, 'true'],
    'if (!this.#isPart()) return wordsIn(memory, this.#memoryAt, this.bytes.length);': [SLOW, 'true'],
    'if (common?.memory !== memory || common.bytes !== this.#memoryBytes) common = commonOf(memory, this.#memoryBytes);':
      [SLOW, 'true'],
    '#isPart(): boolean {': [SLOW, '{}'],
    'if (this.bytes.length === this.#memoryBytes || this.#memoryBytes > PIN_BYTES) return false;': [
      SLOW,
      'true',
      'this.#memoryBytes >= PIN_BYTES',
    ],
    'if (common?.memory !== this.#memory) markShared(this.#memory!);': ['Marked again, which is only slower.', 'true'],
    'if (window !== undefined && start >= this.#windowAt && start + size <= this.#windowAt + window.length)': [
      SLOW,
      'start > this.#windowAt',
    ],
    '#marked = false;': [INIT, 'true'],
    'this.#marked = true;': ['Marked again, which is only slower.', 'false'],
  },
  pending: {
    'if (maskingKey !== undefined) maskInPlace(out, start, start + bytes, maskingKey, item.phase, slab.words);': [
      XOR,
      'true',
    ],
    "out.write(payload, at, bytes, payload.length === bytes ? 'latin1' : 'utf8');": [
      'ASCII is the same bytes either way, and UTF-8 what Node takes where nothing is said.',
    ],
    '} else if (bytes < LOOP_BELOW_BYTES || payload.length !== bytes) {': [
      'Byte by byte or in one call, the bytes are the same.',
    ],
    'for (let i = 0; i < bytes; i++) out[at + i] = payload[i]!;': [
      'What stands behind a payload is written after it.',
      'i <= bytes',
    ],
    "if (typeof payload === 'string' || payload.length !== bytes) {": [
      'For the type alone: strings are never framed already.',
    ],
  },
  reclaim: {
    'if (size > MAX_KEPT_BYTES) return undefined;': ['None so long is kept.', 'false'],
    'if (slab?.last !== written || written.length === 0) return;': [
      'What has no bytes any more would be kept where nobody looks.',
      'false',
    ],
  },
  slab: {
    '#free = false;': [FREE, 'true'],
    'if (isFree && last?.length === size) return last;': [`${SLOW} ${FREE}`, 'false', 'last.length'],
    'if (this.#memory === undefined) {': [SLOW, 'true'],
    'this.start -= this.last?.length ?? 0;': [FREE, 'this.last.length'],
    'this.#free = true;': [SLOW, 'false'],
    'let shared = new Slab(Buffer.allocUnsafe(SLAB_BYTES), true);': [
      'Set while the module loads; the one test that loads it anew shares none.',
      'false',
    ],
    'if (shared.start + size > shared.bytes.length) {': [BOUND, 'shared.start + size >= shared.bytes.length'],
  },
  'shared-memory': {
    "const threads = (globalThis as Runtime).process?.getBuiltinModule?.('node:worker_threads');": [
      'Runs while the module loads, before the change is there.',
      '""',
    ],
  },
});
