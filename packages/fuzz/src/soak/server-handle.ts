import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { SampleWhen, ServerSample } from './server-process.js';

/** The server's process, seen from the clients'. */
export class ServerHandle {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** @param script started with the flags of this process, so that the loader of sources goes along */
  static async start(script: string): Promise<ServerHandle> {
    const child = fork(script, [], { execArgv: process.execArgv });
    const [port] = (await next(child)) as [number];
    return new ServerHandle(child, port);
  }

  async sample(when: SampleWhen = 'now'): Promise<ServerSample> {
    const answer = next(this.#child);
    this.#child.send(when);
    const [sample] = (await answer) as [ServerSample];
    return sample;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

/** The next message; rejects where the process ends first. */
function next(child: ChildProcess): Promise<unknown[]> {
  const gone = new AbortController();
  const onExit = (code: number | null): void => gone.abort(new Error(`the server ended with ${code}`));
  child.once('exit', onExit);
  return once(child, 'message', { signal: gone.signal }).finally(() => child.off('exit', onExit));
}
