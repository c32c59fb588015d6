import {
  connect,
  type ConnectError,
  type ReconnectOptions,
  type RecordedConnection,
  type Retry,
  type UnsentMessage,
} from '@sokker/client';
import type { Connection } from '@sokker/connection';
import type { MessageCoder } from '@sokker/frame';
import { HeaderFields, type Extension } from '@sokker/handshake';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { bufferBytes } from '../../frame/test/memory.js';
import { TestClock } from './clock.js';
import { listen, nextMessage, script, serve, switching, type TestServer } from './server.js';

const open: TestServer[] = [];
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Loops with no delay worth the name; time stands. */
const fast = (more: ReconnectOptions = {}): ReconnectOptions => ({ random: () => 0, ...more });

describe('connect.forever', () => {
  test('gives the next connection when one has ended, and ends when we close', async () => {
    const { url } = await keep(
      serve((connection) => connection.on('message', () => void connection.close(1012, 'restart'))),
    );
    const reasons: string[] = [];
    const retries: Retry[] = [];
    for await (const connection of connect.forever(url, fast({ onRetry: (retry) => retries.push(retry) }))) {
      if (reasons.length === 3) {
        void connection.close();
        continue;
      }
      connection.send('x');
      reasons.push((await connection.closed).reason);
    }
    expect(reasons).toEqual(['restart', 'restart', 'restart']);
    expect(retries.map(({ after }) => after.type)).toEqual(['closed', 'closed', 'closed']);
  });

  test('waits as long as the policy says, by the clock it is given', async () => {
    const clock = new TestClock();
    const lookup = (_h: string, _o: unknown, callback: (error: Error) => void): void =>
      callback(new Error('no address'));
    const delays: number[] = [];
    const loop = connect.forever('ws://x.test', {
      clock,
      random: () => 1,
      lookup: lookup as never,
      maxAttempts: 4,
      onRetry: ({ delayMs }) => delays.push(delayMs),
    });
    const end = loop.next().catch((error: unknown) => error as ConnectError);
    let settled = false;
    void end.finally(() => (settled = true));
    while (!settled) {
      // Only the wait sets a timer that nothing else clears.
      if (clock.pending > 0) clock.advance(delays.at(-1) ?? 0);
      await turn();
    }
    expect(((await end) as ConnectError).code).toBe('ERR_SOKKER_UNREACHABLE');
    expect(delays).toEqual([500, 1000, 2000]);
    expect(clock.now()).toBe(3500);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['while resume runs', 500],
    ['while the loop has it', 500],
    ['when it has ended', 1000],
  ])('what passes %s is a part of how long a connection lasted, or not: then %d ms', async (when, secondDelayMs) => {
    const { url } = await keep(serve((connection) => connection.on('message', () => connection.terminate())));
    const clock = new TestClock();
    const delays: number[] = [];
    const pass = (now: string): void => (now === when ? clock.advance(10_000) : undefined);
    const options: ReconnectOptions = {
      clock,
      pingIntervalMs: Infinity,
      random: () => 1,
      resume: () => pass('while resume runs'),
      onRetry: ({ delayMs }) => {
        delays.push(delayMs);
        setImmediate(() => clock.advance(delayMs));
      },
    };
    for await (const connection of connect.forever(url, options)) {
      if (delays.length === 2) break;
      pass('while the loop has it');
      connection.send('go');
      await connection.closed;
      pass('when it has ended');
    }
    expect(delays).toEqual([500, secondDelayMs]);
  });

  test('comes back to a server that was away', async () => {
    const first = await serve((connection) => connection.close(1001));
    const options = fast({ onRetry: ({ after }) => void endings.push(after.type) });
    const endings: string[] = [];
    const loop = connect.forever(first.url, options);
    const one = (await loop.next()).value as Connection;
    await one.closed;
    await first.close();
    const next = loop.next();
    while (!endings.includes('failed')) await turn();
    await keep(serve(undefined, {}, { port: first.port }));
    const two = (await next).value as Connection;
    two.send('back');
    expect((await nextMessage(two)).text()).toBe('back');
    await loop.return();
    expect(await two.closed).toMatchObject({ code: 1000, by: 'us' });
  });

  describe('ends when we close, whoever was first:', () => {
    const says = (leave: (connection: Connection) => unknown) => (connection: Connection) => {
      connection.send('the last');
      return leave(connection);
    };
    /** In one chunk with the message: the connection knows of the end before the loop has the message. */
    const closes = says((connection) => connection.close(1001));
    const leaves = says((connection) => connection.ping().then(() => connection.terminate()));
    const ended = (connection: Connection) => (connection.discard(), connection.closed);
    const onRetry = (): never => {
      throw new Error('it came back');
    };

    test.each<[string, (connection: Connection) => unknown, (connection: Connection) => unknown]>([
      ['when a message came with a Close behind it', closes, nextMessage],
      ['when a Close has ended it', closes, ended],
      ['when it was lost', leaves, ended],
      ['when it was given up', says(() => undefined), (connection) => (connection.terminate(), ended(connection))],
    ])('%s', async (_when, serving, until) => {
      const { url, sockets } = await keep(serve(serving));
      for await (const connection of connect.forever(url, fast({ onRetry }))) {
        await until(connection);
        void connection.close();
      }
      expect(sockets).toHaveLength(1);
    });

    test('while it waits to come back', async () => {
      const { url, sockets } = await keep(serve(leaves));
      let last: Connection | undefined;
      const closeLast = jest.fn<undefined, []>(onRetry).mockImplementationOnce(() => void last?.close());
      for await (const connection of connect.forever(url, fast({ onRetry: closeLast }))) {
        last = connection;
        last.discard();
      }
      expect(closeLast).toHaveBeenCalledTimes(1);
      expect(sockets).toHaveLength(1);
    });

    test('before a wait, which does not begin', async () => {
      const { url } = await keep(serve(leaves));
      const clock = new TestClock();
      let last: Connection | undefined;
      const onRetry = (): void => void last?.close();
      for await (const connection of connect.forever(url, { clock, random: () => 1, onRetry })) {
        last = connection;
        last.discard();
      }
      expect(clock.pending).toBe(0);
    });

    test('in the middle of a wait, which is over at once', async () => {
      const { url, sockets } = await keep(serve(leaves));
      const clock = new TestClock();
      let last: Connection | undefined;
      const closeInWait = (): void =>
        void clock
          .timerSet()
          .then(() => turn())
          .then(() => last?.close());
      for await (const connection of connect.forever(url, { clock, random: () => 1, onRetry: closeInWait })) {
        last = connection;
        last.discard();
      }
      expect([sockets.length, clock.pending]).toEqual([1, 0]);
    });

    test('while the next one is being opened, which is closed as well', async () => {
      const { url, sockets } = await keep(serve(leaves));
      const resume = jest.fn();
      let last: Connection | undefined;
      for await (const connection of connect.forever(url, { ...fast(), resume, onHeaders: () => void last?.close() })) {
        last = connection;
        await ended(connection);
      }
      expect([sockets.length, resume.mock.calls.length]).toEqual([2, 1]);
    });

    test('but it throws where a code of the server says not to come back', async () => {
      const { url } = await keep(serve(says((connection) => connection.close(1008))));
      const run = (async () => {
        for await (const connection of connect.forever(url, fast({ onRetry }))) {
          await nextMessage(connection);
          void connection.close();
        }
      })();
      await expect(run).rejects.toMatchObject({ code: 'ERR_SOKKER_FINAL_CLOSE', record: { code: 1008 } });
    });

    test('but it comes back where close refused its arguments', async () => {
      const { url, sockets } = await keep(serve(leaves));
      for await (const connection of connect.forever(url, fast())) {
        if (sockets.length === 2) break;
        expect(() => connection.close(1005)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
        await ended(connection);
      }
      expect(sockets).toHaveLength(2);
    });
  });

  test('throws where the server says not to come back', async () => {
    const { url } = await keep(serve((connection) => connection.close(1008, 'banned')));
    const seen: Connection[] = [];
    const loop = (async () => {
      for await (const connection of connect.forever(url, fast())) seen.push(connection);
    })();
    await expect(loop).rejects.toMatchObject({ code: 'ERR_SOKKER_FINAL_CLOSE', record: { reason: 'banned' } });
    expect(seen).toHaveLength(1);
  });

  test('throws a refusal that will not change', async () => {
    let asked = 0;
    const { url } = await keep(script(() => (asked++, 'HTTP/1.1 403 \r\nContent-Length: 0\r\n\r\n')));
    await expect(connect.forever(url, fast()).next()).rejects.toMatchObject({ status: 403 });
    expect(asked).toBe(1);
  });

  test('throws what onHeaders throws, and closes the coder that was agreed on', async () => {
    const { url } = await keep(script((accept) => switching(accept, { 'Sec-WebSocket-Extensions': 'x-test' })));
    const fault = new Error('no such header');
    const close = jest.fn();
    const coder = { name: 'x-test', rsv: 4, close } as Partial<MessageCoder> as MessageCoder;
    const extension: Extension<MessageCoder> = {
      name: 'x-test',
      offer: () => [new Map()],
      accept: () => undefined,
      confirm: () => coder,
    };
    const onHeaders = jest.fn(() => {
      throw fault;
    });
    const onRetry = jest.fn();
    const loop = connect.forever(url, fast({ onHeaders, onRetry, extensions: [extension], maxAttempts: 3 }));
    await expect(loop.next()).rejects.toBe(fault);
    expect(onHeaders).toHaveBeenCalledTimes(1);
    expect(onRetry).not.toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(1);
  });

  test('headers that can be read only once go out with every attempt', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await keep(
      script((_accept, _socket, { rawHeaders }) => {
        seen.push(new HeaderFields(rawHeaders).only('authorization'));
        return 'HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n';
      }),
    );
    const headers = new Map([['Authorization', 'Bearer s']]).entries();
    await expect(connect.forever(url, fast({ headers, maxAttempts: 2 })).next()).rejects.toMatchObject({ status: 503 });
    expect(seen).toEqual(['Bearer s', 'Bearer s']);
  });

  test('leaving the loop closes the connection', async () => {
    const ended = new Promise((resolve) => {
      void keep(serve((connection) => connection.on('close', resolve))).then(async ({ url }) => {
        for await (const connection of connect.forever(url)) if (connection.state === 'open') break;
      });
    });
    expect(await ended).toMatchObject({ code: 1000, by: 'peer', clean: true });
  });

  test('an aborted signal ends it, wherever it stands', async () => {
    const { url } = await keep(serve());
    for (const stage of ['connected', 'waiting']) {
      const controller = new AbortController();
      const loop = connect.forever(stage === 'connected' ? url : 'ws://127.0.0.1:1', {
        signal: controller.signal,
        random: () => 1,
        onRetry: () => setImmediate(() => controller.abort(new Error('enough'))),
      });
      const run = (async () => {
        for await (const connection of loop) {
          setImmediate(() => controller.abort(new Error('enough')));
          expect(await connection.closed).toMatchObject({ clean: true, by: 'us' });
        }
      })();
      await expect(run).rejects.toThrow('enough');
    }
  });

  test('a wrong option or URL is told at once', () => {
    expect(() => connect.forever('nowhere')).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
    expect(() => connect.forever('ws://x', { minDelayMs: 0 })).toThrow(
      expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }),
    );
    expect(() => connect.forever('ws://x', { finalCodes: ['1008' as never] })).toThrow('finalCodes');
  });
});

