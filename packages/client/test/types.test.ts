import {
  connect,
  ConnectError,
  ConnectionError,
  HandshakeError,
  LimitError,
  prepare,
  Prepared,
  ProtocolError,
  UsageError,
  type Bytes,
  type Clock,
  type CloseRecord,
  type Connection,
  type ConnectionEvents,
  type ConnectionState,
  type ConnectOptions,
  type Declined,
  type Extension,
  type ExtensionParameters,
  type HeaderFields,
  type HeadersInput,
  type LimitOptions,
  type Message,
  type MessageCoder,
  type MessageSource,
  type MessageStream,
  type MessageType,
  type PieceCoder,
  type RecordedConnection,
  type Retry,
  type SendOptions,
  type SendStreamOptions,
  type UnsentMessage,
  type Vitals,
  type WebSocket,
} from '@sokker/client';
import * as connection from '@sokker/connection';
import * as frame from '@sokker/frame';
import * as handshake from '@sokker/handshake';

/** Judged by the type check: a wrong line here fails it. */
test('what functions of the application are given has its names here', () => {
  const listen = (connection: Connection): Connection =>
    connection
      .on('message', (message: Message) => connection.send(message.data))
      .on('stream', (message: MessageStream) => message.body.resume())
      .on('close', (record: CloseRecord) => String(record.code));
  const connections = connect.forever('ws://localhost', {
    onHeaders: (headers: HeaderFields) => headers.get('Server'),
    resume: (connection: RecordedConnection) => void listen(connection),
    onUnsent: (messages: readonly UnsentMessage[]) => messages.length,
    onRetry: (retry: Retry) => retry.delayMs,
  });
  expect(connections).toHaveProperty('next');
  const hear = (socket: WebSocket): void => {
    socket.onerror = ({ error }) => error.message;
    socket.addEventListener('error', ({ error }) => error.stack);
  };
  expect(hear).toHaveLength(1);
});

test('what functions of the application hand over and get back has its names here', () => {
  const speak = {
    say: (to: Connection, data: string | Bytes | Prepared, options?: SendOptions): boolean => to.send(data, options),
    stream: (to: Connection, source: MessageSource, options: SendStreamOptions): Promise<void> =>
      to.sendStream(source, options),
    typeOf: (message: Message): MessageType => message.type,
    stateOf: (of: Connection): ConnectionState => of.state,
    vitalsOf: (of: Connection): Vitals => of.vitals(),
    once: <Name extends keyof ConnectionEvents>(name: Name): Name => name,
  };
  const ask = (
    headers: HeadersInput,
    clock: Clock,
    extension: Extension<MessageCoder>,
    limits: LimitOptions,
  ): ConnectOptions => ({ ...limits, headers, clock, extensions: [extension] });
  const offer = (extension: Extension<MessageCoder>): readonly ExtensionParameters[] => extension.offer();
  const decoderOf = (coder: MessageCoder): PieceCoder => coder.decode;
  const headersOf = (declined: Declined): HeaderFields => declined.headers;
  expect(Object.keys({ ...speak, ask, offer, decoderOf, headersOf })).toHaveLength(10);
});

test('values that are exported here are those of the packages below', () => {
  expect(connection).toMatchObject({ ConnectionError, prepare, Prepared });
  expect(frame).toMatchObject({ LimitError, ProtocolError, UsageError });
  expect(handshake).toMatchObject({ HandshakeError });
});

test.each<[string, string, object]>([
  ['an option', 'ws://localhost', { pingInterval: 1 }],
  ['a header', 'ws://localhost', { headers: { Upgrade: 'h2c' } }],
  ['a subprotocol', 'ws://localhost', { subprotocols: ['a', 'a'] }],
  ['a URL', 'nowhere', {}],
  ['what dial answers', 'ws://localhost', { dial: () => 42 }],
])('where %s is wrong, the one UsageError of this package says so', async (_what, url, options) => {
  const error: unknown = await connect(url, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect([HandshakeError, ConnectError, ConnectionError].some((other) => error instanceof other)).toBe(false);
});

test('so does connect.forever, at once and later', async () => {
  expect(() => connect.forever('nowhere')).toThrow(UsageError);
  expect(() => connect.forever('ws://localhost', { headers: { 'a b': '' } })).toThrow(UsageError);
  const loop = connect.forever('ws://localhost', { renew: () => ({ url: 'nowhere' }) });
  await expect(loop.next()).rejects.toThrow(UsageError);
});
