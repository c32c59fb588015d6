/** What a failing handler does: it fails its own connection with 1011, and nothing else. */
import { Opcode } from '@sokker/frame';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { channels, type CloseRecord } from '../src/index.js';
import { scene, settled, type Scene } from './scene.js';

type Behaviour = (it: Scene) => unknown;

const events = ['message', 'stream', 'ping', 'pong', 'drain', 'error', 'close'] as const;

/** Brings the event about. */
const causes: Record<(typeof events)[number], (it: Scene) => void> = {
  message: (it) => it.text('a'),
  stream: (it) => it.text('a'),
  ping: (it) => it.send(Opcode.ping, 'a'),
  pong: (it) => it.send(Opcode.pong, 'a'),
  drain: (it) => void it.connection.send('full'),
  error: (it) => void it.far.write(Buffer.from([0xf0, 0x80])),
  close: (it) => it.connection.terminate(),
};

const failures: [string, Behaviour][] = [
  [
    'throws',
    () => {
      throw new Error('a fault of ours');
    },
  ],
  [
    'throws what is no error',
    () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw 'a string';
    },
  ],
  ['rejects', () => Promise.reject(new Error('a fault of ours'))],
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  ['rejects with undefined', () => Promise.reject(undefined)],
];

const others: [string, Behaviour][] = [
  ['terminates', (it) => it.connection.terminate()],
  ['terminates with an error', (it) => it.connection.terminate(new Error('enough'))],
  ['closes', (it) => void it.connection.close(4000)],
  ['fails the connection', (it) => it.connection.fail(new Error('enough'))],
  ['sends', (it) => it.connection.send('again')],
  ['pings', (it) => void it.connection.ping().catch(() => undefined)],
  ['pauses', (it) => it.connection.pause()],
  ['discards', (it) => it.connection.discard()],
  ['never settles', () => new Promise(() => undefined)],
];

describe.each([true, false])('with an `error` listener: %s', (listens) => {
  function prepared(event: (typeof events)[number], act: Behaviour): Scene & { calls: number } {
    const it = scene({ receive: event === 'stream' ? 'stream' : 'whole', highWaterMarkBytes: 1 });
    if (listens) it.connection.on('error', (error) => it.errors.push(error));
    const counted = Object.assign(it, { calls: 0 });
    it.connection.on(event, () => {
      // A loop must not hang the test.
      if (counted.calls++ > 10) return undefined;
      return act(it);
    });
    return counted;
  }

  test.each(events.flatMap((event) => failures.map(([name, act]) => [event, name, act] as const)))(
    'a %s handler that %s',
    async (event, _, act) => {
      const published: unknown[] = [];
      const hear = (message: unknown): unknown => published.push((message as { error: unknown }).error);
      subscribe('sokker:connection:error', hear);
      const neighbour = scene().record();
      const it = prepared(event, act);
      causes[event](it);
      await settled();
      unsubscribe('sokker:connection:error', hear);
      expect(published.length).toBeGreaterThan(0);
      expect(published.every((error) => error instanceof Error)).toBe(true);
      if (event !== 'close') {
        const code = event === 'error' ? 1002 : 1011;
        expect(it.sent().at(-1)).toMatch(new RegExp(`^close ${code}`));
        it.sendClose(code);
        it.far.end();
        await settled();
        expect(it.closed).toMatchObject({ code, clean: false, by: 'us', error: expect.any(Error) });
      }
      if (listens && event !== 'error') expect(it.errors.length).toBeGreaterThan(0);
      expect(it.log).toEqual(['close']);
      expect(it.calls).toBe(1);
      neighbour.text('still here');
      await settled();
      expect(neighbour.log).toEqual(['text still here']);
    },
  );

  test.each(events.flatMap((event) => others.map(([name, act]) => [event, name, act] as const)))(
    'a %s handler that %s',
    async (event, _, act) => {
      const it = prepared(event, act);
      causes[event](it);
      await settled();
      it.far.end();
      it.connection.resume();
      await settled();
      it.connection.terminate();
      await settled();
      expect(it.log).toEqual(['close']);
      expect(it.clock.pending).toBe(0);
    },
  );
});

test('what a handler threw is the error, what is no error is its cause', async () => {
  const it = scene().record();
  it.connection.on('ping', () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw 'a string';
  });
  it.send(Opcode.ping);
  await settled();
  expect(it.errors).toEqual([expect.objectContaining({ code: 'ERR_SOKKER_HANDLER', cause: 'a string' })]);
  const own = new Error('mine');
  const other = scene().record();
  other.connection.on('ping', () => Promise.reject(own) as never);
  other.send(Opcode.ping);
  await settled();
  expect(other.errors).toEqual([own]);
});

test('a handler that throws stops the messages behind it in the chunk', async () => {
  const it = scene();
  let calls = 0;
  it.connection.on('message', () => {
    calls++;
    throw new Error('x');
  });
  it.far.write(Buffer.concat([it.wire(Opcode.text, 'a'), it.wire(Opcode.text, 'b')]));
  await settled();
  expect(calls).toBe(1);
});

