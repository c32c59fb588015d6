import type { Violation } from '@sokker/handshake';

/** Seconds; short, since what they wait for passes by itself. */
const RETRY_AFTER = ['Retry-After', '5'];

/** Why an opening handshake is refused here, beside the rules of the protocol. docs/errors.md is printed from it. */
export const VIOLATIONS = {
  ERR_SOKKER_PATH: { status: 404, section: 'RFC 9110 §15.5.5', text: 'no WebSocket is served at this path' },
  ERR_SOKKER_SUBPROTOCOL_REQUIRED: {
    status: 400,
    section: 'RFC 6455 §4.2.2',
    text: 'the client offers none of the subprotocols spoken here',
  },
  ERR_SOKKER_SERVER_CLOSING: { status: 503, section: 'RFC 9110 §15.6.4', text: 'the server is going away' },
  ERR_SOKKER_TOO_MANY_CONNECTIONS: {
    status: 503,
    headers: RETRY_AFTER,
    section: 'RFC 9110 §15.6.4',
    text: 'the server has maxConnections',
  },
  ERR_SOKKER_TOO_MANY_FROM_ADDRESS: {
    status: 429,
    headers: RETRY_AFTER,
    section: 'RFC 6585 §4',
    text: 'there are maxConnectionsPerAddress from this address',
  },
  ERR_SOKKER_TOO_MANY_HANDSHAKES: {
    status: 503,
    headers: RETRY_AFTER,
    section: 'RFC 9110 §15.6.4',
    text: 'more than maxHandshakesPerSecond come',
  },
  ERR_SOKKER_TOO_MANY_HANDSHAKES_FROM_ADDRESS: {
    status: 429,
    headers: RETRY_AFTER,
    section: 'RFC 6585 §4',
    text: 'more than maxHandshakesPerSecondPerAddress come from this address',
  },
  ERR_SOKKER_UPGRADE_FAULT: { status: 500, section: 'RFC 9110 §15.6.1', text: 'the upgrade function failed' },
  ERR_SOKKER_UPGRADE_TIMEOUT: {
    status: 504,
    section: 'RFC 9110 §15.6.5',
    text: 'the upgrade function did not answer within handshakeTimeoutMs',
  },
} as const satisfies Readonly<Record<string, Violation>>;
/** Why a connection is closed here, beside the rules of the protocol. */
export const CLOSURES = {
  ERR_SOKKER_MESSAGE_TIMEOUT: {
    closeCode: 1008,
    section: 'RFC 6455 §10.4',
    text: 'a message was not whole after messageTimeoutMs',
  },
  ERR_SOKKER_OVER_BUDGET: {
    closeCode: 1013,
    section: 'RFC 6455 §10.4',
    text: 'maxRetainedBytes were reached, and this connection held most',
  },
} as const satisfies Readonly<Record<string, { closeCode: number; section: string; text: string }>>;
export type ClosureCode = keyof typeof CLOSURES;

export type ViolationCode = keyof typeof VIOLATIONS;

/** What keeps a server from doing what it was asked. */
export const FAULTS = {
  ERR_SOKKER_ADDRESS_IN_USE: { text: 'is in use: stop the program that has it, or choose another' },
  ERR_SOKKER_PATH_IN_USE: {
    text: 'is in use: stop the program that has it, remove the file where that has died, or choose another',
  },
  ERR_SOKKER_ADDRESS_DENIED: {
    text: 'needs rights that this process lacks: choose a port from 1024 on, or a directory that it may write to',
  },
  ERR_SOKKER_ADDRESS_DIRECTORY: { text: 'is in a directory that does not exist: make that first' },
  ERR_SOKKER_ADDRESS: { text: 'cannot be listened on: choose an address of this machine' },
  ERR_SOKKER_SERVER_CLOSED: { text: 'the server was closed: make a new one' },
  ERR_SOKKER_SOCKET_TAKEN: {
    text: 'the socket was taken already: have each answered once, by attach, by handleUpgrade or by handleSocket',
  },
} as const;
export type FaultCode = keyof typeof FAULTS;
