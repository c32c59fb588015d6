// The workers behind the port, which the primary process holds. One is told to end only when another listens in its
// place, so that the port is never without.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fail, StartError } from '../program.js';

export class Team {
  /** With when they are gone. */
  readonly #workers = new Map<Worker, Promise<unknown>>();
  #restarting = Promise.resolve();
  #isEnding = false;

  /** @returns the port, the same for all */
  async start(count: number): Promise<number> {
    const ports = await Promise.all(Array.from({ length: count }, () => this.#add()));
    return Math.max(...ports);
  }

  /** Replaces all, one after the other. Asked again meanwhile, it does so again. */
  restart(): void {
    this.#restarting = this.#restarting.then(() => this.#replaceAll()).catch(this.#onError);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([...this.#workers].map(([worker, gone]) => dismiss(worker, gone)));
  }

  async #replaceAll(): Promise<void> {
    for (const [worker, gone] of [...this.#workers]) {
      if (this.#isEnding) return;
      await this.#add();
      await dismiss(worker, gone);
    }
  }

  /** Resolves when it listens: with the port. */
  async #add(): Promise<number> {
    const worker = cluster.fork();
    const gone = once(worker, 'exit').then(() => this.#workers.delete(worker));
    this.#workers.set(worker, gone);
    const [address] = (await Promise.race([once(worker, 'listening'), gone.then(refuse)])) as [AddressInfo];
    // From here on it is replaced, should it end without having been told to.
    void gone.then(() => {
      if (this.#isEnding || worker.exitedAfterDisconnect) return;
      console.error(`Worker ${worker.process.pid ?? ''} is lost; another takes its place.`);
      this.#add().catch(this.#onError);
    });
    return address.port;
  }

  readonly #onError = (error: unknown): void => {
    if (!this.#isEnding) fail(error);
  };
}

async function dismiss(worker: Worker, gone: Promise<unknown>): Promise<void> {
  worker.process.kill('SIGTERM');
  await gone;
}

function refuse(): never {
  throw new StartError('A worker ended before it listened: see what it said above.');
}
