/** All faults, in the order in which they are played. */
import { F01 } from './faults/f01-slow-handshake.js';
import { F02 } from './faults/f02-connection-flood.js';
import { F03 } from './faults/f03-never-reading.js';
import { F04 } from './faults/f04-ping-flood.js';
import { F05 } from './faults/f05-tiny-pieces.js';
import { F06 } from './faults/f06-empty-frames.js';
import { F07 } from './faults/f07-declared-length.js';
import { F08 } from './faults/f08-half-message.js';
import { F09 } from './faults/f09-inflate-bombs.js';
import { F10 } from './faults/f10-deflate-memory.js';
import { F11 } from './faults/f11-compressed-secrets.js';
import { F12 } from './faults/f12-giant-headers.js';
import { F13 } from './faults/f13-smuggling.js';
import { F14 } from './faults/f14-bursts.js';
import { F15 } from './faults/f15-frozen-peers.js';
import { F16 } from './faults/f16-log-injection.js';
import { F17 } from './faults/f17-handlers.js';
import { F18 } from './faults/f18-killed-clients.js';
import { F19 } from './faults/f19-origins.js';
import { F20 } from './faults/f20-slow-parsing.js';
import { F21 } from './faults/f21-http2.js';
import { F22 } from './faults/f22-drain.js';
import { F23 } from './faults/f23-reconnect-storm.js';
import { F24 } from './faults/f24-leaks.js';
import { F25 } from './faults/f25-event-order.js';
import { F26 } from './faults/f26-paused.js';
import { F27 } from './faults/f27-response-splitting.js';
import { F30 } from './faults/f30-clock-jumps.js';
import { F31 } from './faults/f31-memory-pressure.js';
import { F32 } from './faults/f32-faulty-streams.js';
import { STUCK } from './faults/stuck-client.js';
import { ROLLING } from './faults/rolling-restart.js';
import { CORPUS } from './faults/corpus.js';
import type { Fault } from './stage.js';

export const FAULTS: readonly Fault[] = [
  F01,
  F02,
  F03,
  F04,
  F05,
  F06,
  F07,
  F08,
  F09,
  F10,
  F11,
  F12,
  F13,
  F14,
  F15,
  F16,
  F17,
  F18,
  F19,
  F20,
  F21,
  F22,
  F23,
  F24,
  F25,
  F26,
  F27,
  F30,
  F31,
  F32,
  STUCK,
  ROLLING,
  CORPUS,
];

export function findFault(id: string): Fault | undefined {
  return FAULTS.find((fault) => fault.id.toLowerCase() === id.toLowerCase());
}
