import fc from 'fast-check';
import { Readable } from 'node:stream';
import { checkSource, SourceReader, type MessageSource } from '../src/source.js';
import { rejection, settled } from './scene.js';

async function read(source: MessageSource): Promise<Buffer> {
  const reader = new SourceReader(source);
  const pieces: Buffer[] = [];
  for (let piece = await reader.read(); piece !== undefined; piece = await reader.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

const bytes = Buffer.from('bytes and strings');

test.each<[string, () => MessageSource]>([
  ['a Readable of bytes', () => Readable.from([bytes.subarray(0, 5), bytes.subarray(5)])],
  ['a Readable of strings', () => Readable.from(['bytes and', ' strings'])],
  ['a Readable with an encoding', () => Readable.from([bytes], { objectMode: false }).setEncoding('utf8')],
  ['a ReadableStream of bytes', () => streamOf([new Uint8Array(bytes)])],
  ['a ReadableStream of strings', () => streamOf(['bytes ', 'and strings'])],
  ['a Blob', () => new Blob([bytes])],
  ['an array', () => ['bytes', ' ', Buffer.from('and'), ' strings']],
  ['a generator', () => generator()],
  ['an async generator', () => asyncGenerator()],
  ['an array of views', () => [new Uint16Array(bytes.buffer.slice(0, 0)), new Uint8Array(bytes), new ArrayBuffer(0)]],
])('%s', async (_, make) => {
  expect((await read(make())).equals(bytes)).toBe(true);
});

test.each<[string, unknown]>([
  ['a string', 'whole'],
  ['a Buffer', bytes],
  ['an ArrayBuffer', new ArrayBuffer(1)],
  ['a DataView', new DataView(new ArrayBuffer(1))],
  ['undefined', undefined],
  ['null', null],
  ['a function', () => []],
  ['a number', 5],
  ['an object of another kind', {}],
  ['a ReadableStream that someone reads', locked()],
])('%s is no source', (_, source) => {
  expect(() => checkSource(source)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
});

test.each<[string, MessageSource]>([
  ['numbers', [1, 2] as never],
  ['objects', [{}] as never],
  ['undefined', [undefined] as never],
])('a source of %s fails', async (_, source) => {
  expect(await rejection(read(source))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
});

describe('strings', () => {
  test.each<[string, (string | Buffer)[], string]>([
    ['a pair cut between two', ['a\ud83e', '\udda6b'], 'a🦦b'],
    ['with empty ones between', ['\ud83e', '', '\udda6'], '🦦'],
    ['a first half without a second', ['a\ud83e', 'b'], 'a\ufffdb'],
    ['two first halves', ['\ud83e', '\ud83e', '\udda6'], '\ufffd🦦'],
    ['a first half at the end', ['a\ud83e'], 'a\ufffd'],
    ['a second half alone', ['\udda6'], '\ufffd'],
    ['a first half before bytes', ['a\ud83e', Buffer.from('b'), '\udda6'], 'a\ufffdb\ufffd'],
  ])('%s', async (_, pieces, expected) => {
    expect((await read(pieces)).toString('utf8')).toBe(expected);
  });

  test('cut anywhere they leave as the whole would', async () => {
    const anyString = fc.string({ unit: 'binary', maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(anyString, fc.array(fc.nat(), { maxLength: 5 }), async (text, points) => {
        const cuts = points.map((point) => point % (text.length + 1)).sort((a, b) => a - b);
        const pieces = [...cuts, text.length].map((end, i) => text.slice(cuts[i - 1] ?? 0, end));
        expect((await read(pieces)).equals(Buffer.from(text, 'utf8'))).toBe(true);
      }),
    );
  });
});

describe('a source is let go', () => {
  test('a Readable is destroyed, even while it is waited for, and nothing stays on it', async () => {
    const source = new Readable({ read: () => undefined });
    const reader = new SourceReader(source);
    const waits = rejection(reader.read());
    await settled();
    reader.cancel(new Error('enough'));
    await waits;
    await settled();
    expect(source.destroyed).toBe(true);
    expect(ours(source)).toEqual([]);
  });

  test('a Readable that fails before anyone reads it fails the read, and is no uncaught error', async () => {
    const source = new Readable({ read: () => undefined });
    const reader = new SourceReader(source);
    source.destroy(new Error('no such file'));
    await settled();
    expect((await rejection(reader.read())).message).toBe('no such file');
  });

  test('a Readable that was read to its end keeps no listener', async () => {
    const source = Readable.from(['a']);
    await read(source);
    await settled();
    expect(ours(source)).toEqual([]);
  });

  test('a ReadableStream is cancelled with the reason', async () => {
    let reason: unknown;
    const source = new ReadableStream<string>({ cancel: (why) => void (reason = why) });
    const reader = new SourceReader(source);
    const waits = reader.read();
    reader.cancel('enough');
    expect(await waits).toBeUndefined();
    expect(reason).toBe('enough');
  });

  test('a ReadableStream whose cancel fails is none of our business', async () => {
    const source = new ReadableStream<string>({ cancel: () => Promise.reject(new Error('not now')) });
    new SourceReader(source).cancel('enough');
    await settled();
  });

  test('a generator returns; one that was never asked is not even begun', async () => {
    const log: string[] = [];
    async function* logging(): AsyncGenerator<string> {
      log.push('begun');
      try {
        yield 'a';
        yield 'b';
      } finally {
        log.push('returned');
      }
    }
    const reader = new SourceReader(logging());
    await reader.read();
    reader.cancel(new Error('enough'));
    await settled();
    expect(log).toEqual(['begun', 'returned']);
    new SourceReader(logging()).cancel(new Error('enough'));
    await settled();
    expect(log).toHaveLength(2);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['is missing', undefined as never],
  ])('an iterator whose return %s', async (_, leave) => {
    const iterator = { next: () => ({ done: false, value: 'a' }), return: leave };
    const reader = new SourceReader({ [Symbol.iterator]: () => iterator } as never);
    await reader.read();
    reader.cancel(new Error('enough'));
    await settled();
  });

  test('an iterable that cannot be opened fails the read', async () => {
    const source = {
      [Symbol.asyncIterator]: () => {
        throw new Error('not today');
      },
    };
    expect((await rejection(new SourceReader(source as never).read())).message).toBe('not today');
  });
});

/** Listeners that are not those of the stream's own iterator. */
function ours(source: Readable): unknown[] {
  const own = ['onclose', 'onerror', 'onend', 'onfinish', 'next', 'wakeup'];
  const all = source.eventNames().flatMap((name) => source.listeners(name));
  return all.filter(({ name }) => !own.includes(name));
}

function streamOf(pieces: readonly (string | Uint8Array)[]): ReadableStream<string | Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

function locked(): ReadableStream {
  const stream = streamOf([]);
  stream.getReader();
  return stream;
}

function* generator(): Generator<string | Uint8Array> {
  yield 'bytes';
  yield new Uint8Array(bytes).subarray(5);
}

async function* asyncGenerator(): AsyncGenerator<string | Uint8Array> {
  for (const piece of generator()) {
    await settled(1);
    yield piece;
  }
}
