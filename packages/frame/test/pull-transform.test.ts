import { PullTransform } from '../src/pull-transform.js';
import type { Stage } from '../src/stage.js';
import { collect, flow, settled } from './streams.js';

/** Each number written gives as many items; a negative one gives that many and then fails. */
class Countdown implements Stage<number, string> {
  asked = 0;
  #left = 0;
  #fails = false;

  constructor(readonly thrown: unknown = new Error('negative')) {}

  write(count: number): void {
    if (Number.isNaN(count)) throw new TypeError('not a number');
    this.#left = Math.abs(count);
    this.#fails = count < 0;
  }

  next(): string | undefined {
    this.asked++;
    if (this.#left > 0) return `item ${this.#left--}`;
    if (this.#fails) throw this.thrown;
    return undefined;
  }

  end(): void {
    if (this.asked > 100) throw new Error('too many');
  }
}

const transform = (stage = new Countdown()): PullTransform =>
  new PullTransform(stage, { objectMode: true, readableHighWaterMark: 4 });

test('hands on all that comes of each input, in order', async () => {
  const stream = transform();
  const items = collect(stream);
  for (const count of [2, 0, 1]) stream.write(count);
  stream.end();
  expect(await items).toEqual(['item 2', 'item 1', 'item 1']);
});

test('stops inside an input while its reader is behind, and goes on', async () => {
  const stage = new Countdown();
  const stream = transform(stage);
  let taken = false;
  stream.write(50, () => (taken = true));
  await settled();
  expect([stage.asked, stream.readableLength, taken]).toEqual([4, 4, false]);
  expect(stream.read()).toBe('item 50');
  await settled();
  expect(stage.asked).toBeLessThanOrEqual(9);
  stream.end();
  expect(await collect(stream)).toHaveLength(49);
  expect(taken).toBe(true);
});

test('an input that fills the queue exactly does not stop the next', async () => {
  const stream = transform();
  for (let i = 0; i < 5; i++) stream.write(4);
  stream.end();
  expect(await collect(stream)).toHaveLength(20);
});

describe('an input of which nothing comes', () => {
  const nothing = async (): Promise<[PullTransform, unknown[]]> => {
    const stream = transform();
    const events: unknown[] = [];
    for (const event of ['data', 'drain', 'finish', 'end', 'close']) {
      stream.on(event, (item?: unknown) => events.push(item ?? event));
    }
    stream.on('error', (error: NodeJS.ErrnoException) => events.push(error.code ?? error.message));
    await settled();
    return [stream, events];
  };

  test('is used up when `write` returns', async () => {
    const [stream] = await nothing();
    for (let i = 0; i < 100; i++) expect(stream.write(0)).toBe(true);
    expect([stream.writableLength, stream.writableNeedDrain]).toEqual([0, false]);
  });

  test('is told of to who asks', async () => {
    const [stream, events] = await nothing();
    stream.write(0, () => events.push('written'));
    stream.write(0, 'utf8', () => events.push('with an encoding'));
    expect(events).toEqual([]);
    await settled();
    expect(events).toEqual(['written', 'with an encoding']);
  });

  test('waits while the stream is corked, and behind what waits', async () => {
    const stage = new Countdown();
    const stream = transform(stage);
    stream.cork();
    stream.write(0);
    expect(stage.asked).toBe(0);
    stream.uncork();
    expect(stage.asked).toBeGreaterThan(0);
    stream.write(9);
    const { asked } = stage;
    stream.write(0);
    expect([stage.asked, stream.writableLength]).toEqual([asked, 2]);
  });

  test('is one too much behind the end', async () => {
    const [stream, events] = await nothing();
    stream.end();
    stream.write(0);
    await settled();
    expect(events).toContain('ERR_STREAM_WRITE_AFTER_END');
  });

  test('goes to a `_write` that somebody else put there', async () => {
    const [stream] = await nothing();
    const seen: unknown[] = [];
    stream._write = (input, encoding, callback) => {
      seen.push(input);
      PullTransform.prototype._write.call(stream, input, encoding, callback);
    };
    stream.write(0);
    stream.write(0);
    expect(seen).toEqual([0, 0]);
  });

  test('fails where null is no input, and undefined is one', async () => {
    const [stream, events] = await nothing();
    expect(() => stream.write(null)).toThrow(expect.objectContaining({ code: 'ERR_STREAM_NULL_VALUES' }) as Error);
    stream.write(undefined);
    await settled();
    expect(events).toEqual([]);
  });

  test('of bytes is a Buffer in any case', async () => {
    const taken: unknown[] = [];
    const stage: Stage<Buffer, string> = { write: (bytes) => void taken.push(bytes), next: () => undefined, end() {} };
    const stream = new PullTransform(stage, { readableObjectMode: true });
    for (const input of [Uint8Array.of(1), 'a', Buffer.of(), Buffer.of(1, 2)]) stream.write(input);
    expect(taken).toEqual([Buffer.of(1), Buffer.from('a'), Buffer.of(), Buffer.of(1, 2)]);
    expect(() => stream.write(1)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }) as Error);
  });
});

