/** The options of runs against endpoints that are running. */
import type { OptionTable } from '../options.js';

const WIRE_OPTIONS = {
  only: {
    kind: 'value',
    default: 'all',
    expected: 'a RegExp',
    accepts: (value) => value instanceof RegExp,
    text: 'The fixtures to run, by their ids.',
  },
  patienceMs: {
    kind: 'number',
    default: 250,
    unit: 'milliseconds',
    min: 1,
    max: 60_000,
    infinity: false,
    text: 'How long a failure that is due may take before it counts as late, or as missing.',
  },
  timeoutMs: {
    kind: 'number',
    default: 5000,
    unit: 'milliseconds',
    min: 1,
    max: 60_000,
    infinity: false,
    text: "How long what must come may take, a client's next connection too.",
  },
} as const satisfies OptionTable;

export const SERVER_TEST_OPTIONS = {
  ...WIRE_OPTIONS,
  connections: {
    kind: 'number',
    default: 8,
    unit: 'connections',
    min: 1,
    max: 1000,
    infinity: false,
    text: 'How many are open at a time.',
  },
} as const satisfies OptionTable;

export const CLIENT_TEST_OPTIONS = {
  port: {
    kind: 'number',
    default: 0,
    unit: 'port',
    min: 0,
    max: 65_535,
    infinity: false,
    text: 'Where to listen; 0: any that is free.',
  },
  host: {
    kind: 'value',
    default: "'127.0.0.1'",
    expected: 'a string',
    accepts: (value) => typeof value === 'string',
    text: 'The address to listen at.',
  },
  onListening: {
    kind: 'value',
    default: 'nobody is told',
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    text: 'Called with the URL that the client is to connect to, once somebody listens there.',
  },
  ...WIRE_OPTIONS,
  signal: {
    kind: 'value',
    default: 'none',
    expected: 'an AbortSignal',
    accepts: (value) => value instanceof AbortSignal,
    text: "Ends the run, which rejects with the signal's reason.",
  },
} as const satisfies OptionTable;
