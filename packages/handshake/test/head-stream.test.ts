import { Duplex, PassThrough, Readable } from 'node:stream';
import { getEventListeners, once } from 'node:events';
import { readRequestHead, readResponseHead } from '../src/index.js';
import { latin1 } from './heads.js';

const HEAD = 'GET /chat HTTP/1.1\r\nHost: a\r\n\r\n';
const REST = '\x81\x00after\r\n\r\n';

function listeners(stream: Duplex | Readable): number {
  return ['readable', 'data', 'end', 'close', 'error'].reduce((sum, name) => sum + stream.listenerCount(name), 0);
}

async function drained(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

describe('readRequestHead', () => {
  test.each([1, 2, 3, 7, 30, 31, 32, 33, 1000])('takes the head and nothing more, in chunks of %d', async (size) => {
    const bytes = latin1(HEAD + REST);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const stream = Readable.from(chunks, { objectMode: false });
    const head = await readRequestHead(stream);
    expect(head).toEqual({ method: 'GET', target: '/chat', httpVersion: '1.1', rawHeaders: ['Host', 'a'] });
    expect(await drained(stream)).toBe(REST);
  });

  test('leaves the stream as it was: neither flowing nor paused, and without listeners', async () => {
    const stream = new PassThrough();
    const before = listeners(stream);
    const reading = readRequestHead(stream);
    stream.write(latin1(HEAD + REST));
    await reading;
    expect(listeners(stream)).toBe(before);
    expect(stream.readableFlowing).toBeNull();
    expect(stream.isPaused()).toBe(false);
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString('latin1')).toBe(REST);
  });

  test('the stream may end with the bytes after the head', async () => {
    const stream = new PassThrough();
    stream.end(latin1(HEAD + REST));
    await readRequestHead(stream);
    const sink = new PassThrough();
    stream.pipe(sink);
    expect(await drained(sink)).toBe(REST);
  });

  test.each([
    ['a violation', (stream: PassThrough) => stream.write('\0'), 'ERR_SOKKER_START_LINE'],
    ['too many bytes', (stream: PassThrough) => stream.write(Buffer.alloc(20000, 'a')), 'ERR_SOKKER_TARGET_TOO_LONG'],
    ['an end within the head', (stream: PassThrough) => stream.end('GET'), 'ERR_SOKKER_HEAD_TRUNCATED'],
    ['an end before it', (stream: PassThrough) => stream.end(), 'ERR_SOKKER_HEAD_TRUNCATED'],
    ['a stream that closes', (stream: PassThrough) => stream.destroy(), 'ERR_SOKKER_HEAD_TRUNCATED'],
  ])('rejects for %s, and lets go of the stream', async (_name, act, code) => {
    const stream = new PassThrough();
    const before = listeners(stream);
    const reading = readRequestHead(stream);
    act(stream);
    await expect(reading).rejects.toMatchObject({ code });
    expect(listeners(stream)).toBe(before);
  });

  test('rejects when the peer ends, though our side stays open', async () => {
    const stream = new Duplex({ read: () => {}, write: () => {} });
    const reading = readRequestHead(stream);
    stream.push('GET');
    stream.push(null);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED' });
    expect(stream.closed).toBe(false);
  });

  test("rejects with the stream's error as the cause", async () => {
    const stream = new PassThrough();
    const reading = readRequestHead(stream);
    const cause = new Error('ECONNRESET');
    stream.destroy(cause);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED', cause });
  });

  test('rejects at once for a stream that is over', async () => {
    const ended = Readable.from([]);
    await drained(ended);
    await expect(readRequestHead(ended)).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED' });
    await expect(readRequestHead(new PassThrough().destroy())).rejects.toMatchObject({ status: 400 });
    const closed = new PassThrough().destroy();
    await once(closed, 'close');
    await expect(readRequestHead(closed)).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED' });
  });

  test('gives up when its signal aborts, before or while it reads', async () => {
    const controller = new AbortController();
    const stream = new PassThrough();
    const reading = readRequestHead(stream, { signal: controller.signal });
    stream.write('GET');
    const cause = new Error('too slow');
    controller.abort(cause);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TIMEOUT', status: 408, cause });
    expect(stream.listenerCount('readable')).toBe(0);
    const late = readRequestHead(stream, { signal: controller.signal });
    await expect(late).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TIMEOUT' });
  });

  test('leaves nothing on the signal, which may serve others', async () => {
    const { signal } = new AbortController();
    const stream = new PassThrough();
    const reading = readRequestHead(stream, { signal });
    stream.write(latin1(HEAD));
    await reading;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a stream of strings is the caller’s mistake', async () => {
    const stream = new PassThrough();
    stream.setEncoding('utf8');
    const reading = readRequestHead(stream);
    stream.write(HEAD);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
  });

  test.each([{ signal: 1 }, { maxHeaders: 0 }, { deadlineMs: 1 }, null])('wrong options throw: %p', (options) => {
    const read = (): unknown => readRequestHead(new PassThrough(), options as object);
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }));
    expect(read).toThrow('readRequestHead');
  });
});

describe('readResponseHead', () => {
  test('takes the head and nothing more', async () => {
    const stream = Readable.from([latin1(`HTTP/1.1 100 \r\n\r\nHTTP/1.1 101 x\r\n\r\n${REST}`)], { objectMode: false });
    expect(await readResponseHead(stream)).toEqual({ httpVersion: '1.1', status: 101, reason: 'x', rawHeaders: [] });
    expect(await drained(stream)).toBe(REST);
  });

  test('its errors have no status', async () => {
    const stream = new PassThrough();
    const reading = readResponseHead(stream, { maxHeadBytes: 8 });
    stream.write('HTTP/1.1 101');
    await expect(reading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TOO_BIG', status: undefined });
    await expect(readResponseHead(stream.destroy())).rejects.toMatchObject({ status: undefined });
    expect(() => readResponseHead(stream, { a: 1 } as object)).toThrow("readResponseHead has no option 'a'");
  });
});
