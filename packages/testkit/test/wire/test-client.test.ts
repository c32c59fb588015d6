import { connect as connectTo, type Socket } from 'node:net';
import { Opcode } from '@sokker/frame';
import { testClient, UsageError, type WireResult } from '../../src/index.js';
import { faultyClient, judge, type ClientFaults } from './faulty-client.js';
import { echoes, type Write } from './faulty.js';
import { afterHello, found, IN_THE_END, IN_VAIN, once, sends, twoAtATime } from './runs.js';
import { expectRightClient, playToClient } from './whole-runs.js';

function reasons(results: readonly WireResult[]): string[] {
  return [...new Set(results.flatMap(({ pending }) => pending ?? []))];
}

const RSV = /^header\/reserved-bits\/text-rsv-1-client$/;
const ONE_TEXT = /^header\/length-boundaries\/text-126-client$/;
const REQUEST = /^client\/request\/plain$/;
const PLAIN = /^client\/response\/plain$/;

// With permessage-deflate in deflate.peer.ts.
test.concurrent(
  'the client of Sokker does what every fixture says, without extensions',
  () => expectRightClient({}, 419),
  120_000,
);

test.concurrent.each<[name: string, faults: ClientFaults, only: RegExp, wrong: string[]]>([
  ['none', {}, /^header\/(?!reserved-bits-deflate)/, []],
  ['none, of closing', {}, /^close-payload\//, []],
  ['never fails', { onError: () => {} }, RSV, ['accepts: did not fail, expected 1002']],
  [
    'ends TCP instead',
    { onError: (_write, _code, socket) => socket.end() },
    RSV,
    ['close code: ended TCP without a Close, expected 1002'],
  ],
  ['reads two bytes at a time', twoAtATime, RSV, ['late: failed, but not yet at byte 0, where that is knowable']],
  [
    'sends another type',
    { onMessage: afterHello(sends(Opcode.binary, '61')) },
    ONE_TEXT,
    [expect.stringMatching(/^events: echoed \[binary 61\], expected \[text 69/)],
  ],
  [
    'the same key each time',
    { key: () => 'dGhlIHNhbXBsZSBub25jZQ==' },
    PLAIN,
    ['answer: sec-websocket-key is dGhlIHNhbXBsZSBub25jZQ== again, expected another for each request'],
  ],
  [
    'a key that is too short',
    { key: () => 'c2hvcnQ=' },
    PLAIN,
    ['answer: sec-websocket-key is c2hvcnQ=, expected 16 bytes in base64, once'],
  ],
  [
    'opens with any head',
    { judges: () => 'opens' },
    /^client\/response\/(?:accept-wrong|status-403)$/,
    ['accepts: opened'],
  ],
  ['opens once', { judges: after(1, 'fails') }, PLAIN, ['refuses: failed']],
  [
    'waits on',
    { judges: after(1, 'waits') },
    /^client\/response\/accept-wrong$/,
    ['accepts: neither opened nor failed'],
  ],
  [
    'reads no frames behind a response',
    { onMessage: once(echoes) },
    /^client\/response\/frame-behind$/,
    ['events: echoed [], expected [text 48656c6c6f]'],
  ],
  ['fails slowly', { slownessMs: 700 }, /^client\/response\/(?:accept-wrong|status-403)$/, []],
  [
    'takes the key for its answer',
    { judges: (head, accept) => (/Accept: .*==/.test(head) ? 'opens' : judge(head, accept)) },
    /^client\/response\/accept-is-key$/,
    ['accepts: opened'],
  ],
  [
    'knows no case',
    {
      judges: (head, accept) =>
        judge(head.toUpperCase().replaceAll('SEC-WEBSOCKET-ACCEPT', 'Sec-WebSocket-Accept'), accept.toUpperCase()),
    },
    /^client\/response\/accept-other/,
    ['accepts: opened'],
  ],
  [
    'waits behind the end',
    { judges: after(1, 'waits'), staysOpenMs: 1600 },
    /^client\/response\/ends-at-once$/,
    ['accepts: neither opened nor failed'],
  ],
  [
    'takes the right answer twice',
    { judges: (head, accept) => (head.split(accept).length === 3 ? 'opens' : judge(head, accept)) },
    /^client\/response\/accept-twice$/,
    ['accepts: opened'],
  ],
  ['none: the end of a response', {}, /^client\/response\/(?:ends-|status-|plain|frame-behind)/, []],
  [
    'asks with POST in HTTP/1.0',
    { request: (request) => request.replace('GET / HTTP/1.1', 'POST / HTTP/1.0') },
    REQUEST,
    ['answer: began with POST / HTTP/1.0, expected GET and HTTP/1.1'],
  ],
  [
    'asks nobody',
    { request: (request) => request.replace(/^Host: .*\r\n/m, '') },
    REQUEST,
    ['answer: has 0 lines of Host'],
  ],
  [
    'asks for version 8',
    { request: (request) => request.replace('Version: 13', 'Version: 8') },
    REQUEST,
    ['answer: version is 8'],
  ],
  [
    'asks for no upgrade',
    { request: (request) => request.replace('Connection: Upgrade', 'Connection: close') },
    REQUEST,
    ['answer: connection is close'],
  ],
  [
    'sends frames before it has opened',
    { request: secondOnly((request) => `${request}x`) },
    REQUEST,
    ['answer: 1 bytes stand behind the head'],
  ],
  [
    'none: lists what it asks for',
    {
      request: (request) =>
        request
          .replace('Connection: Upgrade', 'Connection: keep-alive, Upgrade')
          .replace('Upgrade: websocket', 'Upgrade: h2c, WebSocket'),
    },
    REQUEST,
    [],
  ],
])('a client that is wrong: %s', async (_name, faults, only, wrong) => {
  const results = await playToClient(
    (url) => faultyClient(url, faults),
    wrong.length === 0 ? IN_THE_END : IN_VAIN,
    only,
  );
  expect(results).not.toEqual([]);
  expect(found(results)).toEqual(wrong);
});

function secondOnly(change: (request: string) => string): (request: string) => string {
  let calls = 0;
  return (request) => (calls++ === 1 ? change(request) : request);
}

/** As it should be for so many times, and then otherwise. */
function after(times: number, otherwise: 'fails' | 'waits'): NonNullable<ClientFaults['judges']> {
  let calls = 0;
  return (head, accept) => (calls++ < times ? judge(head, accept) : otherwise);
}

test.each<[name: string, faults: ClientFaults, text: string]>([
  [
    'does not echo',
    { onMessage: () => {} },
    'the client does not echo: where the text "Hello" (text 48656c6c6f) must come back first, it sent nothing',
  ],
  ['comes once', { visits: 1 }, 'the client did not connect again after its first message'],
  ['comes twice', { visits: 2 }, 'the client did not connect again after header/length-boundaries/text-0-client'],
])('a client that %s ends the run', async (_name, faults, text) => {
  const error: unknown = await playToClient((url) => faultyClient(url, faults), IN_VAIN, /^header\/length/).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT', message: text });
});

test('what a client cannot be asked is told why', async () => {
  const only = /^(?:client\/|negotiation\/answer\/plain|deflate\/examples\/text-plain)/;
  const results = await playToClient((url) => faultyClient(url, { request: withProtocols }), IN_VAIN, only);
  expect(reasons(results)).toEqual([
    'does not offer permessage-deflate; client_max_window_bits',
    'asks for a call of its own',
    'asks for subprotocols',
    'asks for limits of heads',
  ]);
});

function withProtocols(request: string): string {
  return request.replace('Upgrade:', 'Sec-WebSocket-Protocol: chat, superchat\r\nUpgrade:');
}

test('who gave up before its turn came is not played to', async () => {
  // Another connection is there first, and says nothing.
  const results = await playToClient(
    async (url) => {
      const { hostname, port } = new URL(url);
      const silent = connectTo({ host: hostname, port: Number(port) });
      silent.on('error', () => {}).resume();
      await Promise.all([faultyClient(url, { patienceMs: 150 }), faultyClient(url, {})]);
      silent.destroy();
    },
    IN_THE_END,
    /^header\/length-boundaries\//,
  );
  expect(found(results)).toEqual([]);
});

test.each([
  ['permessage-deflate;client_max_window_bits', /^negotiation\/answer\/plain/],
  ['permessage-deflate; server_max_window_bits=10, permessage-deflate', /^deflate\/window\//],
  ['permessage-deflate; server_max_window_bits=15', /^deflate\/window\//],
])('an offer that fits is answered: %s', async (offer, only) => {
  const request = (asked: string): string =>
    asked.replace('Upgrade:', `Sec-WebSocket-Extensions: ${offer}\r\nUpgrade:`);
  // That this client cannot inflate is found, and is not what is asked for here.
  expect(reasons(await playToClient((url) => faultyClient(url, { request }), IN_VAIN, only))).toEqual([]);
});

test('it can be ended while it waits for the first client', async () => {
  const end = new AbortController();
  const reason = new Error('nobody came');
  const run = testClient({ signal: end.signal, onListening: () => setImmediate(() => end.abort(reason)) });
  await expect(run.next()).rejects.toBe(reason);
  await expect(testClient({ signal: end.signal }).next()).rejects.toBe(reason);
});

test('each connection is left with a Close', async () => {
  let closes = 0;
  const onClose = (write: Write, payload: Buffer, socket: Socket): void => {
    closes++;
    write(Opcode.close, payload);
    socket.end();
  };
  await playToClient((url) => faultyClient(url, { onClose }), IN_THE_END, PLAIN);
  // The first, and two for the fixture.
  expect(closes).toBe(3);
});

test('where no fixture fits nobody is waited for', async () => {
  const run = testClient({ only: /^nothing$/, onListening: () => expect('listening').toBe(false) });
  expect(await run.next()).toEqual({ done: true, value: undefined });
});

test('who wants no WebSocket is told 404, and the client behind it is served', async () => {
  const answers: number[] = [];
  const results = await playToClient(
    async (url) => {
      answers.push((await fetch(url.replace('ws:', 'http:'))).status);
      await faultyClient(url, {});
    },
    IN_THE_END,
    PLAIN,
  );
  expect({ answers, wrong: found(results) }).toEqual({ answers: [404], wrong: [] });
});

test('whoever leaves the loop gives the port back', async () => {
  const run = testClient({ ...IN_THE_END, onListening: (url) => void faultyClient(url, {}) });
  await run.next();
  await run.return();
  let url = '';
  for await (const { findings } of testClient({
    ...IN_THE_END,
    only: PLAIN,
    onListening: (at) => void faultyClient((url = at), {}),
  })) {
    expect(findings).toEqual([]);
  }
  await expect(fetch(url.replace('ws:', 'http:'))).rejects.toThrow();
});

test.each<[name: string, options: object, text: string]>([
  ['a port that is none', { port: 65_536 }, 'testClient: port must be an integer from 0 to 65535 (port), not 65536'],
  ['a misspelt option', { onlisten: () => {} }, "testClient has no option 'onlisten'"],
])('refuses %s before it listens', async (_name, options, text) => {
  const error: unknown = await testClient(options)
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION', message: text });
});
