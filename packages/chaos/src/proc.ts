/** What Linux knows about processes and this machine. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Resident memory of a process: bytes. */
export function residentBytes(pid: number | 'self' = 'self'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) * 1024;
}

/** How many files a process may hold open: the hard limit, which Node takes for itself at its start. */
export function openFileLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? '0';
  return hard === 'unlimited' ? Infinity : Number(hard);
}

/** Connections that this machine turned away or dropped because a listener was behind, since it started. */
export function listenDrops(): number {
  const [names = [], values = []] = readFileSync('/proc/net/netstat', 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('ListenOverflows')]) + Number(values[names.indexOf('ListenDrops')]);
}

/** Processor time of the calling process's main thread, which unlike the wall clock knows nothing of other processes. */
export class ThreadClock {
  readonly #file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  readonly #buffer = Buffer.alloc(64);

  /** Milliseconds on a processor. */
  now(): number {
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    return Number(this.#buffer.toString('latin1', 0, length).split(' ')[0]) / 1e6;
  }

  close(): void {
    closeSync(this.#file);
  }
}
