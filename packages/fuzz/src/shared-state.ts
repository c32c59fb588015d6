/** What the thread that executes and the one that watches share: counters, and the input at hand. */
const COUNTER_BYTES = 16;
const EXECUTIONS = 0;
const STOP = 1;
const INPUT_BYTES = 2;
const MAX_BYTES = 256 * 1024;

export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly #counters: Int32Array;
  readonly #input: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(COUNTER_BYTES + MAX_BYTES)) {
    this.buffer = buffer;
    this.#counters = new Int32Array(buffer, 0, COUNTER_BYTES / 4);
    this.#input = new Uint8Array(buffer, COUNTER_BYTES);
  }

  /** Executions that have begun; wraps at 2³². */
  get executions(): number {
    return Atomics.load(this.#counters, EXECUTIONS) >>> 0;
  }

  /** The input of the execution at hand. */
  get input(): Buffer {
    return Buffer.from(this.#input.slice(0, Atomics.load(this.#counters, INPUT_BYTES)));
  }

  get isStopped(): boolean {
    return Atomics.load(this.#counters, STOP) === 1;
  }

  stop(): void {
    Atomics.store(this.#counters, STOP, 1);
  }

  begin(input: Buffer): void {
    this.#input.set(input.length > MAX_BYTES ? input.subarray(0, MAX_BYTES) : input);
    Atomics.store(this.#counters, INPUT_BYTES, Math.min(input.length, MAX_BYTES));
    Atomics.add(this.#counters, EXECUTIONS, 1);
  }
}
