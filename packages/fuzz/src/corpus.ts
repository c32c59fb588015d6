/* Inputs on disk: a corpus has one file a target, an input in hexadecimal a line; a finding is a file of its own. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundFault } from './fuzzer.js';

/** Lines that a corpus file holds at most. */
const MAX_LINES = 200;
/** Longer inputs are not worth keeping. */
const MAX_KEPT_BYTES = 512;

export interface SavedFinding {
  readonly target: string;
  readonly seed: number;
  readonly kind: string;
  readonly message: string;
  readonly stack: readonly string[];
  readonly description: string;
  /** The minimised input. */
  readonly hex: string;
  readonly originalHex: string;
}

export function readCorpus(folder: string, target: string): Buffer[] {
  const path = join(folder, `${target}.txt`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'latin1').split('\n');
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'hex'));
}

/** Adds inputs, as far as there is room; answers how many. */
export function growCorpus(folder: string, target: string, found: readonly Uint8Array[]): number {
  const before = readCorpus(folder, target).map((input) => input.toString('hex'));
  const lines = new Set(before);
  for (const input of found) {
    if (lines.size >= MAX_LINES) break;
    if (input.length <= MAX_KEPT_BYTES) lines.add(Buffer.from(input).toString('hex'));
  }
  if (lines.size === before.length) return 0;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${target}.txt`), [...lines].map((line) => `${line}\n`).join(''));
  return lines.size - before.length;
}

/** Saves a finding; answers its path. */
export function saveFinding(folder: string, finding: SavedFinding): string {
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(`${finding.kind} ${finding.hex}`).digest('hex').slice(0, 12);
  const path = join(folder, `${finding.target}-${name}.json`);
  writeFileSync(path, `${JSON.stringify(finding, null, 2)}\n`);
  return path;
}

export function readFinding(path: string): SavedFinding {
  const saved = JSON.parse(readFileSync(path, 'utf8')) as Partial<SavedFinding>;
  if (typeof saved.target !== 'string' || typeof saved.hex !== 'string') throw new Error(`${path} is not a finding`);
  return saved as SavedFinding;
}

export function findingOf(target: string, seed: number, fault: FoundFault, description: string): SavedFinding {
  const { kind, message, stack, input, original } = fault;
  return {
    target,
    seed,
    kind,
    message,
    stack: stack.split('\n').map((line) => line.trim()),
    description,
    hex: Buffer.from(input).toString('hex'),
    originalHex: Buffer.from(original).toString('hex'),
  };
}
