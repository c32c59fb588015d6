import type { Socket } from 'node:net';
import { DecoderCore, Opcode } from '@sokker/frame';
import { bytesOf, fixtures, testServer, type WireResult } from '../../src/index.js';
import { framesFor } from '../../src/wire/selection.js';
import { faultyServer, opens, type ServerFaults } from './faulty-server.js';
import { echoes, fails, pongs, type Faults, type Write } from './faulty.js';
import { afterHello, found, IN_THE_END, IN_VAIN, once, sends, twoAtATime } from './runs.js';
import { expectRightServer, playToServer } from './whole-runs.js';

const RSV = /^header\/reserved-bits\/text-rsv-1-server$/;
const ONE_TEXT = /^header\/length-boundaries\/text-126-server$/;
const PING = /^fragmentation\/control\/ping-inside-server$/;
const CLOSE = /^close-payload\/valid-code\/1000-server$/;
const OPEN = /^handshake\/open\/plain$/;

// With permessage-deflate in deflate.peer.ts.
test.concurrent(
  'a Sokker server does what every fixture says, without extensions',
  () => expectRightServer([], 533),
  120_000,
);

test.concurrent.each<[name: string, faults: ServerFaults, only: RegExp, wrong: string[]]>([
  ['none', {}, /^header\/(?!reserved-bits-deflate)/, []],
  ['none, of closing', {}, /^close-payload\//, []],
  ['never fails', { onError: () => {} }, RSV, ['accepts: did not fail, expected 1002']],
  [
    'never fails inside a message',
    { onError: () => {} },
    /^utf8\/detect-at\/impossible-after-8-server$/,
    ['late: had not failed when the bytes ended'],
  ],
  [
    'fails with another code',
    { onError: sends(Opcode.close, '03f3') },
    RSV,
    ['close code: closed with 1011, expected 1002'],
  ],
  [
    'fails without a code',
    { onError: sends(Opcode.close, '') },
    RSV,
    ['close code: closed with an empty Close, expected 1002'],
  ],
  [
    'ends TCP instead',
    { onError: (_write, _code, socket) => socket.end() },
    RSV,
    ['close code: ended TCP without a Close, expected 1002'],
  ],
  ['reads two bytes at a time', twoAtATime, RSV, ['late: failed, but not yet at byte 0, where that is knowable']],
  [
    'refuses',
    { onMessage: afterHello(sends(Opcode.close, '03eb')) },
    ONE_TEXT,
    ['refuses: closed with 1003 on legal bytes', expect.stringMatching(/^events: echoed \[\], expected \[text 69/)],
  ],
  ['sends back another type', { onMessage: afterHello(sends(Opcode.binary, '61')) }, ONE_TEXT, [
      expect.stringMatching(/^events: echoed \[binary 61\], expected \[text 69/),
    ]], // prettier-ignore
  ['sends nothing back', { onMessage: afterHello(() => {}) }, ONE_TEXT, [
      expect.stringMatching(/^events: echoed \[\], expected \[text 69/),
    ]], // prettier-ignore
  ['sends what is no text', { onMessage: afterHello(sends(Opcode.text, 'ff')) }, ONE_TEXT, [
      'events: sent text that is no UTF-8',
    ]], // prettier-ignore
  [
    'answers no Ping',
    { onPing: () => {} },
    PING,
    ['events: did not answer a Ping behind it all', 'events: Pongs [], expected one for []'],
  ],
  ['answers no Close', { onClose: () => {} }, CLOSE, ['events: did not answer a Close']],
  [
    'ends TCP for a Close',
    { onClose: (_write, _payload, socket) => socket.end() },
    CLOSE,
    ['events: ended TCP without answering a Close'],
  ],
  ['fails for a Close', { onClose: sends(Opcode.close, '03ea') }, CLOSE, ['refuses: closed with 1002 on legal bytes']],
  ['answers a Close with an empty one', { onClose: sends(Opcode.close, '') }, CLOSE, []],
  [
    'opens once',
    { head: (socket, accept, n) => (n === 1 ? opens(socket, accept) : socket.end('HTTP/1.1 503 Busy\r\n\r\n')) },
    RSV,
    ['crash: answered 503 to the opening handshake'],
  ],
  ['opens anything', {}, /^handshake\/version\/12$/, ['accepts: answered 101, expected 426']],
  [
    'refuses what it opened before',
    { head: (socket, accept, n) => (n === 1 ? opens(socket, accept) : socket.end('HTTP/1.1 400 No\r\n\r\n')) },
    OPEN,
    ['refuses: answered 400, expected 101'],
  ],
  [
    'sends no HTTP',
    { head: (socket, accept, n) => (n === 1 ? opens(socket, accept) : socket.end('hello')) },
    OPEN,
    ['refuses: answered nonsense, expected 101'],
  ],
  [
    'reads no frames behind a request',
    { onMessage: once(echoes) },
    /^handshake\/early\/frame$/,
    ['events: echoed [], expected [text 48656c6c6f]'],
  ],
  [
    'answers no Close behind a request',
    { onClose: () => {} },
    /^handshake\/early\/close$/,
    ['events: did not answer the Close behind the request'],
  ],
  [
    'fails when it has thought it over',
    { onError: (write, code, socket) => void setTimeout(() => fails(write, code, socket), 700) },
    RSV,
    ['late: failed, but not yet at byte 0, where that is knowable'],
  ],
  [
    'opens anything when it has thought it over',
    { head: (socket, accept) => void setTimeout(() => opens(socket, accept), 700) },
    /^handshake\/version\/12$/,
    ['accepts: answered 101, expected 426'],
  ],
  [
    'answers a Close with a code that stands for none',
    { onClose: sends(Opcode.close, '03ee') },
    CLOSE,
    ['close code: answered a Close with 1006'],
  ],
  [
    'goes on behind its Close',
    { onClose: (write, payload) => [Opcode.close, Opcode.binary].forEach((opcode) => write(opcode, payload)) },
    CLOSE,
    ['events: sent bytes behind its Close'],
  ],
  [
    'answers with an extension that nobody offered',
    { head: (socket, accept, n) => opens(socket, accept, n === 1 ? [] : ['Sec-WebSocket-Extensions: x-mine']) },
    RSV,
    ['crash: answered with x-mine, which was not offered'],
  ],
  ['none: resets TCP behind its Close', { onError: resets }, /^header\/(?:reserved-bits\/|control)/, []],
  [
    'none: answers the last of several Pings, slowly',
    { onPing: lastOnly(700) },
    /^fragmentation\/control\/many-inside-server$/,
    [],
  ],
])('a server that is wrong: %s', async (_name, faults, only, wrong) => {
  const server = await faultyServer(faults);
  try {
    const results = await playToServer(server.url, wrong.length === 0 ? IN_THE_END : IN_VAIN, only);
    expect(results).not.toEqual([]);
    expect(found(results)).toEqual(wrong);
  } finally {
    await server.close();
  }
});

test('no fixture of legal bytes ends inside a frame, where a Ping would be read as payload', () => {
  const legal = [...framesFor('server'), ...framesFor('client')].filter(
    ({ expect: { closeCode, events } }) => closeCode === null && !events.some(({ type }) => type === 'close'),
  );
  const cut = legal.filter(({ hex, limits, role, extensions }) => {
    const decoder = new DecoderCore({ role, ...limits, rsv: extensions.length > 0 ? 4 : 0 });
    decoder.write(bytesOf(hex));
    while (decoder.next() !== undefined);
    return !decoder.idle;
  });
  expect(cut.map(({ id }) => id)).toEqual([]);
});

test.each<[name: string, options: object, text: string]>([
  ['a string for a RegExp', { only: 'utf8' }, "testServer: only must be a RegExp, not 'utf8'"],
  [
    'no connections',
    { connections: 0 },
    'testServer: connections must be an integer from 1 to 1000 (connections), not 0',
  ],
  ['a misspelt option', { patience: 1 }, "testServer has no option 'patience'"],
])('refuses %s before it connects', async (_name, options, text) => {
  const error: unknown = await testServer('ws://127.0.0.1:9/', options)
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_SOKKER_OPTION', message: text });
});

test('a RegExp that remembers where it was takes the same fixtures', async () => {
  const server = await faultyServer({});
  try {
    expect(await playToServer(server.url, IN_THE_END, /^close-payload\/length/g)).toHaveLength(
      fixtures.closePayload.fixtures.filter(
        ({ id, role }) => role === 'server' && id.startsWith('close-payload/length'),
      ).length,
    );
  } finally {
    await server.close();
  }
});

test('whoever leaves the loop ends the run: no connection is made any more', async () => {
  let connections = 0;
  const server = await faultyServer({
    head: (socket, accept) => {
      connections++;
      opens(socket, accept);
    },
  });
  try {
    for await (const result of testServer(server.url, { ...IN_THE_END, connections: 2 })) {
      expect(result.findings).toEqual([]);
      break;
    }
    const left = connections;
    // One for the echo, and two for a fixture: if any of the run before were still made, they came first.
    await playToServer(server.url, IN_THE_END, RSV);
    expect(connections).toBe(left + 3);
  } finally {
    await server.close();
  }
});

function resets(write: Write, code: number, socket: Socket): void {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  write(Opcode.close, payload);
  setImmediate(() => socket.resetAndDestroy());
}

/** Answers the Ping that came last, so many milliseconds after the first (RFC 6455 §5.5.3). */
function lastOnly(milliseconds: number): NonNullable<Faults['onPing']> {
  let last: Buffer | undefined;
  return (write, payload) => {
    if (last === undefined) {
      setTimeout(() => {
        if (last !== undefined) pongs(write, last);
        last = undefined;
      }, milliseconds);
    }
    last = payload;
  };
}

test('asks at its own host, with its own query', async () => {
  const requests: string[] = [];
  const server = await faultyServer({
    head(socket, accept, _connection, request) {
      requests.push(request);
      opens(socket, accept);
    },
  });
  try {
    const url = new URL('/a$&b?token=x', server.url);
    await playToServer(url.href, IN_THE_END, /^handshake\/(?:open|target\/(?:query|absolute)|early\/frame)/);
    const { host } = url;
    const lines = requests.map((request) => request.split('\r\n').slice(0, 2).join(' | '));
    expect(new Set(lines)).toEqual(
      new Set([
        `GET /a$&b?token=x HTTP/1.1 | Host: ${host}`,
        `GET /a$&b?room=1&x=%20 HTTP/1.1 | Host: ${host}`,
        `GET http://example.com/a$&b?token=x HTTP/1.1 | Host: ${host}`,
      ]),
    );
  } finally {
    await server.close();
  }
});

test('a server that is gone ends the run, and what was found before is told', async () => {
  const server = await faultyServer({});
  const results: WireResult[] = [];
  const run = async (): Promise<void> => {
    for await (const result of testServer(server.url, { ...IN_VAIN, connections: 1 })) {
      results.push(result);
      if (results.length === 4) await server.close();
    }
  };
  await expect(run()).rejects.toMatchObject({
    code: 'ERR_SOKKER_ARGUMENT',
    message: expect.stringMatching(/^16 fixtures in a row could not be run, .*ECONNREFUSED/),
  });
  expect(found(results.slice(0, 4))).toEqual([]);
  expect(results.length).toBeLessThan(40);
});

test('of a server that floods no more than 16 MiB are kept', async () => {
  const flood = Buffer.alloc(1024 * 1024, 'x');
  const server = await faultyServer({
    onMessage: afterHello((write) => {
      for (let i = 0; i < 64; i++) write(Opcode.binary, flood);
    }),
  });
  const before = process.memoryUsage().arrayBuffers;
  try {
    const [result] = await playToServer(server.url, IN_THE_END, ONE_TEXT);
    expect(result?.findings.map(({ deviation }) => deviation)).toContain('events');
    expect(found(result === undefined ? [] : [result])).toEqual(['events: sent more than 16 MiB']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * flood.length);
  } finally {
    await server.close();
  }
});
