/** The rows measured in process, and the contestants that take their samples. */
import type { CodecJob, CodecResult, Feeding, Sending, SubjectName } from './codec/jobs.js';
import type { Contestant, Sample } from './interleave.js';
import type { PayloadKind } from './load/payloads.js';
import type { RowHead } from './results.js';
import type { WorkerProcess } from './worker-process.js';

export interface CodecRow extends RowHead {
  readonly rounds: number;
  readonly peers: readonly SubjectName[];
  readonly task: DecodeTask | EncodeTask;
}
interface DecodeTask {
  readonly kind: 'decode';
  readonly payload: PayloadKind;
  readonly bytes: number;
  readonly feeding: Feeding;
}
interface EncodeTask {
  readonly kind: 'encode';
  readonly payload: PayloadKind;
  readonly bytes: number;
  readonly sending: Sending;
}

const SIZES = [
  [16, '16 B'],
  [125, '125 B'],
  [1024, '1 KiB'],
  [16_384, '16 KiB'],
  [1_048_576, '1 MiB'],
] as const;
const PAYLOADS = [
  ['binary', 'binary'],
  ['ascii', 'ASCII text'],
  ['utf8', 'non-ASCII text'],
] as const;
const FEEDINGS = [
  ['reads', 'reads of 64 KiB'],
  ['frames', 'a frame at a time'],
  ['bytes', 'byte by byte'],
] as const;
const SENDINGS = [
  ['alone', 'one a turn'],
  ['gathered', '32 a turn'],
  ['masked', 'masked, one a turn'],
] as const;
const ROUNDS = 7;
/** A fresh process runs so much longer before its first sample: V8 compiles for some hundred milliseconds. */
const WARM_UP_BUDGETS = 4;
/** Encode has a bar up to this size; beyond it both do little but pass the payload on. */
const ENCODE_BAR_BYTES = 1024;
/** Byte by byte, `ws` takes time that grows with the square of the size: minutes for one message beyond this size. */
const WS_SINGLE_BYTES = 16_384;

function decodeRow(
  size: (typeof SIZES)[number],
  payload: (typeof PAYLOADS)[number],
  feeding: (typeof FEEDINGS)[number],
): CodecRow {
  const [bytes, sizeTitle] = size;
  const single = feeding[0] === 'bytes';
  const comparable = !single || bytes <= WS_SINGLE_BYTES;
  return {
    id: `decode-${feeding[0]}-${payload[0]}-${bytes}`,
    section: 'decode',
    title: `decode ${sizeTitle} ${payload[1]}, ${feeding[1]}`,
    unit: 'ns',
    subject: 'sokker',
    rounds: ROUNDS,
    peers: comparable ? ['ws', 'ws-native', 'sokker-core'] : ['sokker-core'],
    bars: comparable ? [{ against: 'ws', atMost: single ? 0.9 : 0.35, aim: 0.25 }] : [],
    task: { kind: 'decode', payload: payload[0], bytes, feeding: feeding[0] },
  };
}

function encodeRow(
  size: (typeof SIZES)[number],
  payload: (typeof PAYLOADS)[number],
  sending: (typeof SENDINGS)[number],
): CodecRow {
  const [bytes, sizeTitle] = size;
  return {
    id: `encode-${sending[0]}-${payload[0]}-${bytes}`,
    section: 'encode',
    title: `encode ${sizeTitle} ${payload[1]}, ${sending[1]}`,
    unit: 'ns',
    subject: 'sokker',
    rounds: ROUNDS,
    // Nothing native takes part in encoding unless it masks, and there is one path: the core is what runs.
    peers: sending[0] === 'masked' ? ['ws', 'ws-native'] : ['ws'],
    bars: bytes <= ENCODE_BAR_BYTES ? [{ against: 'ws', atMost: 0.8, aim: 0.6 }] : [],
    task: { kind: 'encode', payload: payload[0], bytes, sending: sending[0] },
  };
}

export const CODEC_ROWS: readonly CodecRow[] = [
  ...FEEDINGS.flatMap((feeding) => SIZES.flatMap((size) => PAYLOADS.map((kind) => decodeRow(size, kind, feeding)))),
  ...SENDINGS.flatMap((sending) => SIZES.flatMap((size) => PAYLOADS.map((kind) => encodeRow(size, kind, sending)))),
];

export const SUBJECT_LABELS = {
  ws: '`ws`',
  'ws-native': '`ws` with add-ons',
  sokker: 'Sokker',
  'sokker-core': 'Sokker, core alone',
} as const satisfies Record<SubjectName, string>;

/** What a subject's process needs to be told at its start. */
export const SUBJECT_ENV: Readonly<Record<SubjectName, Readonly<Record<string, string>>>> = {
  ws: { WS_NO_BUFFER_UTIL: '1' },
  'ws-native': {},
  sokker: {},
  'sokker-core': {},
};

export type CodecWorker = WorkerProcess<CodecJob, CodecResult>;

export class CodecContestant implements Contestant {
  readonly name: SubjectName;
  readonly label: string;
  readonly #worker: CodecWorker;
  readonly #row: CodecRow;
  readonly #budgetMs: number;

  /** @param worker of this row alone, since what ran before decides how V8 compiles what runs next */
  constructor(name: SubjectName, worker: CodecWorker, row: CodecRow, budgetMs: number) {
    this.name = name;
    this.label = SUBJECT_LABELS[name];
    this.#worker = worker;
    this.#row = row;
    this.#budgetMs = budgetMs;
  }

  async prepare(): Promise<void> {
    await this.#worker.stop();
    await this.#run(WARM_UP_BUDGETS * this.#budgetMs);
  }

  async sample(): Promise<Sample> {
    return { value: await this.#run(this.#budgetMs) };
  }

  dispose(): Promise<void> {
    return this.#worker.stop();
  }

  async #run(budgetMs: number): Promise<number> {
    return (await this.#worker.run({ ...this.#row.task, subject: this.name, budgetMs })).nanoseconds;
  }
}