describe('resume', () => {
  test('is called for every connection before the loop has it, and waited for', async () => {
    const got: string[] = [];
    const { url } = await keep(
      serve((connection) => {
        connection.on('message', (message) => {
          got.push(message.text());
          connection.send('subscribed');
          if (got.length === 1) connection.terminate();
        });
      }),
    );
    const options = fast({
      resume: async (connection) => {
        connection.send('subscribe');
        await Promise.race([once(connection, 'message'), connection.closed]);
      },
    });
    const states: string[] = [];
    for await (const connection of connect.forever(url, options)) {
      states.push(connection.state);
      if (connection.state === 'open') break;
    }
    expect(got).toEqual(['subscribe', 'subscribe']);
    expect(states.at(-1)).toBe('open');
  });

  test('an error of its own ends the loop and closes the connection', async () => {
    const ended: Promise<unknown>[] = [];
    const { url } = await keep(serve((connection) => void ended.push(connection.closed)));
    const fault = new Error('no subscription');
    const loop = connect.forever(url, { resume: () => Promise.reject(fault) });
    await expect(loop.next()).rejects.toBe(fault);
    expect(await ended[0]).toMatchObject({ code: 1011 });
  });

  test.each<[string, (connection: Connection) => unknown]>([
    ['and does not wait', (connection) => void connection.close(4000)],
    ['and waits for the end', (connection) => connection.close(4000)],
    [
      'behind the Close of the server',
      async (connection) => {
        connection.send('leave');
        await untilGoing(connection);
        void connection.close(4000);
      },
    ],
  ])('an error of its own is thrown where it closed the connection itself, %s', async (_how, close) => {
    const { url } = await keep(serve((connection) => connection.on('message', () => void connection.close(1001))));
    const fault = new Error('no subscription');
    const resume = async (connection: Connection): Promise<void> => {
      await close(connection);
      throw fault;
    };
    await expect(connect.forever(url, fast({ resume })).next()).rejects.toBe(fault);
  });

  /** How a server leaves the first connection, and what `resume` was waiting for. */
  const departures: readonly (readonly [string, (connection: Connection, socket: Socket) => unknown])[] = [
    ['a Close', (connection) => connection.close(1001)],
    ['an end without a Close', (_connection, socket) => socket.end()],
  ];
  const waits: readonly (readonly [string, (connection: Connection) => Promise<unknown>])[] = [
    ['the end of a stream', (connection) => connection.sendStream(endless(connection))],
    ['room', (connection) => untilGoing(connection).then(() => connection.writable())],
    ['a message that never comes', (connection) => new Promise((resolve) => connection.once('message', resolve))],
  ];
  /** Parts of a message, for as long as the connection is open. */
  async function* endless(connection: Connection): AsyncGenerator<string> {
    for (; connection.state === 'open'; await turn()) yield 'part';
  }
  async function untilGoing(connection: Connection): Promise<void> {
    while (connection.state === 'open') await turn();
  }

  test.each(departures.flatMap(([how, leave]) => waits.map(([what, wait]) => [how, what, leave, wait] as const)))(
    '%s ends its wait for %s, and the loop comes back',
    async (_how, _what, leave, wait) => {
      let count = 0;
      const { url } = await keep(
        serve(async (connection, socket) => {
          connection.on('error', () => undefined);
          if (++count > 1) return;
          await connection.ping();
          leave(connection, socket);
        }),
      );
      const resume = async (connection: Connection): Promise<void> => {
        if (count < 2) await wait(connection);
      };
      const seen: string[] = [];
      for await (const connection of connect.forever(url, fast({ resume }))) {
        seen.push(connection.state);
        if (count === 2) break;
      }
      expect(seen).toHaveLength(2);
      expect(seen[0]).not.toBe('open');
      expect(seen[1]).toBe('open');
    },
  );

  test("an aborted signal ends its wait; what it fails with later is nobody's", async () => {
    const { url } = await keep(serve());
    const controller = new AbortController();
    const reason = new Error('enough');
    let failLate: (error: Error) => void = () => undefined;
    const resume = (): Promise<void> => {
      setImmediate(() => controller.abort(reason));
      return new Promise((_resolve, reject) => (failLate = reject));
    };
    const loop = connect.forever(url, fast({ resume, signal: controller.signal }));
    await expect(loop.next()).rejects.toBe(reason);
    failLate(new Error('too late to matter'));
    await turn();
  });
});

