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
export { HandshakeError, isSameOrigin } from '@sokker/handshake';
export type {
  Extension,
  ExtensionEntry,
  ExtensionParameters,
  HeaderFields,
  HeadersInput,
  OriginPolicy,
  Refusal,
  ResponseHead,
  UpgradeOffer,
} from '@sokker/handshake';
export type { UpgradeEmitter } from './attachments.js';
export { BROADCAST_OPTIONS } from './broadcast-options.js';
export type { BroadcastOptions } from './broadcast-options.js';
export type { BroadcastReport } from './broadcast.js';
export { channels, DECISIONS } from './channels.js';
export type { Decision } from './channels.js';
export type { ConnectionDecisionMessage, DecisionMessage, DecisionMessages } from './decision-messages.js';
export { reject, Rejection } from './decision.js';
export type { Admission, RejectOptions, ServerRequest, UpgradeAnswer, UpgradeFunction } from './decision.js';
export { DRAIN_OPTIONS, SIGNAL_OPTIONS } from './drain-options.js';
export type { DrainOptions, SignalOptions } from './drain-options.js';
export type { DrainReport } from './drain.js';
export { ServerError } from './errors.js';
export type { ServerEvents, SlowReport } from './events.js';
export { GUARD_OPTIONS } from './guard-options.js';
export type { GuardOptions } from './guard-options.js';
export type { HistogramValues } from './histogram.js';
export type { Offered, ServerSendOptions } from './home.js';
export type { ServerMetrics } from './metrics.js';
export { ADMISSION_OPTIONS, ATTACH_OPTIONS, REJECT_OPTIONS, SERVER_OPTIONS, SOCKET_OPTIONS } from './options.js';
export type { AttachOptions, ServerOptions, SocketOptions } from './options.js';
export { printable } from './printable.js';
export { Protocol } from './protocol.js';
export type { ProtocolEvents } from './protocol.js';
export type { HistogramName, Recorded, Traffic } from './recorder.js';
export { ServerConnection } from './server-connection.js';
export { SokkerServer } from './server.js';
export { drainOnSignals } from './signals.js';
export type { Drainable } from './signals.js';
export type { SlowPolicy } from './slow-policy.js';
export { CLOSURES, FAULTS, VIOLATIONS } from './violations.js';
export type { ClosureCode, FaultCode, ViolationCode } from './violations.js';
