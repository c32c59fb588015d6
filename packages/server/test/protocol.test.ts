import { parseClose } from '@sokker/frame';
import { jsonCodec, type Admission } from '@sokker/server';
import { next, rigs, turnsUntil } from './rig.js';
import { header, Wire } from './wire.js';

interface Say {
  readonly say: string;
}
function asSay(value: unknown): Say {
  if (typeof value === 'object' && value !== null && 'say' in value && typeof value.say === 'string') {
    return { say: value.say };
  }
  throw new TypeError('no Say');
}

const start = rigs();

const SPEAKS = ['Sec-WebSocket-Protocol: unknown, chat.v2'];

test('a subprotocol has connections, messages and closes of its own, typed end to end', async () => {
  const rig = await start();
  const chat = rig.server.protocol('chat.v2', jsonCodec<Say, { heard: string }>(asSay));
  const plain: string[] = [];
  const opened = next(chat, 'connection');
  chat.on('message', ({ say }, connection) => chat.send(connection, { heard: say }));
  const [wire, connection] = await rig.open(SPEAKS);
  await rig.open();
  expect(header(await wire.response(), 'sec-websocket-protocol')).toBe('chat.v2');
  expect(await opened).toEqual([connection, expect.objectContaining({ path: '/' })]);
  wire.text('{"say":"hello"}');
  expect((await wire.frame()).payload.toString()).toBe('{"heard":"hello"}');
  expect(chat.broadcast({ heard: 'all' })).toEqual({ sent: 1, slow: 0, dropped: 0 });
  connection.join('room');
  expect(chat.broadcast({ heard: 'room' }, { to: 'room', except: connection }).sent).toBe(0);
  const closed = next(chat, 'close');
  wire.socket.destroy();
  expect(await closed).toEqual([expect.objectContaining({ code: 1006 }), connection]);
  expect(plain).toEqual([]);
});

test.each<[string, string | Buffer, number]>([
  ['what is no JSON', '{', 1007],
  ['JSON that the check refuses', '{"say":1}', 1007],
  ['a binary message', Buffer.from('{}'), 1003],
])('%s closes the connection, and says why', async (_, bytes, code) => {
  const rig = await start();
  const chat = rig.server.protocol('chat.v2', jsonCodec(asSay));
  chat.on('message', () => undefined);
  const failed = next(rig.server, 'error');
  const [wire] = await rig.open(SPEAKS);
  wire.send(typeof bytes === 'string' ? 1 : 2, bytes);
  expect(parseClose((await wire.frame()).payload).code).toBe(code);
  expect(await failed).toEqual([expect.objectContaining({ closeCode: code }), expect.anything()]);
});

test('what a codec has refused reaches no other listener either', async () => {
  const rig = await start();
  rig.server.protocol('chat.v2', jsonCodec(asSay)).on('message', () => undefined);
  const heard: string[] = [];
  rig.server.on('message', (message) => heard.push(message.text()));
  rig.server.on('error', () => undefined);
  const [wire] = await rig.open(SPEAKS);
  wire.text('{"say":"well"}');
  wire.text('{');
  await wire.frame();
  expect(heard).toEqual(['{"say":"well"}']);
});

const NO_PROMISE = {
  name: 'UsageError',
  message: 'the decode of a codec, and the check of jsonCodec, must return a value, not a promise',
};

test.each<[string, (value: unknown) => unknown]>([
  ['fulfilled', (value) => Promise.resolve(value)],
  ['rejected', () => Promise.reject(new Error('boom'))],
  ['of another kind', (value) => ({ then: (settle: (value: unknown) => void) => settle(value) })],
])('a check that answers a promise, %s, has checked nothing: 1011', async (_, check) => {
  const rig = await start();
  const heard: unknown[] = [];
  rig.server.protocol('chat.v2', jsonCodec(check)).on('message', (value) => heard.push(value));
  const failed = next(rig.server, 'error');
  const [wire] = await rig.open(SPEAKS);
  wire.text('{"say":"x"}');
  expect(parseClose((await wire.frame()).payload)).toEqual({ code: 1011, reason: '' });
  expect(await failed).toEqual([expect.objectContaining(NO_PROMISE), expect.anything()]);
  expect(heard).toEqual([]);
});

test('a value that merely has a `then` is one', async () => {
  const rig = await start();
  const chat = rig.server.protocol('chat.v2', jsonCodec());
  const [wire] = await rig.open(SPEAKS);
  wire.text('{"then":1}');
  expect((await next(chat, 'message'))[0]).toEqual({ then: 1 });
});

