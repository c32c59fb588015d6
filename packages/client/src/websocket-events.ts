/* Events of the browser's interface. Node has some of their classes, from some version on; where it has one, that one
 * is used, so that `instanceof` holds for code that knows only the global. */

interface Basics {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
}

export interface CloseEventInit extends Basics {
  readonly wasClean?: boolean;
  readonly code?: number;
  readonly reason?: string;
}

/** A WebSocket has closed. */
export interface CloseEvent extends Event {
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
  /** The peer's close code; 1005 where it sent none, 1006 where the connection was lost or failed. */
  readonly code: number;
  /** The peer's word: escape it before it is shown or logged. */
  readonly reason: string;
}

export interface ErrorEventInit extends Basics {
  readonly message?: string;
  readonly error?: unknown;
}

/** A WebSocket failed; `error` says why, which a browser keeps to itself. Those of our WebSocket hold an Error. */
export interface ErrorEvent<Thrown = unknown> extends Event {
  readonly message: string;
  readonly error: Thrown;
}

class OwnCloseEvent extends Event implements CloseEvent {
  readonly wasClean: boolean;
  readonly code: number;
  readonly reason: string;

  constructor(type: string, init: CloseEventInit = {}) {
    super(type, init);
    this.wasClean = init.wasClean ?? false;
    this.code = init.code ?? 0;
    this.reason = init.reason ?? '';
  }
}

class OwnErrorEvent extends Event implements ErrorEvent {
  readonly message: string;
  readonly error: unknown;

  constructor(type: string, init: ErrorEventInit = {}) {
    super(type, init);
    this.message = init.message ?? '';
    this.error = init.error;
  }
}

type CloseEventClass = new (type: string, init?: CloseEventInit) => CloseEvent;
type ErrorEventClass = new (type: string, init?: ErrorEventInit) => ErrorEvent;
const known = globalThis as { readonly CloseEvent?: CloseEventClass; readonly ErrorEvent?: ErrorEventClass };

export const CloseEvent: CloseEventClass = known.CloseEvent ?? OwnCloseEvent;
export const ErrorEvent: ErrorEventClass = known.ErrorEvent ?? OwnErrorEvent;
