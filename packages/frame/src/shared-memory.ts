/** What is used of the process where there is one; imports would keep browsers out. */
interface Runtime {
  readonly process?: { getBuiltinModule?(name: string): { markAsUntransferable?(memory: ArrayBufferLike): void } };
}

const threads = (globalThis as Runtime).process?.getBuiltinModule?.('node:worker_threads');

/**
 * Marks memory that several views share. Whoever transferred the memory of one of them to another thread would take it
 * from all others; of memory that is marked Node.js 20 transfers a copy, and later versions refuse, as with its own pool.
 * Without effect where the runtime knows no such mark.
 */
export function markShared(memory: ArrayBufferLike): void {
  threads?.markAsUntransferable?.(memory);
}
