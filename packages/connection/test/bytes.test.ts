/** Every kind of bytes that `send` takes: what is on the wire is what was in memory, or nothing is. */
import { Opcode, type Role } from '@sokker/frame';
import { COPY_BELOW_BYTES } from '../../frame/src/pending.js';
import { bytesOf, payloadOf, SHORT_BYTES } from '../src/bytes.js';
import { prepare } from '../src/prepared.js';
import type { SendOptions } from '../src/send-options.js';
import { scene, settled } from './scene.js';

type Resizable = ArrayBuffer & { resize(bytes: number): void };
/** Node has them, the library of ES2023 does not. */
const ResizableBuffer = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => Resizable;

const content = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7 + 1) & 0xff));

/** A view of each kind over the middle of some memory, so that offsets and element sizes count. */
const kinds: [string, (bytes: Buffer) => unknown][] = [
  ['a Buffer', (bytes) => Buffer.from(bytes)],
  ['a Buffer of the pool', (bytes) => Buffer.allocUnsafe(bytes.length).fill(bytes)],
  ['an ArrayBuffer', (bytes) => memory(bytes).slice(16, 16 + bytes.length)],
  ['a SharedArrayBuffer', (bytes) => shared(bytes, 0)],
  ['a view of shared memory', (bytes) => new Uint8Array(shared(bytes, 16), 16, bytes.length)],
  ['a Buffer of shared memory', (bytes) => Buffer.from(shared(bytes, 16) as never, 16, bytes.length)],
  ['a resizable ArrayBuffer', (bytes) => resizable(bytes, 0)],
  ['a view of resizable memory', (bytes) => new Uint8Array(resizable(bytes, 16), 16, bytes.length)],
  ['a DataView', (bytes) => new DataView(memory(bytes), 16, bytes.length)],
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((Kind): [string, (bytes: Buffer) => unknown] => [
    Kind.name,
    (bytes) => new Kind(memory(bytes), 16, bytes.length / Kind.BYTES_PER_ELEMENT),
  ]),
];

const sizes = [0, 8, 24, 120, 128, 4096, 65_536, 100_000];

