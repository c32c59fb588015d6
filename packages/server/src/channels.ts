import { channel, type Channel } from 'node:diagnostics_channel';
import type { DecisionMessages } from './decision-messages.js';

/**
 * What a server decides. Each is counted in `metrics().decisions`, and published on node:diagnostics_channel as
 * `sokker:server:` and its name, whether or not anyone listens for events. Every message has `server`, and where it
 * concerns one, `connection` (before there is one: `remoteAddress`), beside what is named here: `DecisionMessages`.
 */
export const DECISIONS = {
  listen: 'it listens: `address`',
  open: 'a WebSocket was opened: `request`',
  refuse: 'an opening handshake was refused: `error`',
  close: 'a connection ended: `record`',
  error: 'something went wrong: `error`',
  slow: 'a connection reached maxBufferedBytes: `bufferedBytes`, `policy`',
  drop: 'a message for a slow connection was dropped: `bytes`',
  unresponsive: 'a connection answered no Ping and was ended: `misses`',
  idle: 'a connection had no messages for idleTimeoutMs and is closed',
  expire: 'a connection reached maxAgeMs and is closed',
  stall: 'a message was not complete after messageTimeoutMs; its connection is closed with 1008: `elapsedMs`',
  overBudget: 'maxRetainedBytes were reached; the connection that held most is closed with 1013: `retainedBytes`',
  drain: 'draining began: `connections`',
  drained: 'draining ended: `report`',
} as const satisfies Readonly<Record<keyof DecisionMessages, string>>;
export type Decision = keyof typeof DECISIONS;

const NAMES = Object.keys(DECISIONS) as Decision[];

/** The channels, by decision. */
export const channels = Object.fromEntries(NAMES.map((name) => [name, channel(`sokker:server:${name}`)])) as Readonly<
  Record<Decision, Channel>
>;
