import {
  compareFrames,
  compareHandshake,
  fixtures,
  registerFixtures,
  runClientFixtures,
  runFrameFixtures,
  runHandshakeFixtures,
  runHttp2Fixtures,
  type ChunkingOptions,
  type Deviation,
  type FrameFixture,
  type FrameImplementation,
  type HandshakeFixture,
  type Http2Fixture,
  type ServerSettings,
  type TestFunction,
} from '../src/index.js';
import { frameCores } from './adapters/frame-cores.js';
import { handshakeClient, handshakeServer } from './adapters/handshake.js';

const byId = (id: string): FrameFixture => {
  const found = Object.values(fixtures).flatMap((family) => family.fixtures as readonly { id: string }[]);
  return found.find((fixture) => fixture.id === id) as FrameFixture;
};
const legal = byId('fragmentation/control/ping-inside-client');
const illegal = byId('header/control/ping-not-fin-client');

/** A decoder that is right, and then does one thing wrong. */
function faulty(change: (right: ReturnType<FrameImplementation['create']>, seen: () => number) => unknown) {
  return {
    create(setup) {
      let seen = 0;
      const right = frameCores('frames').create(setup);
      return {
        push(bytes) {
          seen += bytes.length;
          const push = (): unknown => change({ push: () => right.push(bytes) }, () => seen);
          return push() as undefined;
        },
      };
    },
  } satisfies FrameImplementation;
}

const fail = (closeCode: number): never => {
  throw Object.assign(new Error('failed'), { closeCode });
};

test.each<[Deviation, FrameFixture, FrameImplementation]>([
  ['accepts', illegal, { create: () => ({ push: () => undefined }) }],
  ['refuses', legal, { create: () => ({ push: () => fail(1002) }) }],
  ['events', legal, { create: () => ({ push: () => undefined }) }],
  ['close code', illegal, { create: () => ({ push: () => fail(1008) }) }],
  ['late', illegal, faulty((_right, seen) => (seen() > 1 ? fail(1002) : undefined))],
])('a decoder that %s is found', async (deviation, fixture, implementation) => {
  const findings = await compareFrames(implementation, fixture);
  expect(findings.map((finding) => finding.deviation)).toContain(deviation);
});

test('a decoder that is right has no finding', async () => {
  expect(await compareFrames(frameCores('frames'), legal)).toEqual([]);
  expect(await compareFrames(frameCores('frames'), illegal)).toEqual([]);
});

test('an error without a close code is passed on, not judged', async () => {
  const crashing = { create: () => ({ push: () => JSON.parse('{') as undefined }) };
  await expect(compareFrames(crashing, legal)).rejects.toThrow(SyntaxError);
});

test('an alternative is as good as the expectation', async () => {
  const fixture = byId('deflate/broken/tail-left-on-client');
  const refusing = faulty((_right, seen) => (seen() > 5 ? fail(1007) : undefined));
  expect(fixture.alternatives).toHaveLength(1);
  expect(await compareFrames(refusing, fixture)).toEqual([]);
});

test('a failing fixture fails its test in each chunking, with id and sentence', async () => {
  const bodies = new Map<string, () => Promise<void>>();
  const collect: TestFunction = (name, body) => bodies.set(name, body);
  runFrameFixtures({ create: () => ({ push: () => undefined }) }, collect, [illegal]);
  const [[name, body] = ['', () => Promise.resolve()]] = bodies;
  expect(name).toBe('header/control/ping-not-fin-client (RFC 6455 §5.5)');
  await expect(body()).rejects.toThrow(/^header\/control\/ping-not-fin-client: .*\n {2}whole: did not fail/);
});

/** What the test of one fixture says is wrong: nothing, where it passes. */
async function problemsOf(run: (test: TestFunction) => void): Promise<string> {
  const bodies: (() => Promise<void>)[] = [];
  run((_name, body) => bodies.push(body));
  const results = await Promise.all(bodies.map((body) => body().catch(String)));
  return results.join('');
}

