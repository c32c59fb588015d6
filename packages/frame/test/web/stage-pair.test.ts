import type { Stage } from '../../src/stage.js';
import { StagePair } from '../../src/web/stage-pair.js';
import { isSettled, receive, send, settled } from './pairs.js';

/** Each number gives as many items; a negative one gives that many and then fails, NaN is refused. */
class Countdown implements Stage<number, string> {
  asked = 0;
  #left = 0;
  #fails = false;

  write(count: number): void {
    if (Number.isNaN(count)) throw new TypeError('not a number');
    this.#left = Math.abs(count);
    this.#fails = count < 0;
  }

  next(): string | undefined {
    this.asked++;
    if (this.#left > 0) return `item ${this.#left--}`;
    if (this.#fails) throw new Error('negative');
    return undefined;
  }

  end(): void {
    if (this.asked > 50) throw new Error('too many');
  }
}

const NEGATIVE = new Error('negative');

test('hands on all that comes of each item, in order', async () => {
  const pair = new StagePair(new Countdown());
  const sent = send(pair.writable, [2, 0, 1]);
  expect(await receive(pair.readable)).toEqual(['item 2', 'item 1', 'item 1']);
  expect(await sent).toBeUndefined();
});

test('does nothing until a reader waits, and one item for each read', async () => {
  const stage = new Countdown();
  const { readable, writable } = new StagePair(stage);
  const written = writable.getWriter().write(10);
  expect([await isSettled(written), stage.asked]).toEqual([false, 0]);
  const reader = readable.getReader();
  for (let i = 0; i < 10; i++) await reader.read();
  expect([await isSettled(written), stage.asked]).toEqual([false, 10]);
  const last = reader.read();
  expect(await isSettled(written)).toBe(true);
  expect(await isSettled(last)).toBe(false);
});

test('readers that wait are served by one item', async () => {
  const { readable, writable } = new StagePair(new Countdown());
  const reader = readable.getReader();
  const reads = [1, 2, 3].map(() => reader.read());
  await writable.getWriter().write(2);
  expect((await Promise.all(reads.slice(0, 2))).map(({ value }) => value)).toEqual(['item 2', 'item 1']);
  expect(await isSettled(reads[2]!)).toBe(false);
});

describe('errors', () => {
  test('come after what came before them; the writer meets them too', async () => {
    const { readable, writable } = new StagePair(new Countdown());
    const sent = send(writable, [1, -2, 1]);
    expect(await receive(readable)).toEqual(['item 1', 'item 2', 'item 1', NEGATIVE]);
    expect(await sent).toEqual(NEGATIVE);
  });

  test('at the end of the input, with an item that lies queued because its reader gave up waiting', async () => {
    const { readable, writable } = new StagePair(new Countdown());
    const reader = readable.getReader();
    reader.read().catch(() => {});
    await settled();
    reader.releaseLock();
    const sent = send(writable, [51]);
    const items = await receive(readable);
    expect([items.length, await sent]).toEqual([52, new Error('too many')]);
  });

  test('an error found while an item lies queued is met after it', async () => {
    const stage = new Countdown();
    const { readable, writable } = new StagePair(stage, () => true);
    const reader = readable.getReader();
    reader.read().catch(() => {});
    await settled();
    reader.releaseLock();
    const writer = writable.getWriter();
    await writer.write(1);
    await expect(writer.write(Number.NaN)).rejects.toThrow('not a number');
    expect(await receive(readable)).toEqual(['item 1', new TypeError('not a number')]);
  });
});

test('cancel reaches the writer, also inside an item', async () => {
  const { readable, writable } = new StagePair(new Countdown());
  const writer = writable.getWriter();
  const written = writer.write(10);
  const reader = readable.getReader();
  await reader.read();
  await reader.cancel('enough');
  await expect(written).rejects.toBe('enough');
  await expect(writer.closed).rejects.toBe('enough');
});

test('cancel reaches a writer that has nothing under way', async () => {
  const { readable, writable } = new StagePair(new Countdown());
  const writer = writable.getWriter();
  await readable.cancel('enough');
  await expect(writer.closed).rejects.toBe('enough');
});

test('abort reaches the reader at once, also while a write waits for it', async () => {
  const { readable, writable } = new StagePair(new Countdown());
  const writer = writable.getWriter();
  const written = writer.write(10);
  await settled();
  const aborted = writer.abort('gone');
  await expect(written).rejects.toBe('gone');
  await aborted;
  expect(await receive(readable)).toEqual(['gone']);
});

test('abort reaches a reader that waits', async () => {
  const { readable, writable } = new StagePair(new Countdown());
  const items = receive(readable);
  await settled();
  await writable.abort('gone');
  expect(await items).toEqual(['gone']);
});

test('with room, writes settle before they are used up; wake serves a reader that waits', async () => {
  const stage = new Countdown();
  const pair = new StagePair(stage, () => true);
  await pair.writable.getWriter().write(1);
  expect(stage.asked).toBe(0);
  pair.wake();
  expect(stage.asked).toBe(0);
  const reader = pair.readable.getReader();
  expect((await reader.read()).value).toBe('item 1');
  stage.write(1);
  pair.wake();
  expect(stage.asked).toBe(1);
  expect((await reader.read()).value).toBe('item 1');
  const waiting = reader.read();
  await settled();
  stage.write(1);
  pair.wake();
  expect((await waiting).value).toBe('item 1');
});

test('pipes on both sides', async () => {
  const source = new ReadableStream<number>({
    start(controller) {
      for (const count of [1, 2, -1]) controller.enqueue(count);
      controller.close();
    },
  });
  expect(await receive(source.pipeThrough(new StagePair(new Countdown())))).toEqual([
    ...['item 1', 'item 2', 'item 1', 'item 1'],
    NEGATIVE,
  ]);
});
