import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** A full garbage collection, whether or not the process was started with --expose-gc. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // Twice: memory of buffers is freed beside the program, and the second collection waits for that.
  collect();
  collect();
}

/** Heap and array buffers that are alive: bytes. */
export function liveBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** How much memory lives because of what `make` answers: bytes. */
export function heldBytes(make: () => unknown): number {
  const before = liveBytes();
  const held = make();
  const bytes = liveBytes() - before;
  // Named after the measurement, so that it is not collected before.
  return held === undefined ? 0 : bytes;
}
