import type { Violation } from '@sokker/frame';

/** What can end or refuse work on a connection, beside the frames themselves. docs/errors.md is printed from it. */
export const VIOLATIONS = {
  ERR_SOKKER_CLOSED: { closeCode: 1006, section: 'RFC 6455 §7.1.4', text: 'the connection is closed' },
  ERR_SOKKER_CONNECTION_LOST: {
    closeCode: 1006,
    section: 'RFC 6455 §7.1.5',
    text: 'the connection was lost without a Close frame',
  },
  ERR_SOKKER_CLOSE_TIMEOUT: {
    closeCode: 1006,
    section: 'RFC 6455 §7.1.1',
    text: 'nothing moved in the closing handshake for closeTimeoutMs',
  },
  ERR_SOKKER_TOO_SLOW: {
    closeCode: 1008,
    section: 'RFC 6455 §10.4',
    text: 'the peer reads so slowly that maxBufferedBytes wait for it',
  },
  ERR_SOKKER_MESSAGE_RATE: {
    closeCode: 1008,
    section: 'RFC 6455 §10.4',
    text: 'the peer sends more messages than maxMessagesPerSecond',
  },
  ERR_SOKKER_CONTROL_RATE: {
    closeCode: 1008,
    section: 'RFC 6455 §10.4',
    text: 'the peer sends more control frames than maxControlFramesPerSecond',
  },
  ERR_SOKKER_UNRESPONSIVE: {
    closeCode: 1006,
    section: 'RFC 6455 §5.5.2',
    text: 'the peer answered no Ping, and nothing else came from it',
  },
  ERR_SOKKER_MESSAGE_ABORTED: {
    closeCode: 1011,
    section: 'RFC 6455 §7.4.1',
    text: 'a message that was being sent as a stream was aborted',
  },
  ERR_SOKKER_HANDLER: { closeCode: 1011, section: 'RFC 6455 §7.4.1', text: 'a handler of the application failed' },
} as const satisfies Record<string, Violation>;
export type ViolationCode = keyof typeof VIOLATIONS;

/** What a peer can break of what its subprotocol agreed on: see Codec. */
export const CODEC_VIOLATIONS = {
  ERR_SOKKER_CODEC: {
    closeCode: 1007,
    section: 'RFC 6455 §7.4.1',
    text: 'a message is not what its subprotocol has',
  },
  ERR_SOKKER_CODEC_TYPE: {
    closeCode: 1003,
    section: 'RFC 6455 §7.4.1',
    text: 'a message is binary, and its subprotocol has text alone',
  },
} as const satisfies Record<string, Violation>;
export type CodecViolationCode = keyof typeof CODEC_VIOLATIONS;
