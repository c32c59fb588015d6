/** What a broken rule means: the close code that answers it, where the rule stands, and one sentence. */
export interface Violation {
  readonly closeCode: number;
  readonly section: string;
  readonly text: string;
}

/** Rules a peer can break. docs/errors.md is printed from this table; it is the only source of codes and sentences. */
export const VIOLATIONS = {
  ERR_SOKKER_RESERVED_BITS: {
    closeCode: 1002,
    section: 'RFC 6455 §5.2',
    text: 'a reserved bit is set and no extension was negotiated that gives it a meaning here',
  },
  ERR_SOKKER_RESERVED_OPCODE: { closeCode: 1002, section: 'RFC 6455 §5.2', text: 'the opcode is reserved' },
  ERR_SOKKER_CONTROL_FRAGMENTED: { closeCode: 1002, section: 'RFC 6455 §5.5', text: 'a control frame is fragmented' },
  ERR_SOKKER_CONTROL_TOO_LONG: {
    closeCode: 1002,
    section: 'RFC 6455 §5.5',
    text: 'a control frame has more than 125 bytes of payload',
  },
  ERR_SOKKER_MASK_MISSING: { closeCode: 1002, section: 'RFC 6455 §5.1', text: 'a frame from a client is not masked' },
  ERR_SOKKER_MASK_UNEXPECTED: { closeCode: 1002, section: 'RFC 6455 §5.1', text: 'a frame from a server is masked' },
  ERR_SOKKER_LENGTH_NOT_MINIMAL: {
    closeCode: 1002,
    section: 'RFC 6455 §5.2',
    text: 'the payload length is not in its shortest form',
  },
  ERR_SOKKER_LENGTH_SIGN: {
    closeCode: 1002,
    section: 'RFC 6455 §5.2',
    text: 'the highest bit of a 64-bit payload length is set',
  },
  ERR_SOKKER_CONTINUATION_UNEXPECTED: {
    closeCode: 1002,
    section: 'RFC 6455 §5.4',
    text: 'a continuation frame arrived with no message to continue',
  },
  ERR_SOKKER_CONTINUATION_EXPECTED: {
    closeCode: 1002,
    section: 'RFC 6455 §5.4',
    text: 'a new message began before the one in progress ended',
  },
  ERR_SOKKER_CLOSE_LENGTH: {
    closeCode: 1002,
    section: 'RFC 6455 §5.5.1',
    text: 'a Close frame has a payload of one byte',
  },
  ERR_SOKKER_CLOSE_CODE: {
    closeCode: 1002,
    section: 'RFC 6455 §7.4',
    text: 'a Close frame carries a code that may not be sent',
  },
  ERR_SOKKER_INVALID_UTF8: { closeCode: 1007, section: 'RFC 6455 §8.1', text: 'text is not valid UTF-8' },
  ERR_SOKKER_UNEXPECTED_END: {
    closeCode: 1006,
    section: 'RFC 6455 §7.1.5',
    text: 'the stream ended inside a frame or a message',
  },
} as const satisfies Record<string, Violation>;
export type ViolationCode = keyof typeof VIOLATIONS;

/** Bounds that we set and a peer can cross. */
export const LIMITS = {
  ERR_SOKKER_FRAME_TOO_BIG: {
    closeCode: 1009,
    section: 'RFC 6455 §10.4',
    text: 'a frame is larger than maxFramePayloadBytes',
  },
  ERR_SOKKER_MESSAGE_TOO_BIG: {
    closeCode: 1009,
    section: 'RFC 6455 §10.4',
    text: 'a message is larger than maxMessageBytes',
  },
  ERR_SOKKER_TOO_MANY_FRAGMENTS: {
    closeCode: 1008,
    section: 'RFC 6455 §10.4',
    text: 'a message has more fragments than maxFragments',
  },
} as const satisfies Record<string, Violation>;
export type LimitCode = keyof typeof LIMITS;
