import type { WriteStream } from 'node:tty';
import { perSecond } from './report.js';

/** Without a terminal a line is printed so rarely, so that logs stay short. */
const QUIET_MS = 5000;

/** One line that is written over and over; line after line, rarely, where there is no terminal. */
export class Progress {
  readonly #stream: Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  readonly #lines = new Map<string, string>();
  #last = -Infinity;

  constructor(stream: Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>) {
    this.#stream = stream;
  }

  show(target: string, executions: number, most: number, elapsedMs: number): void {
    const share = most === Infinity ? '' : ` of ${most}`;
    this.#lines.set(target, `${target}: ${executions}${share}, ${perSecond(executions, elapsedMs)} per second`);
    const line = [...this.#lines.values()].join('; ');
    // A line that is wider than the terminal could not be written over.
    const width = (this.#stream.columns ?? 80) - 1;
    if (this.#stream.isTTY === true) this.#stream.write(`\r\x1b[2K${line.slice(0, width)}`);
    else if (performance.now() - this.#last > QUIET_MS) {
      this.#stream.write(`${line}\n`);
      this.#last = performance.now();
    }
  }

  /** A target has ended. */
  clear(target: string): void {
    this.#lines.delete(target);
    if (this.#stream.isTTY === true) this.#stream.write('\r\x1b[2K');
  }
}
