import type { ClientRequest, IncomingMessage } from 'node:http';
import type { WebSocket } from './websocket.js';

/** The bytes of a message, as `binaryType` has them; text too. A Blob where that is 'blob'. */
export type RawData = Buffer | ArrayBuffer | Buffer[];
/** What a `MessageEvent` has: text as a string. */
export type Data = string | RawData;

/** The events of the emitter, with what its listeners get. */
export interface WebSocketEvents {
  open: [];
  message: [data: RawData, isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  error: [error: Error];
  close: [code: number, reason: Buffer];
  /** The response that opened it; of a client. */
  upgrade: [response: IncomingMessage];
  /** A redirect is followed; of a client. */
  redirect: [url: string, request: ClientRequest];
  /** The server answered with another status than 101; of a client. Whoever listens ends the request. */
  'unexpected-response': [request: ClientRequest, response: IncomingMessage];
}

/** The events of `addEventListener` and the `on…` attributes. */
export interface Event {
  readonly type: string;
  readonly target: WebSocket;
}

export interface MessageEvent extends Event {
  readonly data: Data;
}

export interface ErrorEvent extends Event {
  readonly error: Error;
  readonly message: string;
}

export interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  /** Whether both sides sent a Close and no rule was broken. */
  readonly wasClean: boolean;
}

export interface WebSocketEventMap {
  open: Event;
  message: MessageEvent;
  error: ErrorEvent;
  close: CloseEvent;
}

/** How each is made of what its listeners on the emitter get. */
const MAKERS: { readonly [Type in keyof WebSocketEventMap]: (target: WebSocket, ...args: never[]) => object } = {
  open: () => ({}),
  message: (_, data: RawData, isBinary: boolean) => ({ data: isBinary ? data : (data as Buffer).toString() }),
  error: (_, error: Error) => ({ error, message: error.message }),
  close: (target, code: number, reason: Buffer) => ({ code, reason: String(reason), wasClean: target.wasClean }),
};

export const EVENT_TYPES = Object.keys(MAKERS) as readonly (keyof WebSocketEventMap)[];

export function isEventType(type: unknown): type is keyof WebSocketEventMap {
  return (EVENT_TYPES as readonly unknown[]).includes(type);
}

export function eventOf(type: keyof WebSocketEventMap, target: WebSocket, args: readonly unknown[]): Event {
  return { type, target, ...MAKERS[type](target, ...(args as never[])) };
}
