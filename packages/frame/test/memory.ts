import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

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
