import { setImmediate as turn } from 'node:timers/promises';

export { settled } from '../streams.js';

/** Writes everything and closes; answers what the writer met: undefined, or an error. */
export async function send<In>(writable: WritableStream<In>, items: readonly In[]): Promise<unknown> {
  const writer = writable.getWriter();
  try {
    for (const item of items) await writer.write(item);
    await writer.close();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Reads to the end or the error, in the order in which a reader meets them. */
export async function receive(readable: ReadableStream<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  const reader = readable.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) items.push(step.value);
  } catch (error) {
    items.push((error as { code?: string }).code ?? error);
  }
  return items;
}

/** Whether a promise has settled after everything that is under way has happened. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  for (let i = 0; i < 4; i++) await turn();
  return done;
}