test('a handler that fails after the end is still reported', async () => {
  const it = scene().record();
  let reject: (error: Error) => void = () => undefined;
  it.connection.on('ping', () => new Promise((_, no) => (reject = no)) as never);
  it.send(Opcode.ping);
  await settled();
  it.connection.terminate();
  await settled();
  reject(new Error('late'));
  await settled();
  expect(it.log).toEqual(['ping ', 'close', 'error late']);
});

test('errors and ends are published whether or not anyone listens for events', async () => {
  const seen: unknown[] = [];
  const hear = (message: unknown, name: string | symbol): unknown => seen.push([name, message]);
  for (const name of ['error', 'close', 'slow']) subscribe(`sokker:connection:${name}`, hear);
  const it = scene({ maxBufferedBytes: 1000, peerReads: false, wireBytes: 10 });
  for (let i = 0; i < 3; i++) it.connection.send(Buffer.alloc(1000));
  await settled();
  for (const name of ['error', 'close', 'slow']) unsubscribe(`sokker:connection:${name}`, hear);
  const { connection } = it;
  expect(seen).toEqual([
    ['sokker:connection:slow', { connection, bufferedBytes: 1004 }],
    ['sokker:connection:error', { connection, error: expect.objectContaining({ code: 'ERR_SOKKER_TOO_SLOW' }) }],
    ['sokker:connection:close', { connection, record: it.closed }],
  ]);
  expect(Object.values(channels).some(({ hasSubscribers }) => hasSubscribers)).toBe(false);
});

describe('a fault that nobody listens for', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => warn.mockRestore());
  const fault = new Error('a fault of ours');
  const unheard = [
    'a handler failed where nobody listens for `error`',
    { type: 'SokkerWarning', code: 'SOKKER_UNHEARD', detail: fault.stack },
  ];

  test.each(failures)('a message listener that %s: the process warns of it, once', async (_, fail) => {
    const it = scene();
    it.connection.on('message', () => fail(it));
    it.text('a');
    await settled(10);
    expect(it.sent()).toEqual(['close 1011']);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  function throwIt(): never {
    throw fault;
  }

  test('says where it failed', async () => {
    const it = scene();
    it.connection.on('message', () => throwIt());
    it.text('a');
    await settled();
    expect(warn.mock.calls).toEqual([unheard]);
  });

  test('an error listener that fails has nobody to tell', async () => {
    const it = scene();
    it.connection.on('error', () => throwIt());
    it.connection.fail(new Error('first'));
    await settled();
    expect(warn.mock.calls).toEqual([unheard]);
  });

  test('no warning where someone listens: here, as an owner, or on the channel', async () => {
    const here = scene();
    here.connection.on('error', () => undefined);
    const silent = { takesMessages: () => false, onMessage() {}, onStream() {}, onError() {}, onClose() {} };
    const owned = scene({ owner: { ...silent, hearsErrors: () => true } });
    for (const it of [here, owned]) {
      it.connection.on('message', () => throwIt());
      it.text('a');
    }
    await settled();
    const watched = scene();
    watched.connection.on('message', () => throwIt());
    const watch = (): void => undefined;
    subscribe(channels.error.name, watch);
    watched.text('a');
    await settled();
    unsubscribe(channels.error.name, watch);
    for (const it of [here, owned, watched]) expect(it.sent()).toEqual(['close 1011']);
    expect(warn).not.toHaveBeenCalled();
  });

  test('what a peer does wrong is no fault', async () => {
    const it = scene();
    it.far.write(Buffer.from([0xf0, 0x80]));
    await settled();
    expect(it.sent()).toEqual([expect.stringMatching(/^close 1002/)]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('a handler that waits for room when the connection ends is no fault of the connection', () => {
  const FULL = { highWaterMarkBytes: 1, peerReads: false, wireBytes: 1 };

  test.each<[string, (it: Scene) => void, Partial<CloseRecord>]>([
    ['terminated', (it) => it.connection.terminate(), { code: 1006, clean: false, by: 'us' }],
    ['closed by its peer', (it) => it.read().sendClose(1000), { code: 1000, clean: true, by: 'peer' }],
  ])('%s', async (_, end, record) => {
    const it = scene(FULL).recordRest();
    const waiting: Promise<void>[] = [];
    const wait = async (): Promise<void> => {
      it.connection.send('more than the peer takes');
      const room = it.connection.writable();
      waiting.push(room);
      await room;
    };
    it.connection.on('message', (): unknown => wait());
    it.text('a');
    await settled();
    expect(waiting).toHaveLength(1);
    end(it);
    await settled();
    it.far.end();
    await settled();
    expect(it.closed).toMatchObject(record);
    expect(it.closed?.error).toBeUndefined();
    expect(it.log).toEqual(['close']);
  });
});
