import { closeArguments } from './websocket-arguments.js';

/** How a WebSocketStream failed, or what `close` is to say to the peer. */
export interface WebSocketCloseInfo {
  readonly closeCode?: number | undefined;
  readonly reason?: string | undefined;
}

/** The exception of WebSocketStream; as a reason to abort or cancel its streams, it says how to close. */
export class WebSocketError extends DOMException {
  readonly closeCode: number | null;
  readonly reason: string;

  /** @throws DOMException InvalidAccessError, SyntaxError, as `close` of a WebSocket */
  constructor(message = '', init: WebSocketCloseInfo = {}) {
    super(message, 'WebSocketError');
    const { code, reason } = closeArguments(init.closeCode, init.reason);
    this.closeCode = code;
    this.reason = reason;
  }

  /** One that tells of a code which cannot be asked for, such as 1006. */
  static from(message: string, closeCode: number, reason: string, cause: unknown): WebSocketError {
    const error = new WebSocketError(message);
    return Object.defineProperties(error, {
      closeCode: { value: closeCode, enumerable: true },
      reason: { value: reason, enumerable: true },
      cause: { value: cause, configurable: true },
    });
  }
}
