import {
  jsonCodec,
  Protocol,
  reject,
  ServerConnection,
  SokkerServer,
  type CloseRecord,
  type ConnectionDecisionMessage,
  type Decision,
  type DecisionMessages,
  type Message,
  type MessageStream,
  type ServerRequest,
  type SlowReport,
} from '@sokker/server';

/** Judged by the type check: a wrong line here fails it. */
test('what the upgrade function gives is the type of the context, of messages and of answers', () => {
  const server = new SokkerServer({
    async upgrade(request) {
      if (request.path === '/') return reject(404);
      return { context: { user: { name: request.path } } };
    },
  });
  server.on('message', (message, connection) => connection.send(connection.context.user.name + message.text()));
  server.on('connection', (connection: ServerConnection<{ user: { name: string } }>) => connection.join('all'));
  // @ts-expect-error: no such context
  server.on('close', (_, connection) => String(connection.context.nobody));
  const chat = server.protocol('chat', jsonCodec<{ said: string }, { heard: string }>());
  chat.on('message', (value, connection) => {
    chat.send(connection, { heard: value.said });
    // @ts-expect-error: not what this subprotocol says
    chat.send(connection, { said: value.said });
  });
  // @ts-expect-error: no such event
  server.on('nothing', () => undefined);
  expect(server.listenerCount('message') + chat.listenerCount('message')).toBe(2);
});

test('what listeners are given has its names here', () => {
  const server = new SokkerServer();
  server.on('connection', (connection: ServerConnection, request: ServerRequest) => connection.send(request.path));
  server.on('message', (message: Message, connection: ServerConnection) => connection.send(message.data));
  server.on('stream', (message: MessageStream) => message.body.resume());
  server.on('slow', (report: SlowReport, connection: ServerConnection) => void connection.close(4000, report.policy));
  server.on('close', (record: CloseRecord) => String(record.code));
  expect(server.eventNames()).toEqual(expect.arrayContaining(['connection', 'message', 'stream', 'slow', 'close']));
});

test('connections and subprotocols are made by a server alone', () => {
  const attempts = [
    // @ts-expect-error: its constructor is no one else's
    () => void new ServerConnection(),
    // @ts-expect-error: nor is this one
    () => void new Protocol(),
  ];
  expect(attempts).toHaveLength(2);
});

test('what the channels publish has its types here', () => {
  const nameOf = ({ connection }: ConnectionDecisionMessage<{ name: string }>): string => connection.context.name;
  const listeners: { readonly [Name in Decision]?: (message: DecisionMessages<{ name: string }>[Name]) => string } = {
    refuse: ({ error, remoteAddress }) => `${error.code} ${error.status} ${remoteAddress}`,
    close: (closed) => `${nameOf(closed)} ${closed.record.code}`,
    slow: (slow) => `${nameOf(slow)} ${slow.policy} ${slow.bufferedBytes}`,
    // @ts-expect-error: it may concern none
    error: (failed) => nameOf(failed),
    // @ts-expect-error: that is not published of it
    drain: ({ report }) => String(report),
  };
  expect(Object.keys(listeners)).toHaveLength(5);
});
