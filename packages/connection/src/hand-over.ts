import { reclaim } from '@sokker/frame';
import type { Duplex } from 'node:stream';

/**
 * Writes pieces to a duplex, together, and gives back the memory of the last, which is mostly the only one, where nobody
 * has it any more.
 * @param givesBack whether the duplex keeps nothing that it has passed on: see `keepsNothing`
 * @param callback called when the duplex has taken all of them
 */
export function handOver(duplex: Duplex, pieces: Buffer[], givesBack: boolean, callback?: () => void): void {
  const many = pieces.length > 1;
  if (many) duplex.cork();
  const last = pieces.pop();
  for (const piece of pieces) duplex.write(piece);
  if (last !== undefined) duplex.write(last, callback);
  if (many) duplex.uncork();
  if (givesBack && last !== undefined && duplex.writableLength === 0) reclaim(last);
}
