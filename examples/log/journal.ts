// A file that only grows, line by line, and that says when a line is on the disk.
//
// Lines that come while the disk is busy wait and then leave together: one write, one flush for all of them. So a
// thousand messages in a burst cost a few flushes, and one message alone waits for exactly one.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const LINE_FEED = 0x0a;
const BLOCK_BYTES = 64 * 1024;

interface Batch {
  readonly lines: string[];
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Journal {
  readonly #file: FileHandle;
  /** What waits for the write that is under way. */
  #next: Batch | undefined;
  #writing: Promise<void> | undefined;
  /** The disk refused once: what reached it since is unknown, so nothing more is promised. */
  #failure: Error | undefined;
  #waitingCharacters = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens or creates the file. A last line that a crash tore was never acknowledged: it is cut off. */
  static async open(path: string): Promise<Journal> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await file.truncate(await endOfLastLine(file));
      await file.sync();
      await syncFolder(dirname(path));
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    return new Journal(await open(path, 'a'));
  }

  /** How much waits to be written: what to bound when the disk is slower than those who append. */
  get waitingCharacters(): number {
    return this.#waitingCharacters;
  }

  /** Resolves when the line has reached the disk. A record is one line: it is written as JSON. */
  append(record: unknown): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const line = `${JSON.stringify(record)}\n`;
    this.#waitingCharacters += line.length;
    this.#next ??= newBatch();
    this.#next.lines.push(line);
    const { written } = this.#next;
    this.#writing ??= this.#write();
    return written;
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    this.#failure ??= new Error('the journal is closed');
    await this.#file.close();
  }

  async #write(): Promise<void> {
    // What else is appended in this turn goes into the first batch.
    await Promise.resolve();
    for (let batch = this.#next; batch !== undefined; batch = this.#next) {
      this.#next = undefined;
      const text = batch.lines.join('');
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#file.writeFile(text);
        await this.#file.datasync();
        batch.resolve();
      } catch (error) {
        this.#failure ??= error as Error;
        batch.reject(error);
      }
      this.#waitingCharacters -= text.length;
    }
    this.#writing = undefined;
  }
}

function newBatch(): Batch {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const written = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { lines: [], written, resolve, reject };
}

/** The offset behind the last line feed; 0 where there is none. */
async function endOfLastLine(file: FileHandle): Promise<number> {
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let end = (await file.stat()).size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(LINE_FEED);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}

/** A new file is there after a power cut only if its folder is on the disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