describe('what was not sent', () => {
  /** A server that shakes hands, reads nothing more, and vanishes when it is told to. */
  async function deaf(): Promise<{ server: TestServer; vanish: () => void }> {
    let latest: Socket | undefined;
    const server = await keep(
      script((accept, socket) => {
        latest = socket.pause();
        return switching(accept);
      }),
    );
    return { server, vanish: () => latest?.resetAndDestroy() };
  }

  /** What is sent now does not leave in this turn, and then the connection is gone. */
  function fillAndLose(connection: RecordedConnection): void {
    connection.send('never sent');
    connection.terminate(new Error('lost'));
  }

  test('is what is kept: nothing that was sent, once a heartbeat has looked', async () => {
    const { url } = await keep(serve());
    const clock = new TestClock();
    const loop = connect.forever(url, fast({ clock, pingIntervalMs: 1000 }));
    const { value } = await loop.next();
    const connection = value as RecordedConnection;
    const sent = ((data: Buffer) => {
      connection.send(data);
      return new WeakRef(data);
    })(Buffer.alloc(100_000));
    while (connection.acceptedMessages === 0) await turn();
    clock.advance(1000);
    await turn();
    bufferBytes();
    expect(sent.deref()).toBeUndefined();
    await loop.return();
  });

  test('is handed back whole and in order', async () => {
    const { server, vanish } = await deaf();
    const unsent: UnsentMessage[] = [];
    const back: UnsentMessage[] = [];
    const options = fast({ maxBufferedBytes: Infinity, onUnsent: (messages) => unsent.push(...messages) });
    for await (const connection of connect.forever(server.url, options)) {
      if (unsent.length > 0) {
        back.push(...unsent);
        break;
      }
      // Far more than the kernel's buffers hold.
      for (let index = 0; index < 400; index++) connection.send(Buffer.alloc(64 * 1024, index % 256));
      connection.send('last', { compress: false });
      await turn();
      vanish();
      await connection.closed;
      connection.send('late');
    }
    expect(back.length).toBeGreaterThan(2);
    expect(back.length).toBeLessThanOrEqual(402);
    const numbers = back.slice(0, -2).map(({ data }) => (data as Buffer)[0]);
    const first = 400 - numbers.length;
    expect(numbers).toEqual(numbers.map((_, index) => (first + index) % 256));
    expect(back.slice(-2)).toEqual([
      { data: 'last', options: { compress: false } },
      { data: 'late', options: undefined },
    ]);
  });

  test('comes back at once where the connection has ended, before and after the rest did', async () => {
    const { server, vanish } = await deaf();
    const unsent: UnsentMessage[] = [];
    const loop = connect.forever(server.url, fast({ onUnsent: (messages) => unsent.push(...messages) }));
    const { value } = await loop.next();
    const connection = value as RecordedConnection;
    vanish();
    await connection.closed;
    for (let index = 0; index < 100; index++) connection.send(`${index}`);
    expect(unsent.map(({ data }) => data)).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`));
    await loop.return();
    expect(unsent).toHaveLength(100);
    connection.send('after the loop', { compress: false });
    expect(unsent.slice(100)).toEqual([{ data: 'after the loop', options: { compress: false } }]);
  });

  test('waits for the end of a connection that is closing when the loop is left', async () => {
    const got: string[] = [];
    const { url } = await keep(serve((connection) => connection.on('message', (message) => got.push(message.text()))));
    const onUnsent = jest.fn();
    let left: Connection | undefined;
    for await (const connection of connect.forever(url, fast({ onUnsent }))) {
      left = connection;
      connection.send('on its way');
      void connection.close();
      break;
    }
    await left?.closed;
    expect(got).toEqual(['on its way']);
    expect(onUnsent).not.toHaveBeenCalled();
  });

  test('is nothing where all was taken', async () => {
    const { url } = await keep(serve((connection) => connection.on('message', () => connection.terminate())));
    const onUnsent = jest.fn();
    let rounds = 0;
    for await (const connection of connect.forever(url, fast({ onUnsent }))) {
      if (++rounds === 3) break;
      connection.send('taken');
      await connection.closed;
    }
    expect(onUnsent).not.toHaveBeenCalled();
  });

  test('what onUnsent throws once the loop was left is a warning: nobody could catch it', async () => {
    const { server, vanish } = await deaf();
    const fault = new Error('disk full');
    const onUnsent = (): void => {
      throw fault;
    };
    const warned = new Promise((resolve) => {
      jest.spyOn(process, 'emitWarning').mockImplementationOnce(resolve);
    });
    for await (const connection of connect.forever(server.url, fast({ maxBufferedBytes: Infinity, onUnsent }))) {
      for (let index = 0; index < 200; index++) connection.send(Buffer.alloc(64 * 1024));
      break;
    }
    vanish();
    expect(await warned).toBe(fault);
    jest.restoreAllMocks();
  });

  test('what onUnsent throws while the loop goes on ends it, and closes the connection just opened', async () => {
    const ended: Promise<unknown>[] = [];
    const server = await keep(serve((connection) => void ended.push(connection.closed)));
    const fault = new Error('disk full');
    const onUnsent = (): void => {
      throw fault;
    };
    const loop = connect.forever(server.url, fast({ onUnsent }));
    const { value } = await loop.next();
    fillAndLose(value as RecordedConnection);
    await expect(loop.next()).rejects.toBe(fault);
    expect(await ended[1]).toMatchObject({ code: 1000, clean: true });
  });

  test('a signal that onUnsent aborts closes the connection just opened, which nobody resumes', async () => {
    const ended: Promise<unknown>[] = [];
    const server = await keep(serve((connection) => void ended.push(connection.closed)));
    const controller = new AbortController();
    const reason = new Error('enough');
    const resume = jest.fn();
    const options = fast({ resume, signal: controller.signal, onUnsent: () => controller.abort(reason) });
    const loop = connect.forever(server.url, options);
    const { value } = await loop.next();
    fillAndLose(value as RecordedConnection);
    await expect(loop.next()).rejects.toBe(reason);
    expect(await ended[1]).toMatchObject({ code: 1001, clean: true });
    expect(resume).toHaveBeenCalledTimes(1);
  });

  test('with nobody to take it, a warning says so', async () => {
    const { server, vanish } = await deaf();
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    for await (const connection of connect.forever(server.url, fast({ maxBufferedBytes: Infinity }))) {
      for (let index = 0; index < 200; index++) connection.send(Buffer.alloc(64 * 1024));
      vanish();
      await connection.closed;
      for (let index = 0; index < 100; index++) connection.send('late');
      break;
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('were not sent'),
      expect.objectContaining({ code: 'SOKKER_UNSENT' }),
    );
    warn.mockRestore();
  });
});

test('a server that only listens is no server', async () => {
  const clock = new TestClock();
  const { url } = await keep(listen((socket) => void socket.destroy()));
  const loop = connect.forever(url, { clock, maxAttempts: 1 });
  await expect(loop.next()).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED' });
  expect(clock.pending).toBe(0);
});
