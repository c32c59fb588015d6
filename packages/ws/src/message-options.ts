import type { FlagOption, OptionTable } from '@sokker/frame';

/** What `send` takes. */
export interface MessageOptions {
  /** Whether it is a binary message; default: unless it is a string or a number. */
  binary?: boolean | undefined;
  /** Whether a negotiated extension may compress it; default true. */
  compress?: boolean | undefined;
  /** Whether it ends the message; default true. */
  fin?: boolean | undefined;
  /** Has no effect: a client masks, a server does not (RFC 6455 §5.1). */
  mask?: boolean | undefined;
}

const flag = (text: string): FlagOption => ({ kind: 'flag', default: true, text });

/** They are read, and not checked: to do so for every message would cost more than to send it. */
export const MESSAGE_OPTIONS = {
  binary: {
    kind: 'value',
    default: 'unless it is a string or a number',
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
    text: 'Whether it is a binary message.',
  },
  compress: flag('Whether a negotiated extension may compress it.'),
  fin: flag('Whether it ends the message.'),
  mask: flag('Has no effect: a client masks, a server does not.'),
} as const satisfies OptionTable;
