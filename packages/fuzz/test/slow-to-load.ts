/* Targets of a module that takes longer to load than an execution may take. */
import { isMainThread } from 'node:worker_threads';
import { sound } from './planted.js';

// The main thread loads it too, to know its targets: nobody waits for that.
if (!isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);

export const targets = [sound];
