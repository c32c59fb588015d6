/** What the tests of runs have in common: how long they wait, what they find, and faults that both roles can have. */
import type { WireResult } from '../../src/index.js';
import { echoes, type Faults, type Write } from './faulty.js';

/** Who is wrong is waited for so long in vain; who is not may be so slow on a busy machine. */
export const IN_VAIN = { patienceMs: 500, timeoutMs: 1000 };
export const IN_THE_END = { patienceMs: 2000, timeoutMs: 20_000 };

/** What is found, each once: played whole and byte by byte it is mostly the same. */
export function found(results: readonly WireResult[]): string[] {
  const lines = results.flatMap(({ findings }) => findings.map(({ deviation, text }) => `${deviation}: ${text}`));
  return [...new Set(lines.map((line) => line.replace('byte by byte: ', '')))];
}

type OnMessage = NonNullable<Faults['onMessage']>;

export function sends(opcode: number, hex: string): (write: Write) => void {
  return (write) => write(opcode, Buffer.from(hex, 'hex'));
}

/** What every run begins with is right. */
export function afterHello(otherwise: OnMessage): OnMessage {
  return (write, type, data) => (data.toString() === 'Hello' ? echoes : otherwise)(write, type, data);
}

/** Deaf from the second time on: the first message is the one that shows whether anybody echoes. */
export function once(listener: OnMessage): OnMessage {
  let calls = 0;
  return (...args) => (calls++ === 0 ? listener(...args) : undefined);
}

/** Fails nothing before it has two bytes. */
export const twoAtATime = {
  reads: (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length < 2 ? 0 : undefined),
};