describe('late: true', () => {
  const run = (implementation: FrameImplementation, fixture: FrameFixture) =>
    problemsOf((collect) => runFrameFixtures(implementation, collect, [fixture], { late: true, codes: true }));
  const judgesSecond = (closeCode: number) => faulty((_right, seen) => (seen() > 1 ? fail(closeCode) : undefined));

  test('a decoder that fails after the first possible byte passes', async () => {
    const coded = Object.assign(new Error('failed'), { closeCode: 1002, code: illegal.sokker?.code });
    const late = faulty((_right, seen) => (seen() > 1 ? Promise.reject(coded) : undefined));
    expect(await run(late, illegal)).toBe('');
  });

  test('what else is wrong is found', async () => {
    expect(await run(judgesSecond(1008), illegal)).toMatch('failed with 1008, expected 1002');
    expect(await run(judgesSecond(1002), illegal)).toMatch(`failed with null, not ${illegal.sokker?.code}`);
    expect(await run(judgesSecond(1002), legal)).toMatch('failed with 1002 on legal bytes');
    expect(await run({ create: () => ({ push: () => undefined }) }, illegal)).toMatch('did not fail');
  });

  test('a message that has not ended may still fail', async () => {
    const early = byId('utf8/detect-at/overlong-after-8-client');
    const waiting = { create: () => ({ push: () => undefined }) };
    expect(await run(waiting, early)).toBe('');
    expect(await compareFrames(waiting, early)).toMatchObject([{ deviation: 'accepts' }]);
  });

  test('it holds for alternatives too', async () => {
    const other = { ...illegal.expect, closeCode: 1008 };
    expect(await run(judgesSecond(1008), { ...illegal, alternatives: [other] })).toBe('');
  });
});

test('a pending fixture is skipped with its reason', () => {
  const skipped: string[] = [];
  const collect: TestFunction = Object.assign(() => undefined, { skip: (name: string) => skipped.push(name) });
  registerFixtures([legal], { pending: () => 'not yet' }, collect, () => Promise.resolve([]));
  expect(skipped).toEqual([`${legal.id} (RFC 6455 §5.4) [pending: not yet]`]);
  expect(() => {
    registerFixtures(
      [legal],
      { pending: () => 'not yet' },
      () => undefined,
      () => Promise.resolve([]),
    );
  }).toThrow('cannot skip');
});

