import { connect, type ReconnectOptions, type Renewed, type Retry } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { HeaderFields } from '@sokker/handshake';
import { getEventListeners } from 'node:events';
import { TestClock } from './clock.js';
import { script, serve, type TestServer } from './server.js';

const open: TestServer[] = [];
const keep = async (server: Promise<TestServer>): Promise<TestServer> => {
  open.push(await server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): Promise<never> => new Promise(() => undefined);
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
/** Loops with no delay worth the name. */
const fast = (more: ReconnectOptions): ReconnectOptions => ({ random: () => 0, ...more });

/** A server that declines, and keeps what it was asked. */
async function asked(): Promise<{ url: string; targets: string[]; credentials: (string | undefined)[] }> {
  const targets: string[] = [];
  const credentials: (string | undefined)[] = [];
  const { url } = await keep(
    script((_accept, _socket, { target, rawHeaders }) => {
      targets.push(target);
      credentials.push(new HeaderFields(rawHeaders).only('authorization'));
      return 'HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n';
    }),
  );
  return { url, targets, credentials };
}

describe('what renew answers', () => {
  test('is what the next attempt is made with, and the first', async () => {
    const { url, targets, credentials } = await asked();
    let count = 0;
    const renew = (): Renewed => ({ url: `${url}/?ticket=${++count}`, headers: { Authorization: `Bearer ${count}` } });
    const loop = connect.forever(url, fast({ renew, maxAttempts: 3 }));
    await expect(loop.next()).rejects.toMatchObject({ status: 503 });
    expect(targets).toEqual(['/?ticket=1', '/?ticket=2', '/?ticket=3']);
    expect(credentials).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3']);
  });

  test('leaves in place what it does not name', async () => {
    const { url, targets, credentials } = await asked();
    const headers = { Authorization: 'Bearer a' };
    const answers: Renewed[] = [
      {},
      { url: new URL('/b', url) },
      { headers: [] },
      { url: undefined, headers: undefined },
    ];
    const renew = (): Promise<Renewed> => Promise.resolve(answers.shift() ?? {});
    await expect(connect.forever(url, fast({ renew, headers, maxAttempts: 4 })).next()).rejects.toThrow('503');
    expect(targets).toEqual(['/', '/b', '/', '/']);
    expect(credentials).toEqual(['Bearer a', 'Bearer a', undefined, 'Bearer a']);
  });

  test('goes along with a redirect, though its headers can be read only once', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await keep(
      script((_accept, _socket, { target, rawHeaders }) => {
        seen.push(new HeaderFields(rawHeaders).only('authorization'));
        const [status, more] = target === '/' ? [307, 'Location: /there\r\n'] : [403, ''];
        return `HTTP/1.1 ${status} \r\n${more}Content-Length: 0\r\n\r\n`;
      }),
    );
    const renew = (): Renewed => ({ headers: new Map([['Authorization', 'Bearer s']]).entries() });
    await expect(connect.forever(url, { renew, maxRedirects: 1 }).next()).rejects.toMatchObject({ status: 403 });
    expect(seen).toEqual(['Bearer s', 'Bearer s']);
  });

  test('brings a new ticket for every connection', async () => {
    const { url } = await keep(serve((connection, _socket, target) => void connection.close(1012, target)));
    const tickets: string[] = [];
    let count = 0;
    const renew = async (): Promise<Renewed> => (await turn(), { url: `${url}/?ticket=${++count}` });
    for await (const connection of connect.forever(url, fast({ renew }))) {
      if (tickets.push((await connection.closed).reason) === 3) break;
    }
    expect(tickets).toEqual(['/?ticket=1', '/?ticket=2', '/?ticket=3']);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'ERR_SOKKER_ARGUMENT'],
    ['a URL by itself', 'ws://localhost/?ticket=s3cret', 'ERR_SOKKER_ARGUMENT'],
    ['an array', [], 'ERR_SOKKER_OPTION'],
    ['another name', { header: {} }, 'ERR_SOKKER_OPTION'],
    ['a URL that is none', { url: '/chat?ticket=s3cret' }, 'ERR_SOKKER_ARGUMENT'],
    ['a URL of another kind', { url: 42 }, 'ERR_SOKKER_OPTION'],
    ['a URL of another scheme', { url: 'ftp://localhost/' }, 'ERR_SOKKER_ARGUMENT'],
    ['a header that the handshake owns', { headers: { Upgrade: 'h2c' } }, 'ERR_SOKKER_OPTION'],
    ['a header with a line end', { headers: { Authorization: 's3cret\r\n' } }, 'ERR_SOKKER_OPTION'],
    ['headers that are none', { headers: 42 }, 'ERR_SOKKER_OPTION'],
  ])('where it is wrong ends the loop, with no word of what it holds: %s', async (_name, answer, code) => {
    const dial = jest.fn();
    const onRetry = jest.fn();
    const loop = connect.forever('ws://localhost', { renew: () => answer as Renewed, dial, onRetry });
    const error = await loop.next().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'UsageError', code });
    expect((error as Error).message).not.toContain('s3cret');
    expect(dial).not.toHaveBeenCalled();
    expect(onRetry).not.toHaveBeenCalled();
  });
});

