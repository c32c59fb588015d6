/* The server of the soak, in a process of its own: echoes, and tells about its memory. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { setTimeout as delay } from 'node:timers/promises';
import { collectGarbage } from '../memory.js';

/** When it is to answer with a sample; it does not wait longer than `EMPTY_MS` for the last connection to go. */
export type SampleWhen = 'now' | 'once it is empty';

/** What it answers. */
export interface ServerSample {
  /** Alive after a collection: bytes, buffers included. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly connections: number;
  /** Errors of connections since the last sample, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** What nobody caught since the last sample. */
  readonly uncaught: readonly string[];
}

const EMPTY_MS = 10_000;
const errors = new Map<string, number>();
const uncaught: string[] = [];
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) =>
    uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
}

const server = new SokkerServer({ extensions: [permessageDeflate({ thresholdBytes: 256 })] });
server.on('message', ({ data, type }, connection) => connection.send(data, { type }));
server.on('error', (error) => {
  const { code = error.name } = error;
  errors.set(code, (errors.get(code) ?? 0) + 1);
});

function sample(): ServerSample {
  collectGarbage();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const seen = Object.fromEntries(errors);
  errors.clear();
  const { connections } = server.metrics();
  return {
    heapBytes: heapUsed + arrayBuffers,
    residentBytes: rss,
    connections,
    errors: seen,
    uncaught: uncaught.splice(0),
  };
}

async function answer(when: SampleWhen): Promise<void> {
  const end = performance.now() + EMPTY_MS;
  while (when === 'once it is empty' && server.metrics().connections > 0 && performance.now() < end) await delay(20);
  process.send?.(sample());
}

process.on('message', (when: SampleWhen) => void answer(when));
// Whoever started it is gone: so are its clients.
process.on('disconnect', () => process.exit());

const { port } = await server.listen(0, '127.0.0.1');
process.send?.(port);