const FAILING: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('boom');
    },
  ],
  ['rejects', () => Promise.reject(new Error('boom'))],
];

test.each(FAILING)('a listener that %s: 1011', async (_, listener) => {
  const rig = await start();
  rig.server.protocol('chat.v2', jsonCodec(asSay)).on('message', listener);
  const [wire] = await rig.open(SPEAKS);
  wire.text('{"say":"x"}');
  expect(parseClose((await wire.frame()).payload).code).toBe(1011);
});

test('a message of a connection without codec waits for whoever takes it', async () => {
  const rig = await start();
  rig.server.protocol('chat.v2', jsonCodec(asSay)).on('message', () => undefined);
  const [wire, connection] = await rig.open();
  wire.text('raw');
  const message = next(connection, 'message');
  expect((await message)[0]).toMatchObject({ type: 'text' });
});

test.each(['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const)(
  'what came before anyone listened goes to the first who does: %s',
  async (method) => {
    const rig = await start();
    const chat = rig.server.protocol('chat.v2', jsonCodec(asSay));
    const [wire, connection] = await rig.open(SPEAKS);
    wire.text('{"say":"early"}');
    await turnsUntil(() => connection.retainedBytes > 0);
    const heard = await new Promise((resolve) => chat[method]('message', ({ say }) => resolve(say)));
    expect(heard).toBe('early');
  },
);

test('nothing that the application removes keeps a later listener from what waited', async () => {
  const rig = await start();
  const chat = rig.server.protocol('chat.v2', jsonCodec(asSay));
  const [plain, connection] = await rig.open();
  const [wire, speaker] = await rig.open(SPEAKS);
  rig.server.removeAllListeners();
  chat.removeAllListeners();
  plain.text('plain');
  wire.text('{"say":"typed"}');
  await turnsUntil(() => connection.retainedBytes > 0 && speaker.retainedBytes > 0);
  expect(await next(chat, 'message')).toEqual([{ say: 'typed' }, speaker]);
  expect(await next(rig.server, 'message')).toEqual([expect.objectContaining({ type: 'text' }), connection]);
});

describe('a subprotocol that is required', () => {
  test.each<[string, string[], Admission<unknown> | undefined, number]>([
    ['none is offered', [], undefined, 400],
    ['none that is spoken is offered', ['Sec-WebSocket-Protocol: chat.v1'], {}, 400],
    ['one that is spoken is offered', SPEAKS, undefined, 101],
    ['one of `subprotocols` is offered', ['Sec-WebSocket-Protocol: plain'], undefined, 101],
    ['upgrade takes another that is offered', SPEAKS, { protocol: 'unknown' }, 101],
  ])('%s', async (_, headers, answer, status) => {
    const rig = await start({ requireSubprotocol: true, subprotocols: ['plain'], upgrade: () => answer });
    rig.server.protocol('chat.v2', jsonCodec(asSay));
    const wire = await Wire.open(rig.port, headers);
    expect((await wire.response()).status).toBe(status);
    const refused = status === 101 ? {} : { ERR_SOKKER_SUBPROTOCOL_REQUIRED: 1 };
    expect(rig.server.metrics()).toMatchObject({ refusals: refused, connections: status === 101 ? 1 : 0 });
    if (status !== 101) await wire.closed();
    wire.socket.destroy();
  });

  test('none is by default', async () => {
    const rig = await start({ subprotocols: ['plain'] });
    const [, connection] = await rig.open();
    expect(connection.protocol).toBe('');
  });
});

test('names are tokens, and have one codec', async () => {
  const rig = await start();
  rig.server.protocol('a', jsonCodec());
  expect(() => rig.server.protocol('a', jsonCodec())).toThrow("subprotocol 'a' has its codec");
  expect(() => rig.server.protocol('a b', jsonCodec())).toThrow('tokens');
});

test.each(FAILING)('a listener for close that %s is heard of', async (_, listener) => {
  const rig = await start();
  const chat = rig.server.protocol('chat.v2', jsonCodec(asSay));
  chat.on('close', listener);
  const [wire, connection] = await rig.open(SPEAKS);
  const failed = next(rig.server, 'error');
  wire.socket.destroy();
  expect(await failed).toEqual([expect.objectContaining({ message: 'boom' }), connection]);
});
