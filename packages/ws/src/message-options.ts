import type { OptionTable } from '@sokker/frame';
import { flag, option } from './shared-options.js';

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

/** They are read, and not checked: to do so for every message would cost more than to send it. */
export const MESSAGE_OPTIONS = {
  binary: option(
    'unless it is a string or a number',
    'true or false',
    (value) => typeof value === 'boolean',
    'Whether it is a binary message.',
  ),
  compress: flag(true, 'Whether a negotiated extension may compress it.'),
  fin: flag(true, 'Whether it ends the message.'),
  mask: flag(true, 'Has no effect: a client masks, a server does not.'),
} as const satisfies OptionTable;
