// An echo server for test suites: limits that their large messages fit in, all else as by default.
import { SokkerServer, type Extension, type MessageCoder, type OriginPolicy } from '@sokker/server';

const LIMIT_BYTES = 64 * 1024 * 1024;

export interface EchoOptions {
  readonly origin: OriginPolicy;
  readonly extensions: readonly Extension<MessageCoder>[];
}

export function createEcho({ origin, extensions }: EchoOptions): SokkerServer {
  const server = new SokkerServer({
    origin,
    extensions,
    maxMessageBytes: LIMIT_BYTES,
    maxBufferedBytes: LIMIT_BYTES,
  });
  server.on('message', ({ type, data }, connection) => connection.send(data, { type }));
  return server;
}
