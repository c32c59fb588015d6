/**
 * The ways in which a network may cut the same bytes. A receiver must answer the same in all of them, so the runners
 * feed every fixture through {@link chunkings}.
 */
import { checkOptions, CHUNKING_OPTIONS } from './options.js';
import { random } from './random.js';

const HEAD_SPLITS = 64;

/** One way of cutting: a name for messages, and pieces that together are the bytes. */
export interface Chunked {
  readonly name: string;
  /** Views of one fresh copy, so that a receiver may write into them. */
  readonly chunks: readonly Buffer[];
}

/** Options of {@link chunkings}. */
export interface ChunkingOptions {
  /** Seed of the random cuts, integer 0…2³²−1, default 1. */
  readonly seed?: number | undefined;
  /** How many random cuts, default 2. */
  readonly randomCuts?: number | undefined;
  /**
   * Most split positions tried, default 512. Shorter input is split at every offset; longer input at the first and last
   * quarter of that number and evenly between.
   */
  readonly maxSplits?: number | undefined;
}

/** Everything in one piece. */
export function whole(bytes: Uint8Array): Chunked {
  return { name: 'whole', chunks: [Buffer.from(bytes)] };
}

/** One byte per piece. */
export function oneByte(bytes: Uint8Array): Chunked {
  const copy = Buffer.from(bytes);
  return { name: 'one byte at a time', chunks: Array.from(copy, (_, at) => copy.subarray(at, at + 1)) };
}

/** Two pieces, the second starting at `offset`. */
export function splitAt(bytes: Uint8Array, offset: number): Chunked {
  const copy = Buffer.from(bytes);
  return { name: `split at ${offset}`, chunks: [copy.subarray(0, offset), copy.subarray(offset)] };
}

/** Pieces of random sizes, some of them empty; the same seed gives the same cuts. */
export function randomCuts(bytes: Uint8Array, seed: number): Chunked {
  const copy = Buffer.from(bytes);
  const next = random(seed);
  const chunks: Buffer[] = [];
  const most = 1 + Math.floor(next() * Math.min(copy.length, 64));
  for (let from = 0; from < copy.length;) {
    const size = Math.floor(next() * (most + 1));
    chunks.push(copy.subarray(from, from + size));
    from += size;
  }
  return { name: `random cuts, seed ${seed}`, chunks };
}

/**
 * All of the above, lazily: whole, one byte at a time, split once at every offset, random.
 * @throws UsageError `ERR_SOKKER_OPTION` when it is first asked for a way
 */
export function* chunkings(bytes: Uint8Array, options: ChunkingOptions = {}): Generator<Chunked> {
  checkOptions('chunkings', CHUNKING_OPTIONS, options);
  const { seed = CHUNKING_OPTIONS.seed.default } = options;
  const { randomCuts: cuts = CHUNKING_OPTIONS.randomCuts.default } = options;
  const { maxSplits = CHUNKING_OPTIONS.maxSplits.default } = options;
  yield whole(bytes);
  yield oneByte(bytes);
  for (const offset of splitOffsets(bytes.length, maxSplits)) yield splitAt(bytes, offset);
  for (let cut = 0; cut < cuts; cut++) yield randomCuts(bytes, seed + cut);
}

/** As `chunkings`, for the head of a handshake: split at 64 offsets at most, unless the options say otherwise. */
export function* headChunkings(bytes: Uint8Array, options: ChunkingOptions = {}): Generator<Chunked> {
  checkOptions('chunkings', CHUNKING_OPTIONS, options);
  const { maxSplits = HEAD_SPLITS } = options;
  yield* chunkings(bytes, { ...options, maxSplits });
}

function splitOffsets(length: number, most: number): number[] {
  const all = length - 1;
  if (all <= most) return Array.from({ length: Math.max(all, 0) }, (_, at) => at + 1);
  const edge = Math.floor(most / 4);
  const middle = most - 2 * edge;
  const step = (all - 2 * edge) / (middle + 1);
  const between = Array.from({ length: middle }, (_, at) => edge + Math.round((at + 1) * step));
  const first = Array.from({ length: edge }, (_, at) => at + 1);
  const last = Array.from({ length: edge }, (_, at) => all - edge + at + 1);
  return [...first, ...between, ...last];
}
