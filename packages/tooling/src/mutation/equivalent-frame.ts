import { equivalentsOf } from './equivalent.js';

const INIT = 'Set before it is read.';
const SLOW = 'The other way answers the same, more slowly.';
const XOR = 'No key counts as 0, and masking with 0 changes nothing.';
const LONG = 'What the short way leaves goes the long way, which answers the same.';
const BOUND = 'Takes the other of two ways one frame or byte sooner or later; both answer the same.';
const SOON = 'What is held leaves with the tick that is due; the chunks may be cut elsewhere.';
const TICK = 'It asks once more, and is answered that nothing waits.';
const GUARD = 'For the type alone: what it excludes fails the test that follows too.';

export const FRAME_EQUIVALENT = equivalentsOf('frame', {
  'assembler-core': {
    "#type: MessageType = 'binary';": [INIT],
    'this.#gathered.add(frame.payload, declared - frame.payload.length);': [
      'A hint, believed only as far as the bound on memory allows.',
      'declared + frame.payload.length',
    ],
  },
  'byte-gatherer': {
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
    'if (window !== undefined && start >= this.#windowAt && start + size <= this.#windowAt + window.length)': [
      SLOW,
      'start > this.#windowAt',
    ],
    '#marked = false;': [INIT, 'true'],
    'this.#marked = true;': ['Marked again, which is only slower.', 'false'],
  },
  'close-payload': {
    "const text = Buffer.from(reason, 'utf8');": ['UTF-8 is what Node takes where nothing is said.'],
  },
  'decoder-core': {
    '#takeShort(): FrameSlice | undefined {': [LONG, '{}'],
    'if ((byte0 !== TEXT && byte0 !== BINARY) || !this.#isBetween()) return undefined;': [LONG],
    'const length7 = (bytes[offset + 1] ?? Infinity) - this.#flags;': [
      LONG,
      '(bytes[offset + 1] ?? Infinity) + this.#flags',
    ],
    'length7 > 126 ||': [LONG],
    'size < (length7 === 126 ? 126 : 0) ||': [LONG],
    'size > this.#maxShortBytes ||': [LONG],
    'start + size > bytes.length': [LONG, 'start + size >= bytes.length'],
    'if (!control) this.#message.checkCount(opcode);': [
      'A control frame would count as the one frame that every bound allows.',
      'true',
    ],
    'if (size === payloadBytes) {': ['Gathered or not, it is the same payload.', 'false'],
    'const rest = payloadBytes - taken - size;': ['A hint, believed only as far as the bound on memory allows.'],
    'if (size < VIEW_BYTES) this.#gathered.addCopy(bytes, start, start + size, rest);': [
      'Copied or kept, the bytes are the same.',
    ],
    'if (masked) chunk.unmask(start, start + size, maskingKey, taken);': [XOR, 'true'],
  },
  'encoder-core': {
    'if (written.length > 0) {': [SLOW, 'true', 'written.length >= 0'],
    'if (maskingKey !== undefined) maskInPlace(out, at, out.length, maskingKey, 0);': [XOR, 'true'],
  },
  encoder: {
    'if (this.#core.bytes < GATHER_BYTES) {': [BOUND, 'this.#core.bytes <= GATHER_BYTES'],
    'return this.readableLength >= this.readableHighWaterMark;': [
      BOUND,
      'this.readableLength > this.readableHighWaterMark',
    ],
    'if (held !== undefined || !this.#scheduled) this.#leave();': [SOON],
    'if (this.#scheduled) return;': [TICK, 'false'],
  },
  'fragmenter-core': {
    'if (data.length <= fragmentBytes) {': ['Its one fragment is the whole.', 'data.length < fragmentBytes'],
  },
  'fragmenter-stage': {
    'return step.done === true ? undefined : step.value;': ['The value of what is done is undefined.', 'false'],
  },
  header: {
    'fin = false;': [INIT, 'true'],
    'masked = false;': [INIT, 'true'],
    'lengthSign = false;': [INIT, 'true'],
  },
  mask: {
    'const threshold = words === undefined ? WORD_THRESHOLD_BYTES : READY_THRESHOLD_BYTES;': [
      SLOW,
      'true',
      'false',
      'words !== undefined',
    ],
    'if (end - start >= VECTOR_THRESHOLD_BYTES) {': [
      SLOW,
      'false',
      'end - start > VECTOR_THRESHOLD_BYTES',
      'end + start',
      '{}',
    ],
    'if (vectors !== null) {': [SLOW, 'false', '{}'],
    'const from = Math.max(start - edge, 0);': [
      'What lies before the words is masked byte by byte, however much that is.',
      'start + edge',
    ],
    'if (from + edge > start) union = maskBytes(bytes, start, from + edge, key);': [
      'To mask nothing is only slower.',
      'true',
      'from + edge >= start',
    ],
    'if (to + edge < end) union |= maskBytes(bytes, to + edge, end, rotate(key, to + edge - start));': [
      'To mask nothing is only slower.',
      'true',
      'to + edge <= end',
      'to - edge',
    ],
    'if ((from & 3) !== 0) {': ['Of a whole word every bit is inside.', 'true'],
    'for (const most = stop - 7; i < most; i += 8) {': [
      'The loop word by word takes what the unrolled one leaves.',
      'false',
    ],
    'if ((to & 3) !== 0) {': ['Of no word no bit is inside.', 'true'],
    'return BIG_ENDIAN ? -1 >>> (byte << 3) : -1 << (byte << 3);': ['For machines of the other byte order.', '+1'],
  },
  'mask-vectors': {
    'piece.set(size === BLOCK_BYTES ? block : block.subarray(0, size));': [SLOW, 'false'],
    'return vectors === undefined ? (vectors = makeVectors()) : vectors;': [SLOW, 'true'],
  },
  'masking-key': {
    'if (next === BLOCK_KEYS) {': ['A key of its own block is as fresh, and only slower.', 'true'],
  },
  'message-progress': {
    '#text = false;': [INIT, 'true'],
  },
  options: {
    "return typeof value === 'string' && spec.values.includes(value);": [GUARD, 'true'],
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
  rules: {
    'const most = lengthBytesMissing === 0 ? payloadBytes : payloadBytes + 256 ** lengthBytesMissing - 1;': [
      '256⁰ − 1 is 0.',
      'false',
    ],
  },
  slab: {
    'if (this.#memory === undefined) {': [SLOW, 'true'],
    'if (shared.start + size > shared.bytes.length) {': [BOUND, 'shared.start + size >= shared.bytes.length'],
  },
  'text-payload': {
    "const bytes = Buffer.from(text, 'utf8');": ['UTF-8 is what Node takes where nothing is said.'],
  },
  'shared-memory': {
    "const threads = (globalThis as Runtime).process?.getBuiltinModule?.('node:worker_threads');": [
      'Runs while the module loads, before the change is there.',
      '""',
    ],
  },
  utf8: {
    'while (at < end && this.#missing > 0) {': [SLOW, 'true', 'this.#missing >= 0'],
    'if (end - at >= NATIVE_THRESHOLD_BYTES) {': ['Native or step by step, the answer is the same.'],
    'if (!isUtf8(at === 0 && settled === bytes.length ? bytes : bytes.subarray(at, settled))) return false;': [
      'A view of all is all.',
    ],
    'if (byte < 0x80) return 0;': ['The steps judge what the native call does not.', 'false'],
    'if (byte >= 0xc0) return sequenceBytes(byte) > back ? back : 0;': [
      'The steps judge what the native call does not.',
    ],
  },
  'web/encoder-stream': {
    'return this.#core.bytes < GATHER_BYTES;': [BOUND, 'this.#core.bytes <= GATHER_BYTES'],
    'if (this.#scheduled) return;': [TICK, 'false'],
    'return step.done === true ? undefined : step.value;': ['The value of what is done is undefined.', 'false'],
  },
  'web/orderly-source': {
    'if (desiredSize !== null && desiredSize < 0) this.#failure = { error };': ['null < 0 is false.', 'true'],
  },
  'web/stage-pair': {
    'constructor(stage: Stage<In, Out>, room = () => false) {': ['undefined is as false.'],
    "signal.addEventListener('abort', () => this.#aborted(signal.reason), { once: true });": ['A signal aborts once.'],
  },
});
