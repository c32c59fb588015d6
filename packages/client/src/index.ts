export { ConnectError } from './errors.js';
export type { ConnectErrorDetails } from './errors.js';
export type { Handler } from './event-handlers.js';
export { connect } from './face.js';
export type { Connect } from './face.js';
export { CONNECT_OPTIONS } from './options.js';
export type { ConnectOptions, DialTarget, TlsOptions } from './options.js';
export { RECONNECT_OPTIONS } from './reconnect-options.js';
export type { ReconnectOptions, Retry } from './reconnect-options.js';
export { Dialogue, protocol } from './protocol.js';
export { ConnectionError, jsonCodec, prepare, Prepared } from '@sokker/connection';
export type {
  Bytes,
  Clock,
  CloseRecord,
  Codec,
  Connection,
  ConnectionEvents,
  ConnectionState,
  LimitOptions,
  MessageSource,
  MessageStream,
  SendOptions,
  SendStreamOptions,
  Vitals,
} from '@sokker/connection';
export { LimitError, ProtocolError, UsageError } from '@sokker/frame';
export type { Message, MessageCoder, MessageType, PieceCoder } from '@sokker/frame';
export { HandshakeError } from '@sokker/handshake';
export type { Declined, Extension, ExtensionParameters, HeaderFields, HeadersInput } from '@sokker/handshake';
export type { Protocol } from './protocol.js';
export { RecordedConnection } from './recorded-connection.js';
export type { UnsentMessage } from './recorded-connection.js';
export type { Renew, Renewed } from './renewal.js';
export type { Ending } from './retry-policy.js';
export { VIOLATIONS } from './violations.js';
export type { Violation, ViolationCode } from './violations.js';
export { WebSocketError } from './websocket-error.js';
export type { WebSocketCloseInfo } from './websocket-error.js';
export { CloseEvent, ErrorEvent } from './websocket-events.js';
export type { WebSocketOptions } from './websocket-options.js';
export { WebSocketStream } from './websocket-stream.js';
export type { WebSocketOpenInfo, WebSocketStreamInit } from './websocket-stream.js';
export { WebSocket } from './websocket.js';
export type { WebSocketEventMap } from './websocket.js';
