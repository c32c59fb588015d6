export type MessageType = 'text' | 'binary';

/** A whole message (RFC 6455 §5.6). Its bytes stay bytes until someone asks for text. */
export class Message {
  readonly type: MessageType;
  /** The payload. It belongs to the receiver; of a text message it is valid UTF-8. */
  readonly data: Buffer;

  constructor(type: MessageType, data: Buffer) {
    this.type = type;
    this.data = data;
  }

  /** The payload as a string, decoded as UTF-8. A byte order mark is kept: it is part of the message (RFC 6455 §5.6). */
  text(): string {
    return this.data.toString('utf8');
  }

  /**
   * The payload parsed as JSON.
   * @throws SyntaxError when it is not JSON.
   */
  json(): unknown {
    return JSON.parse(this.text());
  }
}
