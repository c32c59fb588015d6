import type { PieceCoder } from '@sokker/frame';
import type { Engine } from '../src/direct-probe.js';
import { readDeflateOptions, type DeflateOptions } from '../src/options.js';
import { DeflateSession } from '../src/session.js';
import { WarmSet } from '../src/warm-set.js';

/** Both ways to drive zlib; every table runs under each. */
export const ENGINES: readonly Engine[] = ['direct', 'stream'];

/** Context takeover both ways over windows of 32 KiB, unless a test says otherwise. */
export const TAKEOVER: DeflateOptions = { preset: '336KiB' };

export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** A coder of the server's side whose agreement is exactly what its options say. */
export function session(engine: Engine, options: DeflateOptions = TAKEOVER): DeflateSession {
  const config = readDeflateOptions(options);
  const agreement = {
    server: { takeover: !config.serverNoContextTakeover, windowBits: config.serverMaxWindowBits },
    client: { takeover: !config.clientNoContextTakeover, windowBits: config.clientMaxWindowBits },
  };
  return new DeflateSession(agreement, 'server', config, new WarmSet(config.maxWarmConnections), engine);
}

/** The pieces that a coder gives for what it is handed. */
export async function pieces(coder: PieceCoder, input: Buffer, last: boolean): Promise<Buffer[]> {
  coder.write(input, last);
  const found: Buffer[] = [];
  for (let piece = await coder.read(); piece !== undefined; piece = await coder.read()) found.push(piece);
  return found;
}

/** One message through a coder, in the given chunks. */
export async function pass(coder: PieceCoder, chunks: readonly Buffer[]): Promise<Buffer> {
  const found: Buffer[] = [];
  for (const [index, chunk] of chunks.entries()) {
    found.push(...(await pieces(coder, chunk, index === chunks.length - 1)));
  }
  return Buffer.concat(found);
}

export function cutAt(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
}

/** Text that compresses about as JSON does; the same for the same size and seed. */
export function sampleText(size: number, seed = 1): Buffer {
  let state = seed;
  let text = '';
  while (text.length < size) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    text += `{"id":${state % 100000},"event":"${['trade', 'quote', 'order'][state % 3] ?? ''}"},`;
  }
  return Buffer.from(text.slice(0, size));
}

/** Bytes that do not compress; the same for the same size and seed. */
export function noise(size: number, seed = 1): Buffer {
  const found = Buffer.alloc(size);
  let state = seed | 1;
  for (let index = 0; index < size; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    found[index] = state;
  }
  return found;
}
