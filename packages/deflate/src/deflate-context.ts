import { constants, type DeflateRaw } from 'node:zlib';
import { PoolRegistry, type Reusable } from './context-pool.js';
import { DirectContext } from './direct-context.js';
import type { Engine } from './direct-probe.js';
import { deflateStream, type DeflateSettings } from './streams.js';

const { Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;

/** Where every deflater of the process writes to; room for what 16 KiB can become at worst, as a rule. */
const OUTPUT = Buffer.alloc(20 * 1024);

/** The empty block that a flush ends with, which does not travel (RFC 7692 §7.2.1). */
const TAIL_BYTES = 4;

/** zlib's deflater, written to directly or through its stream. */
export class DeflateContext implements Reusable {
  readonly #stream: DeflateRaw;
  readonly #direct: DirectContext | undefined;
  /** What the job under way has given so far. */
  #parts: Buffer[] = [];

  constructor(settings: DeflateSettings, engine: Engine) {
    this.#stream = deflateStream(settings);
    this.#stream.on('data', (part: Buffer) => this.#parts.push(part));
    if (engine === 'direct') this.#direct = new DirectContext(this.#stream);
  }

  get broken(): boolean {
    return this.#stream.destroyed;
  }

  /**
   * Deflates on this thread; undefined where that is not possible. `last` flushes and takes the tail off.
   * @returns a buffer of its own, perhaps empty unless `last`
   */
  deflate(input: Buffer, last: boolean): Buffer | undefined {
    const direct = this.#direct;
    if (direct === undefined) return undefined;
    const parts: Buffer[] = [];
    let offset = 0;
    do {
      direct.run(last ? Z_SYNC_FLUSH : Z_NO_FLUSH, input, offset, OUTPUT);
      offset += direct.consumed;
      parts.push(Buffer.from(OUTPUT.subarray(0, direct.produced)));
    } while (direct.produced === OUTPUT.length);
    const [first] = parts;
    return cut(first !== undefined && parts.length === 1 ? first : Buffer.concat(parts), last);
  }

  /** The same in the thread pool. Nothing else may be done with this context until the promise settles. */
  deflateInPool(input: Buffer, last: boolean): Promise<Buffer> {
    const stream = this.#stream;
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => {
        stream.off('error', reject);
        if (error) reject(error);
        else resolve(cut(this.#takeParts(), last));
      };
      stream.once('error', reject);
      if (!last) return void stream.write(input, done);
      if (input.length > 0) stream.write(input);
      stream.flush(Z_SYNC_FLUSH, done);
    });
  }

  #takeParts(): Buffer {
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    return whole;
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.destroy();
  }
}

function cut(output: Buffer, last: boolean): Buffer {
  return last ? output.subarray(0, -TAIL_BYTES) : output;
}

/** Contexts for reuse, by settings and engine. */
export const deflatePools = new PoolRegistry(
  (key: DeflateSettings & { readonly engine: Engine }) => new DeflateContext(key, key.engine),
  ({ windowBits, level, memLevel, engine }) => `${windowBits} ${level} ${memLevel} ${engine}`,
);
