import type { Readable, TransformCallback } from 'node:stream';

/**
 * The error of a write that waits until what came before it was read. Node's Transform would drop that at once, and with it
 * frames that were intact.
 */
export interface LateFailure {
  readonly error: Error;
  readonly callback: TransformCallback;
}

/** Fails a write: at once where nothing waits to be read, else what is answered goes to `whenRead` after each `read`. */
export function failInOrder(stream: Readable, reason: unknown, callback: TransformCallback): LateFailure | undefined {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (stream.readableLength > 0) return { error, callback };
  callback(error);
  return undefined;
}

/** Fails the write if that was the last item; answers what waits on. */
export function whenRead(stream: Readable, failure: LateFailure): LateFailure | undefined {
  if (stream.readableLength > 0) return failure;
  // After the reader has had the item that this `read` returns.
  process.nextTick(failure.callback, failure.error);
  return undefined;
}
