/** A child process from the outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Call, Methods } from './actor.js';

/** The methods of an actor, as promises. */
export type Remote<M extends Methods> = {
  readonly [K in keyof M]: (...args: Parameters<M[K]>) => Promise<Awaited<ReturnType<M[K]>>>;
} & { readonly detach: () => Promise<void> };

export interface ProcessOptions {
  /** Old space of the heap: MiB; default: Node's own. */
  readonly heapMiB?: number;
  /** Hard limit of open files; default: that of this process. */
  readonly files?: number;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

const STOP_AFTER_MS = 1000;

export class ActorProcess {
  readonly uncaught: string[] = [];
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #calls = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; at: number }>;
  #next = 0;

  constructor(name: string, script: string, args: readonly string[], options: ProcessOptions = {}) {
    const { heapMiB, files } = options;
    const heap = heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`];
    const node = [process.execPath, '--expose-gc', ...heap, script, ...args];
    // The shell replaces itself, so that the process keeps its id.
    const command = files === undefined ? node : ['/bin/sh', '-c', `ulimit -n ${files}; exec "$@"`, 'sh', ...node];
    this.#name = name;
    this.#child = spawn(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve({ code, signal, at: performance.now() }));
      this.#child.once('error', () => resolve({ code: null, signal: null, at: performance.now() }));
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#calls.set(-1, { resolve: () => resolve(), reject });
    });
    this.#child.on('message', (answer: Answer) => this.#take(answer));
    void this.exited.then(({ code, signal }) => this.#abandon(`${name} ended (${signal ?? code})`));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The methods of the actor, once it is ready. */
  async remote<M extends Methods>(): Promise<Remote<M>> {
    await this.#ready;
    const call = (method: string, args: readonly unknown[]): Promise<unknown> => this.#call(method, args);
    const answer: unknown = new Proxy(
      {},
      {
        // A promise asks what it resolves with whether it is one too.
        get: (_, method) => (method === 'then' ? undefined : (...args: unknown[]) => call(String(method), args)),
      },
    );
    return answer as Remote<M>;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process: by hanging up, and by force where that is not enough. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    this.#child.kill('SIGCONT');
    if (this.#child.connected) this.#child.disconnect();
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_AFTER_MS);
    await ended;
    clearTimeout(timer);
  }

  /** At once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Tells it to end, and does not wait: it may have children of its own to end. */
  dismiss(): void {
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
  }

  #call(method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#calls.set(id, { resolve, reject });
      const call: Call = { id, method, args };
      this.#child.send(call, (error) => {
        if (error !== null) this.#settle(id, (waiting) => waiting.reject(new Error(`${this.#name}: ${error.message}`)));
      });
    });
  }

  #take(answer: Answer): void {
    if ('ready' in answer) this.#settle(-1, ({ resolve }) => resolve(undefined));
    else if ('uncaught' in answer) this.uncaught.push(answer.uncaught);
    else if ('error' in answer) this.#settle(answer.id, ({ reject }) => reject(new Error(answer.error)));
    else this.#settle(answer.id, ({ resolve }) => resolve(answer.result));
  }

  #settle(id: number, act: (waiting: Waiting) => void): void {
    const waiting = this.#calls.get(id);
    this.#calls.delete(id);
    if (waiting !== undefined) act(waiting);
  }

  #abandon(why: string): void {
    for (const id of [...this.#calls.keys()]) this.#settle(id, ({ reject }) => reject(new Error(why)));
  }
}
