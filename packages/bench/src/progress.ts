/** One line that says what is being measured: rewritten in place on a terminal, one line per row elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #started = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  row(index: number, total: number, id: string): (round: number, label: string) => void {
    const place = `[${index + 1}/${total}] ${id}`;
    if (!this.#stream.isTTY) {
      this.#stream.write(`${this.#clock()} ${place}\n`);
      return () => {};
    }
    return (round, label) => {
      const what = round === 0 ? 'warm-up' : `round ${round}`;
      this.#stream.write(`\r\x1b[K${this.#clock()} ${place}: ${what}, ${label.replaceAll('`', '')}`);
    };
  }

  /** A line that stays. */
  note(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? '\r\x1b[K' : ''}${text}\n`);
  }

  #clock(): string {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
