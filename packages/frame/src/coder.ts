/**
 * One direction of a coder. Bytes of a message go in, pieces come out, in order. Pull style, so that whoever owns the
 * loop decides how much output exists at a time.
 */
export interface PieceCoder {
  /**
   * Hands over the next bytes of the message; `last` ends it. Call it only after `read` has answered undefined. The
   * bytes belong to the coder until it answers undefined again.
   */
  write(bytes: Buffer, last: boolean): void;
  /**
   * The next piece; undefined when the input is used up, which after `last` means that the message is complete. A
   * promise when the work goes on off this thread; no other call may be made until it settles. Pieces of decoded
   * messages are at most 16 KiB, so that a limit stops a bomb early.
   * @throws ProtocolError (or rejects with it) when the message cannot be decoded: 1007
   */
  read(): Buffer | undefined | Promise<Buffer | undefined>;
}

/**
 * What an extension does to the messages of one connection (RFC 6455 §5.8), such as permessage-deflate. It marks the
 * messages that it coded with one reserved bit on their first frame.
 */
export interface MessageCoder {
  /** The extension's name, as negotiated. */
  readonly name: string;
  /** The reserved bit it claims: 4 is RSV1, 2 RSV2, 1 RSV3. */
  readonly rsv: number;
  readonly decode: PieceCoder;
  readonly encode: PieceCoder;
  /** Whether a message of this size is worth coding. */
  wants(payloadBytes: number): boolean;
  /** Coders with the same key may send each other's shared form. */
  readonly shareKey: string;
  /** A form of the message that does not depend on this connection's history; undefined: send it uncoded. */
  encodeShared(payload: Buffer): Buffer | undefined;
  /** A shared form was sent here: later messages must not refer to what this coder had sent before. */
  sharedSent(): void;
  /** Releases everything it holds. May be called twice. */
  close(): void;
}
