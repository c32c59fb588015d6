/** All faults, in the order in which they are played. */
import { F01 } from './faults/f01-slow-handshake.js';
import { F02 } from './faults/f02-connection-flood.js';
import { F03 } from './faults/f03-never-reading.js';
import { F04 } from './faults/f04-ping-flood.js';
import { F05 } from './faults/f05-tiny-pieces.js';
import { F06 } from './faults/f06-empty-frames.js';
import { F07 } from './faults/f07-declared-length.js';
import { F08 } from './faults/f08-half-message.js';
import type { Fault } from './stage.js';

export const FAULTS: readonly Fault[] = [F01, F02, F03, F04, F05, F06, F07, F08];

export function findFault(id: string): Fault | undefined {
  return FAULTS.find((fault) => fault.id.toLowerCase() === id.toLowerCase());
}
