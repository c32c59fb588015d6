import { reclaim } from '@sokker/frame';
import type { Duplex } from 'node:stream';
import { keepsNothing } from './plain-socket.js';

/**
 * Writes pieces to a duplex, together, and gives back the memory of the last, which is mostly the only one, where nobody
 * has it any more.
 * @param callback called when the duplex has taken all of them
 */
export function handOver(duplex: Duplex, pieces: Buffer[], callback: (() => void) | undefined): void {
  const many = pieces.length > 1;
  if (many) duplex.cork();
  const last = pieces.pop();
  for (const piece of pieces) duplex.write(piece);
  if (last !== undefined) duplex.write(last, callback);
  if (many) duplex.uncork();
  if (last !== undefined && duplex.writableLength === 0 && keepsNothing(duplex)) reclaim(last);
}