test('a server is judged by what it writes', async () => {
  const [fixture] = fixtures.handshake.fixtures;
  if (fixture === undefined) throw new Error('no fixture');
  const answering = (text: string) => ({
    create: () => ({ push: () => undefined, written: () => Buffer.from(text), frames: () => Buffer.alloc(0) }),
  });
  expect(await compareHandshake(answering(''), fixture)).toEqual(['answered nothing, expected 101']);
  expect(await compareHandshake(answering('HTTP/1.1 404 Not Found\r\n\r\n'), fixture)).toEqual([
    'answered 404, expected 101',
  ]);
  const bare = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
  expect(await compareHandshake(answering(bare), fixture)).toEqual([
    'sec-websocket-accept is absent, expected s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  ]);
});

describe('anyRefusal: true', () => {
  const bare = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
  const answering = (text: string, decoded = '') => ({
    create: () => ({
      push: () => undefined,
      written: () => Buffer.from(text, 'latin1'),
      frames: () => Buffer.from(decoded),
    }),
  });
  const handshakeWith = (status: number) =>
    fixtures.handshake.fixtures.filter(({ expect: { httpStatus }, frames }) => httpStatus === status && frames === '');
  const run = (text: string, [fixture]: readonly HandshakeFixture[], anyRefusal = true, decoded = '') =>
    problemsOf((collect) => {
      if (fixture !== undefined) runHandshakeFixtures(answering(text, decoded), collect, [fixture], { anyRefusal });
    });
  const http2With = (status: number) => fixtures.http2.fixtures.filter(({ expect }) => expect.httpStatus === status);
  const runHttp2 = (status: number, [fixture]: readonly Http2Fixture[], anyRefusal = true) =>
    problemsOf((collect) => {
      if (fixture === undefined) return;
      runHttp2Fixtures({ respond: () => ({ status, headers: [] }) }, collect, [fixture], { anyRefusal });
    });

  test('a request that should be refused may be with any status, or without an answer', async () => {
    const refused = handshakeWith(426);
    expect(await run('HTTP/1.1 404 Not Found\r\n\r\n', refused, false)).toMatch('answered 404, expected 426');
    expect(await run('HTTP/1.1 404 Not Found\r\n\r\n', refused)).toBe('');
    expect(await run('HTTP/1.1 426 Upgrade Required\r\n\r\n', refused)).toBe('');
    expect(await run('', refused)).toBe('');
    expect(await runHttp2(404, http2With(400), false)).toMatch('answered 404, expected 400');
    expect(await runHttp2(404, http2With(400))).toBe('');
  });

  test('a connection that opens is judged as ever', async () => {
    expect(await run(bare, handshakeWith(426))).toMatch('answered 101, expected 426');
    expect(await run(bare, handshakeWith(101))).toMatch('sec-websocket-accept is absent');
    expect(await run('HTTP/1.1 404 Not Found\r\n\r\n', handshakeWith(101))).toMatch('answered 404, expected 101');
    expect(await runHttp2(200, http2With(400))).toMatch('answered 200, expected 400');
    expect(await runHttp2(404, http2With(200))).toMatch('answered 404, expected 200');
  });

  test('a server that refuses, or says nothing, and lets bytes through to its decoder has opened', async () => {
    expect(await run('', handshakeWith(426), true, 'x')).toMatch('1 bytes reached the frame decoder: 78');
    expect(await run('HTTP/1.1 404 Not Found\r\n\r\n', handshakeWith(426), true, 'x')).toMatch('1 bytes reached');
  });

  test('a server that opens without a word is found by what it decodes', async () => {
    const create = () => {
      const fed: Buffer[] = [];
      return {
        push: (bytes: Buffer) => void fed.push(bytes),
        written: () => Buffer.alloc(0),
        frames: () => Buffer.concat(fed),
      };
    };
    const refused = fixtures.handshake.fixtures.filter(({ expect: { httpStatus } }) => httpStatus === 400).slice(0, 1);
    const run = (collect: TestFunction) => runHandshakeFixtures({ create }, collect, refused, { anyRefusal: true });
    expect(await problemsOf(run)).toMatch('bytes reached the frame decoder: 474554');
  });

  test.each(['HTTP/1.0 101 Switching Protocols', 'HTTP/1.1 ', 'HTTP/1.1 1e2', 'HTTP/1.1 4260 Upgrade Required'])(
    '%j is no refusal',
    async (start) => {
      expect(await run(`${start}\r\n\r\n`, handshakeWith(426))).toMatch('answered nonsense, expected 426');
    },
  );

  test.each([
    ['a Close', '88 02 03 ea', '4 bytes without a whole head (880203ea)'],
    ['a head without its end', Buffer.from('HTTP/1.1 404 Not Found\r\n').toString('hex'), '24 bytes without a whole'],
  ])('%s is no refusal, and not nothing either', async (_what, hex, told) => {
    const text = Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');
    const pending = fixtures.handshake.fixtures.filter(({ expect: { httpStatus } }) => httpStatus === null);
    expect(await run(text, handshakeWith(426))).toMatch(`wrote ${told}`);
    expect(await run(text, handshakeWith(426))).toMatch('expected 426');
    expect(await run(text, handshakeWith(426), false)).toMatch(`wrote ${told}`);
    expect(await run(text, handshakeWith(101))).toMatch('expected 101');
    expect(await run(text, pending, false)).toMatch('expected nothing');
    expect(await run('', pending, false)).toBe('');
  });

  test('a status that is no number is no refusal over HTTP/2 either', async () => {
    expect(await runHttp2(NaN, http2With(400))).toMatch('answered nonsense, expected 400');
  });

  test('what may be refused may be with any status', async () => {
    const [opens] = handshakeWith(101);
    if (opens === undefined) throw new Error('no fixture');
    expect(await run('HTTP/1.1 404 Not Found\r\n\r\n', [{ ...opens, alternatives: [414] }])).toBe('');
  });
});

test.each<[string, ChunkingOptions | undefined, number]>([
  ['64 offsets by default', undefined, 64],
  ['as many where other things are said', { seed: 7 }, 64],
  ['as many where that is left undefined', { maxSplits: undefined }, 64],
  ['as many as are said', { maxSplits: 70 }, 70],
])('heads of a handshake are split at %s', async (_how, chunking, splits) => {
  const server = jest.fn((settings: ServerSettings) => handshakeServer.create(settings));
  const client = jest.fn((key: string, protocols: readonly string[]) => handshakeClient.create(key, protocols));
  const requests = fixtures.handshake.fixtures.filter(({ id }) => id === 'handshake/open/plain');
  const responses = fixtures.client.fixtures.filter(({ id }) => id === 'client/response/subprotocol');
  const found = await problemsOf((collect) => {
    runHandshakeFixtures({ create: server }, collect, requests, { chunking });
    runClientFixtures({ ...handshakeClient, create: client }, collect, responses, chunking);
  });
  expect(found).toBe('');
  // And whole, byte by byte, and twice at random.
  for (const create of [server, client]) expect(create).toHaveBeenCalledTimes(splits + 4);
});
