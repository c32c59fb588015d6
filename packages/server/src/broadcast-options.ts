import type { MessageType, OptionTable } from '@sokker/frame';
import { ServerConnection } from './server-connection.js';

export interface BroadcastOptions<Context = unknown> {
  /** A topic, or connections; default: every client. */
  to?: string | Iterable<ServerConnection<Context>> | undefined;
  /** Who is left out: a topic, a connection, or several. */
  except?: string | ServerConnection<Context> | Iterable<ServerConnection<Context>> | undefined;
  /** With the policy 'keep-latest': where a message waits under this key, it gives up its place to this one. */
  key?: string | undefined;
  /** Default: text for a string, binary for bytes. */
  type?: MessageType | undefined;
  /** Whether a negotiated extension may compress it; default true. */
  compress?: boolean | undefined;
}

export const BROADCAST_OPTIONS = {
  to: {
    kind: 'value',
    default: 'every client',
    expected: 'the name of one topic, or an iterable of connections',
    accepts: (value) => typeof value === 'string' || isIterable(value),
    text: 'Who gets it: those who joined a topic, or the connections given.',
  },
  except: {
    kind: 'value',
    default: 'nobody',
    expected: 'the name of one topic, a connection, or an iterable of connections',
    accepts: (value) => typeof value === 'string' || value instanceof ServerConnection || isIterable(value),
    text: 'Who is left out: those who joined a topic, or the connections given.',
  },
  key: {
    kind: 'value',
    default: 'none',
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    text: "With onSlow 'keep-latest': where a message waits under this key, it gives up its place to this one.",
  },
  type: {
    kind: 'value',
    default: "'text' for a string, 'binary' for bytes",
    expected: "'text' or 'binary'",
    accepts: (value) => value === 'text' || value === 'binary',
    text: 'The type of the message. Text that is given as bytes must be valid UTF-8; that is not checked.',
  },
  compress: {
    kind: 'flag',
    default: true,
    text: 'Whether a negotiated extension may compress the message.',
  },
} as const satisfies OptionTable;

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