describe('where renew fails', () => {
  const fault = Object.assign(new Error('fetch failed'), { code: 'ECONNREFUSED' });

  test.each<[string, unknown, () => Promise<Renewed>]>([
    ['rejects', fault, () => Promise.reject(fault)],
    ['throws', fault, () => { throw fault; }], // prettier-ignore
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what is no Error is rejected with, too
    ['rejects with nothing', undefined, () => Promise.reject()],
  ])('and %s, the attempt has failed: the loop waits, and throws after the last', async (_how, cause, renew) => {
    const clock = new TestClock();
    const retries: Retry[] = [];
    const dial = jest.fn();
    const loop = connect.forever('ws://localhost', {
      clock,
      renew,
      dial,
      random: () => 1,
      maxAttempts: 3,
      onRetry: (retry) => {
        retries.push(retry);
        void clock.timerSet().then(() => clock.advance(retry.delayMs));
      },
    });
    const error = await loop.next().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'ConnectError', code: 'ERR_SOKKER_RENEW' });
    expect((error as Error).cause).toBe(cause);
    expect(retries.map(({ delayMs }) => delayMs)).toEqual([500, 1000]);
    expect(retries[0]?.after).toMatchObject({ type: 'failed', error: { code: 'ERR_SOKKER_RENEW' } });
    expect(dial).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  test('the loop comes back once it does not', async () => {
    const { url } = await keep(serve());
    const renew = jest.fn<Promise<Renewed>, []>(() => Promise.resolve({})).mockRejectedValueOnce(fault);
    for await (const connection of connect.forever(url, fast({ renew }))) void connection.close();
    expect(renew).toHaveBeenCalledTimes(2);
  });
});

type Renew = (signal: AbortSignal) => Renewed | Promise<Renewed>;
/** What `renew` may do when `stop` ends the loop, while it is under way or before it answers. */
const LEAVINGS: readonly (readonly [string, (stop: () => void) => Renew])[] = [
  ['never settles', (stop) => () => (setImmediate(stop), never())],
  [
    'rejects',
    (stop) => (signal) => (setImmediate(stop), aborted(signal).then(() => Promise.reject(new Error('late')))),
  ],
  ['answers', (stop) => (signal) => (setImmediate(stop), aborted(signal).then(() => ({})))],
  ['answers what is wrong', (stop) => (signal) => (setImmediate(stop), aborted(signal).then(() => ({ url: 'x' })))],
  ['answers at once', (stop) => () => (stop(), {})],
  ['throws at once', (stop) => () => (stop(), JSON.parse('') as Renewed)],
  ['has just answered', (stop) => () => (queueMicrotask(() => queueMicrotask(stop)), Promise.resolve({}))],
];

describe('while renew is under way', () => {
  test.each(LEAVINGS)('close ends the loop and aborts it, and where it %s no other opens', async (_what, leave) => {
    const { url, sockets } = await keep(serve((connection) => connection.terminate()));
    const signals: AbortSignal[] = [];
    let last: Connection | undefined;
    const renew = (signal: AbortSignal): Renewed | Promise<Renewed> => {
      if (signals.push(signal) === 1) return {};
      return leave(() => void last?.close())(signal);
    };
    for await (const connection of connect.forever(url, fast({ renew }))) last = connection;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(sockets).toHaveLength(1);
  });

  test.each(LEAVINGS)('an abort is thrown and passed on, and where it %s nothing opens', async (_what, leave) => {
    const { url, sockets } = await keep(serve());
    const controller = new AbortController();
    const reason = new Error('enough');
    let seen: AbortSignal | undefined;
    const renew = (signal: AbortSignal): Renewed | Promise<Renewed> => {
      seen = signal;
      return leave(() => controller.abort(reason))(signal);
    };
    await expect(connect.forever(url, fast({ renew, signal: controller.signal })).next()).rejects.toBe(reason);
    expect(seen?.reason).toBe(reason);
    expect(sockets).toHaveLength(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

test('renew is not asked where the signal has aborted before', async () => {
  const renew = jest.fn(() => ({}));
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(connect.forever('ws://localhost', { renew, signal }).next()).rejects.toThrow('enough');
  expect(renew).not.toHaveBeenCalled();
});

test('a renew that is no function, and a first URL that is none, are told at once', () => {
  expect(() => connect.forever('ws://localhost', { renew: {} as never })).toThrow('renew must be a function');
  expect(() => connect.forever('nowhere', { renew: () => ({ url: 'ws://localhost' }) })).toThrow('absolute URL');
});
