// The globals of Node.js that @sokker/frame names, for bundlers that inject them.

export { Buffer } from './buffer.js';

export const process = {
  /** A task of its own: it comes after every microtask, as Node's tick comes after those of streams. */
  nextTick: (callback: () => void): void => void setTimeout(callback, 0),
};
