import { BOUND, equivalentsOf, INIT, SLOW, XOR } from './equivalent.js';

const LONG = 'What the short way leaves goes the long way, which answers the same.';
const ANEW = 'A header that is judged anew is judged alike, more slowly.';
const SOON = 'What is held leaves with the tick that is due; the chunks may be cut elsewhere.';
const TICK = 'It asks once more, and is answered that nothing waits.';
const SAME = 'Names that are the same were told before; of others one ends first.';
const GUARD = 'For the type alone: what it excludes fails the test that follows too.';

/** But for what keeps bytes and hands them out: see equivalent-memory.ts. */
export const FRAME_EQUIVALENT = equivalentsOf('frame', {
  'assembler-core': {
    "#type: MessageType = 'binary';": [INIT],
    'this.#gathered.add(frame.payload, declared - frame.payload.length);': [
      'A hint, believed only as far as the bound on memory allows.',
      'declared + frame.payload.length',
    ],
  },
  'close-payload': {
    "const text = Buffer.from(reason, 'utf8');": ['UTF-8 is what Node takes where nothing is said.'],
  },
  'decoder-core': {
    '#takeShort(): FrameSlice | undefined {': [LONG, '{}'],
    'if (this.#taken !== undefined) return undefined;': [LONG],
    'if ((byte0 !== TEXT && byte0 !== BINARY) || !this.#isBetween()) return undefined;': [LONG],
    'const length7 = (bytes[offset + 1] ?? Infinity) - this.#flags;': [
      LONG,
      '(bytes[offset + 1] ?? Infinity) + this.#flags',
    ],
    'length7 > 126 ||': [LONG],
    'size < (length7 === 126 ? 126 : 0) ||': [LONG],
    'size > this.#maxShortBytes ||': [LONG],
    'start + size > bytes.length': [LONG, 'start + size >= bytes.length'],
    'if (!this.#judged) this.#judge(progress);': [ANEW, 'true'],
    "this.#judged = progress === 'length';": [ANEW, 'false', '""'],
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
    'this.#written = [...this.#written, ...writePending(pending, false)];': [
      'What is written before a `take` is forgotten in it, and so never given back.',
      'true',
    ],
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
  'given-frame': {
    'if (payload === bytes) return frame;': [SLOW, 'false'],
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
    'const BLOCK_BYTES = 16 * 1024;': ['Set while the module loads; the one test that loads it anew has no vectors.'],
    'piece.set(size === BLOCK_BYTES ? block : block.subarray(0, size));': [SLOW, 'false'],
    'return vectors === undefined ? (vectors = makeVectors()) : vectors;': [SLOW, 'true'],
  },
  'masking-key': {
    'if (next === BLOCK_KEYS) {': ['A key of its own block is as fresh, and only slower.', 'true'],
  },
  'message-progress': {
    '#text = false;': [INIT, 'true'],
  },
  'near-name': {
    'const [short, long] = one.length < other.length ? [one, other] : [other, one];': [
      'Of two that are as long, either is the longer.',
      'one.length <= other.length',
    ],
    'while (same < short.length && short[same] === long[same]) same++;': [SAME, 'true', 'same <= short.length'],
    'while (same < short.length && short.at(-1 - same) === long.at(-1 - same)) same++;': [
      SAME,
      'true',
      'same <= short.length',
    ],
  },
  options: {
    "return typeof value === 'string' && spec.values.includes(value);": [GUARD, 'true'],
  },
  'pull-transform': {
    'this.#pump(callback, false);': ['While an input waits, so do outputs, and nothing passes those by.', 'true'],
    'const flows = direct && this.readableFlowing === true && this.readableLength === 0;': [SLOW, 'false'],
    'if (!flows || this.errored !== null || this.destroyed) return this.push(output);': [SLOW, 'true'],
    "return this.emit('data', output) || this.push(output);": [SLOW, '""'],
  },
  rules: {
    'const most = lengthBytesMissing === 0 ? payloadBytes : payloadBytes + 256 ** lengthBytesMissing - 1;': [
      '256⁰ − 1 is 0.',
      'false',
    ],
  },
  'text-payload': {
    "const bytes = Buffer.from(text, 'utf8');": ['UTF-8 is what Node takes where nothing is said.'],
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
