import { Chunk } from '../src/chunk.js';
import { bufferBytes } from './memory.js';

const KEY = 0x37fa213d;
const masked = (bytes: number): Buffer => {
  const key = [0x37, 0xfa, 0x21, 0x3d];
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => (i & 0x7f) ^ (key[i & 3] ?? 0)));
};
const plain = (bytes: number): Buffer => Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => i & 0x7f));

test.each([
  ['a small chunk is cut into views', 1024, 100, true],
  ['a chunk of 16 KiB is cut into views', 16 * 1024, 100, true],
  ['a large chunk is not pinned by something short', 64 * 1024, 100, false],
  ['a payload that fills a quarter of a large chunk is a view', 64 * 1024, 16 * 1024, true],
])('%s', (_, chunkBytes, size, view) => {
  const bytes = Buffer.allocUnsafeSlow(chunkBytes);
  bytes.set(plain(chunkBytes));
  const chunk = new Chunk();
  chunk.set(bytes);
  for (const payload of [chunk.payload(10, size), chunk.shortPayload(10, size, undefined)]) {
    expect(payload).toEqual(bytes.subarray(10, 10 + size));
    expect(payload.buffer === bytes.buffer).toBe(view);
  }
});

test.each([0, 1, 2, 3, 63, 64, 65, 4096])('short payloads of %d bytes are unmasked wherever they lie', (size) => {
  for (const chunkBytes of [8 * 1024, 64 * 1024]) {
    const chunk = new Chunk();
    const bytes = Buffer.alloc(chunkBytes);
    const starts = Array.from(
      { length: Math.min(14, Math.floor(chunkBytes / (size + 7))) },
      (_, i) => i * (size + 7) + (i & 3),
    );
    for (const start of starts) bytes.set(masked(size), start);
    chunk.set(bytes);
    for (const start of starts) {
      expect(chunk.shortPayload(start, size, KEY)).toEqual(plain(size));
      expect(chunk.ascii).toBe(true);
    }
  }
});

describe.each([
  ['memory', (bytes: number) => new ArrayBuffer(bytes)],
  ['memory of several threads', (bytes: number) => new SharedArrayBuffer(bytes)],
])('chunks that are parts of one %s', (_, memoryOf) => {
  test.each([0, 1, 2, 3, 63, 64, 65, 66, 67, 500])(
    'payloads of %d bytes are unmasked, and what lies beside them stays',
    (size) => {
      const memory = memoryOf(3001);
      const all = Buffer.from(memory);
      for (const start of [0, 1, 2, 3, 64, 777, 2999 - size, 3001 - size]) {
        all.fill(0xff);
        all.set(masked(size), start);
        const chunk = new Chunk();
        chunk.set(Buffer.from(memory, start, size));
        expect(chunk.shortPayload(0, size, KEY)).toEqual(plain(size));
        expect(chunk.ascii).toBe(true);
        expect(Buffer.concat([all.subarray(0, start), all.subarray(start + size)])).toEqual(
          Buffer.alloc(3001 - size, 0xff),
        );
      }
    },
  );
});

test.each([8192, 2048])('memory that is resized to %i bytes between two chunks', (bytes) => {
  // ES2024; our target's types know neither the option nor `resize`.
  const memory = Reflect.construct(ArrayBuffer, [4096, { maxByteLength: 8192 }]) as ArrayBuffer & {
    resize(length: number): void;
  };
  for (const size of [4096, bytes]) {
    memory.resize(size);
    const chunk = new Chunk();
    const all = Buffer.from(memory);
    all.set(masked(200), size - 400);
    all.set(masked(200), size - 200);
    chunk.set(Buffer.from(memory, size - 400, 400));
    const payloads = [0, 200].map((start) => chunk.shortPayload(start, 200, KEY));
    expect(payloads).toEqual([plain(200), plain(200)]);
  }
});

test('a runtime that has no memory of several threads', () => {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'SharedArrayBuffer')!;
  try {
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    const chunk = new Chunk();
    chunk.set(masked(400).subarray(0, 200));
    expect(chunk.shortPayload(0, 200, KEY)).toEqual(plain(200));
  } finally {
    Object.defineProperty(globalThis, 'SharedArrayBuffer', descriptor);
  }
});

