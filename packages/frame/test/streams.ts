import { Writable, type Readable, type Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { hex } from './wire.js';

/** A stream's items up to its end or its error, in the order in which a reader meets them. */
export async function collect(readable: Readable): Promise<unknown[]> {
  const items: unknown[] = [];
  try {
    for await (const item of readable) items.push(item);
  } catch (error) {
    items.push((error as { code?: string }).code ?? error);
  }
  return items;
}

/** The same by 'data', as `pipe` reads. */
export function flow(readable: Readable): Promise<unknown[]> {
  return new Promise((resolve) => {
    const items: unknown[] = [];
    readable.on('data', (item) => items.push(item));
    readable.on('error', (error: Error & { code?: string }) => items.push(error.code ?? error));
    readable.on('close', () => resolve(items));
  });
}

/** The same through a pipe into a slow stream. */
export async function piped(readable: Transform): Promise<unknown[]> {
  const items: unknown[] = [];
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(item, _, callback) {
      items.push(item);
      setImmediate(callback);
    },
  });
  let failure: NodeJS.ErrnoException | undefined;
  readable.on('error', (error) => {
    failure = error;
    sink.end();
  });
  await finished(readable.pipe(sink));
  if (failure !== undefined) items.push(failure.code ?? failure);
  return items;
}

/** Writes as a program does that waits for 'drain'. */
export async function feed(stream: Transform, items: readonly unknown[]): Promise<void> {
  for (const item of items) {
    if (stream.destroyed) return;
    if (!stream.write(item)) await turn();
  }
  stream.end();
}

/** Until everything that is under way has happened. */
export async function settled(turns = 4): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

/** As many empty binary frames from a server. */
export function tinyFrames(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => hex('82 00')));
}