describe('a reader that flows', () => {
  const reading = (stream: PullTransform, onItem: (items: unknown[]) => void = () => {}): unknown[] => {
    const items: unknown[] = [];
    stream.on('data', (item) => {
      items.push(item);
      onItem(items);
    });
    return items;
  };

  test('has what comes of an input before `write` returns', async () => {
    const stream = transform();
    const items = reading(stream);
    await settled();
    expect(stream.readableDidRead).toBe(false);
    stream.write(1);
    expect([items.length, stream.readableDidRead]).toEqual([1, true]);
    stream.write(3);
    expect(items).toEqual(['item 1', 'item 3', 'item 2', 'item 1']);
  });

  test('stops it inside an input by `pause`, and has the rest in order', async () => {
    const stage = new Countdown();
    const stream = transform(stage);
    const items = reading(stream, ({ length }) => {
      if (length === 10) stream.pause();
    });
    stream.write(1);
    stream.write(50);
    await settled();
    expect([items.length, stream.readableLength]).toEqual([10, 4]);
    expect(stage.asked).toBeLessThanOrEqual(16);
    stream.resume();
    await settled();
    expect(items).toEqual(['item 1', ...Array.from({ length: 50 }, (_, i) => `item ${50 - i}`)]);
  });

  test('has nothing more once it destroyed the stream', async () => {
    const stream = transform();
    const items = reading(stream, ({ length }) => {
      if (length === 3) stream.destroy();
    });
    stream.write(1);
    stream.write(50);
    await settled();
    expect([items.length, stream.errored]).toEqual([3, null]);
  });

  test('and throws has destroyed the stream with that', async () => {
    const stream = transform();
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    const items = reading(stream, ({ length }) => {
      if (length === 3) throw new RangeError('enough');
    });
    stream.write(1);
    stream.write(50);
    await settled();
    expect([items.length, errors]).toEqual([3, [new RangeError('enough')]]);
  });

  test('has nothing of the inputs behind one that failed', async () => {
    const stream = transform();
    stream.on('error', () => {});
    const items = reading(stream);
    stream.write(1);
    stream.cork();
    for (const count of [-2, 3]) stream.write(count);
    stream.uncork();
    await settled();
    expect(items).toEqual(['item 1', 'item 2', 'item 1']);
  });

  test('and throws has nothing of the inputs that wait', async () => {
    const stream = transform();
    stream.on('error', () => {});
    const items = reading(stream, ({ length }) => {
      if (length === 2) throw new RangeError('enough');
    });
    stream.write(1);
    stream.cork();
    for (const count of [3, 3]) stream.write(count);
    stream.uncork();
    await settled();
    expect(items).toEqual(['item 1', 'item 3']);
  });

  test('that leaves after one item has its successor find the rest', async () => {
    const stream = transform();
    const items: unknown[] = [];
    const first = (item: unknown): void => void items.push(item);
    stream.on('data', first);
    stream.write(1);
    stream.off('data', first);
    stream.write(3);
    stream.on('data', (item) => items.push(`late ${String(item)}`));
    stream.write(4);
    await settled();
    expect(items).toEqual(['item 1', ...[3, 2, 1, 4, 3, 2, 1].map((count) => `late item ${count}`)]);
  });

  test('gives way to a reader by hand', async () => {
    const stream = transform();
    reading(stream);
    stream.write(1);
    stream.on('readable', () => {});
    stream.write(2);
    await settled();
    expect([stream.readableLength, stream.read(), stream.read()]).toEqual([2, 'item 2', 'item 1']);
  });
});

describe('an error is met after what came before it', () => {
  test.each([1, 3, 4, 5, 20])('of %i items, by iteration', async (count) => {
    const stream = transform();
    stream.write(-count);
    const items = await collect(stream);
    expect(items).toHaveLength(count + 1);
    expect(items.at(-1)).toMatchObject({ message: 'negative' });
  });

  test.each([1, 3, 4, 5, 20])("of %i items, by 'data' from the start", async (count) => {
    const stream = transform();
    const items = flow(stream);
    stream.write(-count);
    expect(await items).toHaveLength(count + 1);
  });

  test("by 'data' later, when the error has long been known", async () => {
    const stream = transform();
    stream.write(-3);
    await settled();
    expect(stream.destroyed).toBe(false);
    expect(await flow(stream)).toHaveLength(4);
  });

  test('by read(), which has the last item before the error is emitted', async () => {
    const stream = transform();
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.write(-2);
    await settled();
    expect([stream.read(), stream.read(), errors]).toEqual(['item 2', 'item 1', []]);
    await settled();
    expect(errors).toHaveLength(1);
    expect(stream.destroyed).toBe(true);
  });

  test('with nothing before it, at once', async () => {
    const stream = transform();
    const items = collect(stream);
    stream.write(Number.NaN);
    expect(await items).toEqual([new TypeError('not a number')]);
  });

  test('with nothing before it, also where nobody reads', async () => {
    const stream = transform();
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.write(Number.NaN);
    await settled();
    expect(errors).toEqual([new TypeError('not a number')]);
  });

  test('at the end of the input', async () => {
    const stream = transform();
    const items = collect(stream);
    stream.end(101);
    expect((await items).at(-1)).toMatchObject({ message: 'too many' });
  });
});

test('what is thrown and no error becomes one', async () => {
  const stream = transform(new Countdown('odd'));
  stream.write(-0.5);
  const items = await collect(stream);
  expect(items.at(-1)).toEqual(new Error('odd'));
});

test('destroyed while it waits, it stays silent', async () => {
  const stage = new Countdown();
  const stream = transform(stage);
  stream.write(50);
  await settled();
  stream.destroy();
  await settled();
  expect([stage.asked, stream.errored]).toEqual([4, null]);
});
