import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Twice: memory of buffers is freed beside the program, and the second collection waits for that. */
function collect(): void {
  gc();
  gc();
}

/** Memory of buffers that is in use after a collection: bytes. */
export function bufferBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** Memory of objects that is in use after a collection: bytes. */
export function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
