import {
  ConnectionError,
  HandshakeError,
  jsonCodec,
  LimitError,
  prepare,
  Prepared,
  ProtocolError,
  reject,
  Rejection,
  SokkerServer,
  UsageError,
  type Bytes,
  type Clock,
  type CloseRecord,
  type Codec,
  type Connection,
  type ConnectionDecisionMessage,
  type ConnectionEvents,
  type ConnectionState,
  type Decision,
  type DecisionMessages,
  type Extension,
  type HeaderFields,
  type HeadersInput,
  type LimitOptions,
  type Message,
  type MessageCoder,
  type MessageSource,
  type MessageStream,
  type OriginPolicy,
  type Protocol,
  type Refusal,
  type SendOptions,
  type SendStreamOptions,
  type ServerConnection,
  type ServerOptions,
  type ServerRequest,
  type SlowReport,
  type UpgradeOffer,
  type Vitals,
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

test('a context is assigned as a connection opens, or its type says that there may be none', () => {
  const later = new SokkerServer<{ name: string }>();
  later.on('connection', (connection) => (connection.context = { name: connection.protocol }));
  later.on('message', (_, connection) => connection.send(connection.context.name));
  const some = new SokkerServer<{ name: string } | undefined>({ upgrade: () => undefined });
  some.on('message', (_, connection) => connection.send(connection.context?.name ?? 'nobody'));
  // @ts-expect-error: there may be none
  some.on('message', (_, connection) => connection.send(connection.context.name));
  expect(some.listenerCount('message')).toBe(2);
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

type MakerOf<Class> = Class extends abstract new (...args: never) => unknown ? 'anyone' : 'the server';

test('connections and subprotocols are made by a server alone', () => {
  const makers: [MakerOf<typeof ServerConnection>, MakerOf<typeof Protocol>] = ['the server', 'the server'];
  expect(makers).toHaveLength(2);
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

test('what signatures use has its names here', () => {
  const extensions: readonly Extension<MessageCoder>[] = [];
  const headersOf = ({ headers }: UpgradeOffer): HeaderFields => headers;
  const origin: OriginPolicy = (_, offer) => headersOf(offer).get('cookie') !== undefined;
  const limits: LimitOptions & { readonly clock?: Clock } = { maxMessageBytes: 1 };
  const options: ServerOptions = { ...limits, extensions, origin };
  const headers: HeadersInput = { 'Retry-After': '5' };
  const refusalOf = ({ refusal }: Rejection): Refusal => refusal;
  const closeOn = (name: keyof ConnectionEvents, connection: Connection): unknown =>
    connection.on(name, () => undefined);
  const send = (connection: Connection, data: string | Bytes | Prepared, how?: SendOptions): ConnectionState => {
    connection.send(data, how);
    return connection.state;
  };
  const upload = (connection: Connection, source: MessageSource, how?: SendStreamOptions): Promise<Vitals> =>
    connection.sendStream(source, how).then(() => connection.vitals());
  const codec: Codec<string, string> = jsonCodec();
  expect(new SokkerServer(options).protocol('chat', codec).name).toBe('chat');
  expect(() => reject(503, { headers })).toThrow(Rejection);
  expect([refusalOf, closeOn, send, upload]).toHaveLength(4);
});

test('what is thrown, or told, can be asked for its class, and a message prepared', () => {
  const classes = [ConnectionError, HandshakeError, LimitError, ProtocolError, UsageError];
  expect(classes.map(({ name }) => name)).toEqual(
    ['Connection', 'Handshake', 'Limit', 'Protocol', 'Usage'].map((kind) => `${kind}Error`),
  );
  expect(prepare('to all')).toBeInstanceOf(Prepared);
});
