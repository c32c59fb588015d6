import type { Violation } from '@sokker/handshake';

/** Why an opening handshake is refused here, beside the rules of the protocol. docs/errors.md is printed from it. */
export const VIOLATIONS = {
  ERR_SOKKER_PATH: { status: 404, section: 'RFC 9110 §15.5.5', text: 'no WebSocket is served at this path' },
  ERR_SOKKER_SERVER_CLOSING: { status: 503, section: 'RFC 9110 §15.6.4', text: 'the server is going away' },
  ERR_SOKKER_UPGRADE_FAULT: { status: 500, section: 'RFC 9110 §15.6.1', text: 'the upgrade function failed' },
  ERR_SOKKER_UPGRADE_TIMEOUT: {
    status: 504,
    section: 'RFC 9110 §15.6.5',
    text: 'the upgrade function did not answer within handshakeTimeoutMs',
  },
} as const satisfies Readonly<Record<string, Violation>>;
export type ViolationCode = keyof typeof VIOLATIONS;

/** What keeps a server from doing what it was asked. */
export const FAULTS = {
  ERR_SOKKER_ADDRESS_IN_USE: { text: 'is in use: stop the program that has it, or choose another' },
  ERR_SOKKER_ADDRESS_DENIED: { text: 'needs rights that this process lacks: choose a port from 1024 on' },
  ERR_SOKKER_ADDRESS: { text: 'cannot be listened on: choose an address of this machine' },
  ERR_SOKKER_SERVER_CLOSED: { text: 'the server was closed: make a new one' },
} as const;
export type FaultCode = keyof typeof FAULTS;
