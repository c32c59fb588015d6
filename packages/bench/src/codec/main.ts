/**
 * The process that measures one codec on one row, so that none runs on code that another has warmed or spoilt.
 */
import { nextTick } from 'node:process';
import { checkAddon } from '../ws-addon.js';
import { makePayload } from '../load/payloads.js';
import { makeBatch } from './chunks.js';
import { makeDecoder } from './decoders.js';
import { makeEncoder } from './encoders.js';
import type { CodecJob, CodecResult, DecodeJob, EncodeJob } from './jobs.js';

const GATHERED_MESSAGES = 32;
/** Bytes encoded between two looks at the clock. */
const ENCODE_BATCH_BYTES = 1 << 20;
const MOST_TURNS = 4096;
const WARM_UP_SHARE = 0.5;

interface Pass {
  readonly messages: number;
  /** Not measured. */
  before(): void;
  run(): Promise<void>;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function repeat(pass: Pass, budgetMs: number): Promise<{ spentMs: number; messages: number }> {
  let spentMs = 0;
  let messages = 0;
  while (spentMs < budgetMs) {
    pass.before();
    const started = cpuMs();
    await pass.run();
    spentMs += cpuMs() - started;
    messages += pass.messages;
  }
  return { spentMs, messages };
}

function decodePass(job: DecodeJob): Pass {
  const batch = makeBatch(job.payload, job.bytes, job.feeding);
  const decoder = makeDecoder(job.subject);
  return {
    messages: batch.messages,
    before: () => batch.refill(),
    async run() {
      const expected = decoder.messages + batch.messages;
      await decoder.feed(batch.chunks);
      if (decoder.messages !== expected) throw new Error(`${expected - decoder.messages} messages did not come out`);
    },
  };
}

function encodePass(job: EncodeJob): Pass {
  const encode = makeEncoder(job.subject, job.sending);
  const payload = makePayload(job.payload, job.bytes);
  const data = job.payload === 'binary' ? payload : payload.toString();
  const perTurn = job.sending === 'gathered' ? GATHERED_MESSAGES : 1;
  const turns = Math.max(1, Math.min(MOST_TURNS, Math.floor(ENCODE_BATCH_BYTES / (job.bytes * perTurn))));
  return {
    messages: turns * perTurn,
    before() {},
    run: () =>
      new Promise((resolve) => {
        let left = turns;
        const turn = (): void => {
          encode(data, perTurn);
          if (--left === 0) resolve();
          else nextTick(turn);
        };
        turn();
      }),
  };
}

async function measure(job: CodecJob): Promise<CodecResult> {
  if (job.subject === 'ws-native') checkAddon(import.meta.url);
  const pass = job.kind === 'decode' ? decodePass(job) : encodePass(job);
  await repeat(pass, job.budgetMs * WARM_UP_SHARE);
  const { spentMs, messages } = await repeat(pass, job.budgetMs);
  return { nanoseconds: (spentMs * 1e6) / messages };
}

process.on('message', (job: CodecJob) => {
  measure(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
