/** What adapters give, which are often JavaScript: a slip in one must not read like a fault of what it adapts. */
import { UsageError } from './errors.js';
import { show } from './options.js';

/**
 * Bytes that an adapter gave, as a Buffer over the same memory.
 * @param what whose they are, for the error
 * @throws UsageError `ERR_SOKKER_ARGUMENT`
 */
export function givenBytes(what: string, given: unknown): Buffer {
  if (ArrayBuffer.isView(given)) return Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  throw new UsageError('ERR_SOKKER_ARGUMENT', `${what} must be a Buffer or Uint8Array, not ${show(given)}`);
}

/**
 * An error that says that the adapter is wrong, whatever it adapts did. Any other may be a refusal: `new URL` refuses with
 * a TypeError, and so do many WebSockets.
 * @throws UsageError
 */
export function passOn(error: unknown): void {
  if (error instanceof UsageError) throw error;
}

/**
 * What `create` of an adapter answered.
 * @throws UsageError `ERR_SOKKER_ARGUMENT` where it lacks one of the methods
 */
export function created<Made>(made: Made, ...methods: readonly (keyof Made & string)[]): Made {
  const object = Object(made) as Record<string, unknown>;
  if (methods.every((method) => typeof object[method] === 'function')) return made;
  const wanted = `an object with the methods ${methods.join(', ')}`;
  throw new UsageError('ERR_SOKKER_ARGUMENT', `what create returns must be ${wanted}, not ${show(made)}`);
}
