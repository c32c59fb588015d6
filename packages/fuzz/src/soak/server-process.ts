/* The server of the soak, in a process of its own: echoes, and tells about its memory. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { collectGarbage } from '../memory.js';

/** What it answers to `sample`. */
export interface ServerSample {
  /** Alive after a collection: bytes, buffers included. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly connections: number;
  /** Errors of connections since the last sample, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** What nobody caught. */
  readonly uncaught: readonly string[];
}

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
  return { heapBytes: heapUsed + arrayBuffers, residentBytes: rss, connections, errors: seen, uncaught };
}

process.on('message', (message) => {
  if (message === 'sample') process.send?.(sample());
});
// Whoever started it is gone: so are its clients.
process.on('disconnect', () => process.exit());

const { port } = await server.listen(0, '127.0.0.1');
process.send?.(port);
