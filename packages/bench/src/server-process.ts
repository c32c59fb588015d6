/** A server of the bench, as its own process: start, garbage collection, memory at rest, stop. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from './deadline.js';
import type { Peer } from './peers.js';
import { pinned } from './placement.js';
import { residentKiB } from './proc.js';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
/** Memory is at rest when two readings this far apart agree to within the tolerance. */
const REST_INTERVAL_MS = 200;
const REST_TOLERANCE_KIB = 64;
const REST_ATTEMPTS = 25;

export interface StartOptions {
  readonly processor: number | undefined;
  readonly deflate: boolean;
  readonly track: (child: { kill(): void }) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** The port that the server prints, or the reason why it did not come up. */
async function firstLine(child: Child): Promise<number> {
  let output = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 2000)));
  const reason = (): string =>
    /^\S*(?:Error|error)\b.*$/m.exec(complaint)?.[0] ?? complaint.trim().split('\n')[0] ?? '';
  const port = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => reject(new Error(reason() || 'ended at once')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('\n')) resolve(Number(output.split('\n')[0]));
    });
  });
  if (!(await within(port, START_TIMEOUT_MS))) throw new Error('did not start in time');
  return port;
}

export class ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly #child: Child;

  private constructor(child: Child, port: number) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.port = port;
  }

  /** @param track told of the process at once: one that never comes up has to end with the bench, too */
  static async start(peer: Peer, { processor, deflate, track }: StartOptions): Promise<ServerProcess> {
    const [command, args] = pinned(processor, peer.runtime, [peer.script]);
    const env = { ...process.env, ...peer.env, PORT: '0', DEFLATE: deflate ? '1' : '0', STOP_WITH_STDIN: '1' };
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    child.stdin.on('error', () => {});
    track({ kill: () => child.kill('SIGKILL') });
    try {
      return new ServerProcess(child, await firstLine(child));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Resident memory in KiB after a full garbage collection, once it no longer moves. */
  async restingKiB(): Promise<number> {
    // Twice: what finalizers of the first collection let go is found by the second.
    for (let i = 0; i < 2; i++) {
      this.#child.kill('SIGUSR2');
      await delay(REST_INTERVAL_MS);
    }
    let last = residentKiB(this.pid);
    for (let i = 0; i < REST_ATTEMPTS; i++) {
      await delay(REST_INTERVAL_MS);
      const now = residentKiB(this.pid);
      if (Math.abs(now - last) <= REST_TOLERANCE_KIB) return now;
      last = now;
    }
    return last;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
}