test('short payloads of a large chunk share windows of at most 16 KiB', () => {
  const chunk = new Chunk();
  chunk.set(Buffer.allocUnsafeSlow(64 * 1024));
  const memories = new Set<unknown>();
  for (let start = 0; start + 1024 <= 64 * 1024; start += 1024) {
    const payload = chunk.shortPayload(start, 1024, undefined);
    expect(payload.buffer.byteLength).toBeLessThanOrEqual(16 * 1024);
    memories.add(payload.buffer);
  }
  expect(memories.size).toBe(4);
});

test('short payloads of a large chunk in any order', () => {
  const chunk = new Chunk();
  const bytes = plain(64 * 1024);
  chunk.set(bytes);
  for (const start of [40_000, 41_000, 1000, 60_000, 59_990]) {
    expect(chunk.shortPayload(start, 50, undefined)).toEqual(bytes.subarray(start, start + 50));
  }
});

test.each([1024, 64 * 1024])('what is kept of a chunk of %i bytes is no more than is there', (chunkBytes) => {
  const chunk = new Chunk();
  chunk.set(Buffer.allocUnsafeSlow(chunkBytes));
  for (const at of [0, chunkBytes]) {
    const empty = [chunk.payload(at, 0), chunk.shortPayload(at, 0, undefined)];
    expect(empty.map(({ length, buffer }) => [length, buffer.byteLength])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  }
  const last = chunk.shortPayload(chunkBytes - 100, 100, undefined);
  expect(last.buffer.byteLength).toBeLessThanOrEqual(chunkBytes === 1024 ? 1024 : 100);
});

test('bytes that are used up are let go', () => {
  const chunk = new Chunk();
  chunk.set(Buffer.alloc(64 * 1024));
  chunk.release();
  expect([chunk.bytes.length, chunk.offset]).toEqual([0, 0]);
});

test('memory of 64 KiB is let go, though a part of it was unmasked by words', () => {
  const chunk = new Chunk();
  const before = bufferBytes();
  const unmask = (): void => {
    chunk.set(Buffer.from(new ArrayBuffer(64 * 1024), 1));
    chunk.unmask(0, 1000, KEY, 0);
    chunk.release();
  };
  unmask();
  expect(bufferBytes() - before).toBeLessThan(32 * 1024);
});

/** Node.js 20 transfers a copy of what is marked, later versions refuse. */
function transfer(bytes: Buffer): void {
  try {
    structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
  } catch {
    // Refused.
  }
}

test('memory that more is to be read of is not transferred away, in one chunk after the other', () => {
  const chunk = new Chunk();
  for (let count = 0; count < 2; count++) {
    const bytes = Buffer.allocUnsafeSlow(100).fill('a');
    chunk.set(bytes);
    transfer(chunk.payload(10, 10));
    expect(bytes).toHaveLength(100);
    transfer(chunk.view(90, 10));
    expect(bytes).toHaveLength(100);
  }
});

test('nor is memory that a chunk is a part of', () => {
  const chunk = new Chunk();
  const bytes = Buffer.allocUnsafeSlow(300).subarray(100, 200);
  chunk.set(bytes);
  transfer(chunk.payload(0, 100));
  expect(bytes).toHaveLength(100);
});

test.each([undefined, KEY])('memory of a view that is the last and only one of its chunk may be (key %p)', (key) => {
  const chunk = new Chunk();
  const bytes = Buffer.allocUnsafeSlow(100).fill('a');
  chunk.set(bytes);
  transfer(chunk.shortPayload(10, 90, key));
  expect(bytes).toHaveLength(0);
});

test('a view of nothing keeps nothing', () => {
  const chunk = new Chunk();
  const bytes = Buffer.allocUnsafeSlow(100);
  chunk.set(bytes);
  expect(chunk.view(10, 0)).toHaveLength(0);
  expect(chunk.view(10, 0).buffer).not.toBe(bytes.buffer);
});
