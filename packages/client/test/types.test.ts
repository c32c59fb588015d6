import {
  connect,
  type WebSocket,
  type CloseRecord,
  type Connection,
  type HeaderFields,
  type Message,
  type MessageStream,
  type RecordedConnection,
  type Retry,
  type UnsentMessage,
} from '@sokker/client';

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
