export type ConnectionState = 'open' | 'closing' | 'closed';

/**
 * The life of a connection (RFC 6455 §7.1); an absent cell is not allowed in that state. `fail` is ours, on a broken
 * rule or a fault; with `lose` the transport begins to end without a Close; `socketGone` is its end, whoever brought it
 * about.
 */
export const NEXT = {
  open: { sendClose: 'closing', receiveClose: 'closing', fail: 'closing', lose: 'closing', socketGone: 'closed' },
  closing: { receiveClose: 'closing', fail: 'closing', lose: 'closing', socketGone: 'closed' },
  closed: {},
} as const satisfies Record<ConnectionState, Partial<Record<string, ConnectionState>>>;
