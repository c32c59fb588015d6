// The sending process: starts the receiving one, sends one message to it, and compares what both saw.
import { connect, type Connection } from '@sokker/client';
import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { content } from './content.js';
import { Growth } from './growth.js';
import type { Seen } from './receiver.js';

export interface UploadOptions {
  readonly bytes: number;
  /** One frame of the declared length, or fragments. */
  readonly form: 'frame' | 'fragments';
  readonly kind: 'text' | 'binary';
  /** Where the receiver writes; default: a temporary directory. */
  readonly directory?: string | undefined;
}

export interface UploadReport {
  readonly form: string;
  readonly kind: string;
  readonly seconds: number;
  readonly sent: Seen;
  readonly received: Seen;
}

export type Progress = (done: number, total: number, bytesPerSecond: number) => void;

const PROGRESS_EVERY_MS = 200;
/** Memory is compared with what it was when this much had passed, or half of the message: Node.js 26 collects late. */
const WARM_UP_BYTES = 256 * 2 ** 20;

export async function upload(
  options: UploadOptions,
  onProgress: Progress | undefined,
  signal?: AbortSignal,
): Promise<UploadReport> {
  const directory = await mkdtemp(join(options.directory ?? tmpdir(), 'sokker-upload-'));
  const warmUpBytes = Math.min(WARM_UP_BYTES, options.bytes / 2);
  const receiver = fork(join(import.meta.dirname, 'receiver.ts'), [directory, String(warmUpBytes)]);
  try {
    return await send(options, await portOf(receiver), warmUpBytes, onProgress, signal);
  } finally {
    if (receiver.connected) receiver.disconnect();
    await rm(directory, { recursive: true, force: true });
  }
}

async function send(
  { bytes, form, kind }: UploadOptions,
  port: number,
  warmUpBytes: number,
  onProgress: Progress | undefined,
  signal: AbortSignal | undefined,
): Promise<UploadReport> {
  const connection = await connect(`ws://127.0.0.1:${port}/upload`, { signal });
  const growth = new Growth();
  const hash = createHash('sha256');
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  let done = 0;
  const timer = setInterval(() => onProgress?.(done, bytes, done / seconds()), PROGRESS_EVERY_MS);
  const source = function* (): Generator<Buffer> {
    for (const piece of content(kind, bytes, hash)) {
      done += piece.length;
      if (done >= warmUpBytes) growth.warm();
      yield piece;
    }
  };
  try {
    const sending = connection.sendStream(source(), {
      type: kind,
      bytes: form === 'frame' ? bytes : undefined,
      signal,
    });
    const [, received] = await Promise.all([sending, answerOf(connection)]);
    onProgress?.(bytes, bytes, bytes / seconds());
    const sent = { bytes: done, sha256: hash.digest('hex'), growthMib: growth.stop() };
    return { form, kind, seconds: Math.round(seconds() * 10) / 10, sent, received };
  } finally {
    clearInterval(timer);
    await connection.close();
  }
}

/** What the receiver says when it has everything. */
async function answerOf(connection: Connection): Promise<Seen> {
  for await (const message of connection) return message.json() as Seen;
  throw new Error('the connection ended before the receiver had answered');
}

async function portOf(receiver: ChildProcess): Promise<number> {
  const started = once(receiver, 'message').then(([port]) => port as number);
  const ended = once(receiver, 'exit').then(() => {
    throw new Error('the receiving process ended before it listened');
  });
  return Promise.race([started, ended]);
}
