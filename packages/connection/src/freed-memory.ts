// Hot path: glibc returns freed memory to the system, and each 4 KiB that are taken anew cost a page fault. An echo of 1 MiB
// took 100 to 180 of them, and on a virtual machine five times as long for it (packages/bench, row "1 MiB binary echo"). Of
// itself it keeps more once a program has freed a large block, unless MALLOC_TRIM_THRESHOLD_ or the like is set. So one is
// given to the garbage collector here; nothing is written to it, so that it takes no memory meanwhile.
import { Buffer } from 'node:buffer';

/** Just below the largest that glibc takes note of. Of 16 MiB one process in five saw nothing. */
const BLOCK_BYTES = 31 * 1024 * 1024;

let isKept = false;

/**
 * Has the C library keep up to 62 MiB of freed memory, of what was in use before, for what comes next. For those who see
 * that much comes at a time; only the first call of a thread does anything.
 */
export function keepFreedMemory(): void {
  if (isKept) return;
  isKept = true;
  try {
    Buffer.allocUnsafeSlow(BLOCK_BYTES);
  } catch {
    // Where address space is scarce memory is returned as ever.
  }
}