describe.each<Role>(['server', 'client'])('as %s', (role) => {
  test.each(kinds)('%s leaves as its bytes', async (_, make) => {
    const it = scene({ role, maxBufferedBytes: Infinity });
    for (const size of sizes) it.connection.send(make(content(size)) as Uint8Array);
    await settled(20);
    expect(it.frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual(sizes.map((size) => [2, size]));
    for (const { payload } of it.frames) expect(payload.equals(content(payload.length))).toBe(true);
  });

  test.each(kinds)('%s is not changed by sending it', async (_, make) => {
    const it = scene({ role });
    const data = make(content(4096)) as Uint8Array;
    it.connection.send(data);
    await settled();
    expect(bytesOf(data).equals(content(4096))).toBe(true);
  });

  test('shared and resizable memory is copied: what happens to it later changes nothing', async () => {
    const it = scene({ role });
    const other = shared(content(1000), 0);
    const growing = resizable(content(1000), 0);
    it.connection.send(other);
    it.connection.send(new Uint8Array(growing));
    new Uint8Array(other).fill(0);
    growing.resize(10);
    await settled();
    for (const { payload } of it.frames) expect(payload.equals(content(1000))).toBe(true);
    expect(it.frames).toHaveLength(2);
  });

  test.each([100, SHORT_BYTES - 1, SHORT_BYTES, 10_000])(
    '%i bytes in a Buffer of memory that shrinks after send leave as they were, or as zeros',
    async (size) => {
      const it = scene({ role });
      const memory = resizable(content(size), 0);
      it.connection.send(Buffer.from(memory));
      memory.resize(10);
      it.connection.send('behind');
      await settled(20);
      const [first, second] = it.frames.map(({ payload }) => payload);
      // Short ones are read when they are framed: from Node.js 22 on, what is left of their memory is still seen.
      const zeros = Buffer.alloc(size);
      const left = Buffer.concat([content(size).subarray(0, 10), zeros.subarray(10)]);
      const copied = size >= SHORT_BYTES ? [content(size)] : [zeros, left];
      expect(copied).toContainEqual(first);
      expect(second).toEqual(Buffer.from('behind'));
    },
  );

  test.each([1, 31, 32, 1000, 8192, 100_000])('%i bytes that are detached after send leave as zeros', async (size) => {
    for (let i = 0; i < 32; i++) Buffer.allocUnsafe(4000).fill(0x53);
    const it = scene({ role });
    const data = new Uint8Array(size).fill(0x69);
    it.connection.send(data);
    it.connection.send('behind');
    structuredClone(data.buffer, { transfer: [data.buffer] });
    await settled(20);
    expect(it.frames.map(({ payload }) => payload)).toEqual([Buffer.alloc(size), Buffer.from('behind')]);
  });
});

test('a short Buffer is copied when it is framed, so nobody asks for its memory before', () => {
  expect(SHORT_BYTES).toBeLessThanOrEqual(COPY_BELOW_BYTES);
  const short = Buffer.from(shared(content(SHORT_BYTES - 1), 0) as never);
  expect(payloadOf(short)).toBe(short);
  const long = Buffer.from(shared(content(SHORT_BYTES), 0) as never);
  expect(payloadOf(long)).toEqual(long);
  expect(payloadOf(long).buffer).not.toBe(long.buffer);
});

test.each<[string, (bytes: Buffer) => Uint8Array, (bytes: Uint8Array) => unknown]>([
  ['shared memory that is changed', (bytes) => Buffer.from(shared(bytes, 0) as never), (bytes) => bytes.fill(0)],
  [
    'resizable memory that is cut',
    (bytes) => Buffer.from(resizable(bytes, 0), 0, bytes.length),
    (bytes) => (bytes.buffer as Resizable).resize(0),
  ],
])('a short Buffer that waits for a peer is a copy: %s', async (_, make, change) => {
  const it = scene({ peerReads: false, wireBytes: 1 });
  it.connection.send(Buffer.alloc(100_000));
  await settled();
  const expected = content(16);
  const bytes = make(expected);
  it.connection.send(bytes);
  change(bytes);
  it.read();
  await settled();
  expect(it.frames.map(({ payload }) => payload).slice(1)).toEqual([expected]);
});

test('what is no Buffer but says so is sent as what it is', () => {
  const wide = Object.setPrototypeOf(Float64Array.of(1.5, 2.5), Buffer.prototype) as Buffer;
  expect(payloadOf(wide)).toEqual(Buffer.from(Float64Array.of(1.5, 2.5).buffer));
});

test.each<[string, () => unknown]>([
  ['a view', () => new Uint8Array(detached())],
  ['a DataView', () => detachedView()],
  ['an ArrayBuffer', () => detached()],
])('%s that was detached before send: an error, or nothing', async (_, make) => {
  const it = scene();
  let data: unknown;
  try {
    data = make();
  } catch {
    return;
  }
  try {
    it.connection.send(data as ArrayBuffer);
  } catch (error) {
    expect((error as Error).name).toMatch(/TypeError|UsageError/);
  }
  await settled();
  expect(it.frames.every(({ payload }) => payload.length === 0)).toBe(true);
});

test.each<[string, unknown]>([
  ['a number', 5],
  ['null', null],
  ['undefined', undefined],
  ['a boolean', true],
  ['a symbol', Symbol('a')],
  ['a function', () => 0],
  ['an array', [1, 2]],
  ['an object', { length: 5 }],
  ['a String object', new String('a')],
  ['a Blob', new Blob(['a'])],
  ['a bigint', 5n],
])('%s is refused: nothing is coerced', async (_, data) => {
  const it = scene();
  expect(() => it.connection.send(data as never)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
  expect(() => it.connection.ping(data as never)).not.toThrow(RangeError);
  await settled();
  expect(it.frames.filter(({ opcode }) => opcode !== Opcode.ping)).toEqual([]);
  expect(it.connection.state).toBe('open');
});

describe('text', () => {
  test.each(['', 'ASCII', 'é', '日本', '🦦', 'x'.repeat(125), 'é'.repeat(63), '日'.repeat(30_000)])(
    'a string leaves as UTF-8',
    async (text) => {
      const it = scene({ role: 'client' });
      it.connection.send(text);
      await settled();
      expect(it.frames).toMatchObject([{ opcode: Opcode.text, payload: Buffer.from(text) }]);
    },
  );

  test('lone surrogates leave as U+FFFD', async () => {
    const it = scene();
    it.connection.send('a\ud800b\udc00');
    await settled();
    expect(it.sent()).toEqual(['text a\ufffdb\ufffd']);
  });

  test('types can be chosen', async () => {
    const it = scene();
    it.connection.send(Buffer.from('é'), { type: 'text' });
    it.connection.send('é', { type: 'binary' });
    await settled();
    expect(it.sent()).toEqual(['text é', 'binary é']);
  });

  test.each<[SendOptions, string]>([
    [{ type: 'blob' as never }, "a message's type is 'text' or 'binary'"],
    [{ compress: 'no' as never }, 'whether a message may be compressed is true or false'],
    [{ compress: 0 as never }, 'whether a message may be compressed is true or false'],
  ])('%p is refused, and nothing is sent', async (options, message) => {
    const it = scene();
    const refused = expect.objectContaining({ name: 'UsageError', code: 'ERR_SOKKER_ARGUMENT', message }) as Error;
    for (const data of ['a', Buffer.from('a'), prepare('a')]) {
      expect(() => it.connection.send(data, options)).toThrow(refused);
    }
    await settled();
    expect(it.sent()).toEqual([]);
  });
});

function memory(bytes: Buffer): ArrayBuffer {
  const whole = new ArrayBuffer(bytes.length + 32);
  new Uint8Array(whole).fill(0xee).set(bytes, 16);
  return whole;
}

function shared(bytes: Buffer, offset: number): SharedArrayBuffer {
  const whole = new SharedArrayBuffer(bytes.length + offset);
  new Uint8Array(whole).set(bytes, offset);
  return whole;
}

function resizable(bytes: Buffer, offset: number): Resizable {
  const size = bytes.length + offset;
  const whole = new ResizableBuffer(size, { maxByteLength: 2 * size });
  new Uint8Array(whole).set(bytes, offset);
  return whole;
}

function detached(): ArrayBuffer {
  const whole = new ArrayBuffer(100);
  structuredClone(whole, { transfer: [whole] });
  return whole;
}

function detachedView(): DataView {
  const whole = new ArrayBuffer(100);
  const view = new DataView(whole);
  structuredClone(whole, { transfer: [whole] });
  return view;
}

test.each<[unknown, string]>([
  [() => undefined, 'a function'],
  ['text', "'text'"],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
])('options of a message that are %p are told as what they are', (options, what) => {
  const { connection } = scene();
  const rule = 'the options of a message are an object: { type, compress }';
  for (const data of ['a', Buffer.from('a'), prepare('a')]) {
    expect(() => connection.send(data, options as SendOptions)).toThrow(`${rule}, not ${what}`);
  }
  expect(connection.bufferedBytes).toBe(0);
});
