import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/** Memory in use: bytes. */
export interface MemoryInUse {
  readonly buffers: number;
  readonly heap: number;
}

/** Memory of buffers that is in use after a collection: bytes. */
export function bufferBytes(): number {
  gc();
  // It is freed beside the program, and the next collection, however small, waits for that.
  gc({ type: 'minor' });
  return process.memoryUsage().arrayBuffers;
}

/** What is in use of both after collections. Two full ones: of the heap, the first leaves up to a MiB of garbage. */
export function memoryInUse(): MemoryInUse {
  gc();
  gc();
  const { arrayBuffers: buffers, heapUsed: heap } = process.memoryUsage();
  return { buffers, heap };
}

/** Memory of objects that is in use after collections: bytes. */
export function heapBytes(): number {
  return memoryInUse().heap;
}

/** Memory of buffers and of objects that is in use after collections: bytes. */
export function usedBytes(): number {
  const { buffers, heap } = memoryInUse();
  return buffers + heap;
}
