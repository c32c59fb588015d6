import fc from 'fast-check';
import { Opcode } from '@sokker/frame';
import { PassThrough } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { heapBytes } from '../../frame/test/memory.js';
import type { MessageStream } from '../src/index.js';
import { ToyCoder, xor } from './coder.js';
import { rejection, scene, settled, streamScene, until, type Scene } from './scene.js';

const KIB = 1024;
const TEXT = 'Ångström 中文 Ελληνικά 🦦🧵 ';

async function whole(message: MessageStream | undefined): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message!.body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The bytes of a message cut into frames of the sizes given. */
function fragments(it: Scene, opcode: Opcode, payload: Buffer, sizes: readonly number[]): Buffer {
  const ends = sizes.reduce<number[]>((all, size) => [...all, Math.min(payload.length, (all.at(-1) ?? 0) + size)], []);
  const cuts = [0, ...ends, payload.length];
  return Buffer.concat(
    cuts.slice(1).map((end, i) => {
      const fin = i === cuts.length - 2;
      return it.wire(i === 0 ? opcode : Opcode.continuation, payload.subarray(cuts[i], end), { fin });
    }),
  );
}

describe('a message arrives as it comes', () => {
  test('one frame: the body flows before the frame is whole', async () => {
    const it = streamScene();
    const frame = it.wire(Opcode.binary, Buffer.alloc(100, 7));
    it.far.write(frame.subarray(0, 50));
    await settled();
    expect(it.streams[0]?.type).toBe('binary');
    expect((it.streams[0]?.body.read() as Buffer).length).toBeGreaterThan(40);
    it.far.write(frame.subarray(50));
    await settled();
    expect((await whole(it.streams[0])).every((byte) => byte === 7)).toBe(true);
  });

  test('what comes byte by byte waits for a slow reader as bytes, not as objects, and is counted', async () => {
    const it = streamScene();
    const head = Buffer.from('82fe4e2000000000', 'hex');
    it.far.write(head);
    await until(() => it.streams.length === 1);
    const before = heapBytes();
    for (let count = 0; count < 20_000; count++) {
      it.far.write(Buffer.of(1));
      await settled(1);
    }
    expect(heapBytes() - before).toBeLessThan(1024 * KIB);
    expect(it.connection.retainedBytes).toBeGreaterThanOrEqual(20_000);
    expect((await whole(it.streams[0])).length).toBe(20_000);
    expect(it.connection.retainedBytes).toBe(0);
  });

  test('what is little follows as soon as the reader has taken what came before', async () => {
    const it = streamScene();
    it.far.write(Buffer.from('828a0000000061', 'hex'));
    await until(() => it.streams.length === 1);
    const { body } = it.streams[0]!;
    await settled();
    for (const byte of ['b', 'c', 'd']) {
      it.far.write(Buffer.from(byte));
      await settled();
    }
    const pieces: string[] = [];
    body.on('readable', () => pieces.push(String(body.read())));
    await settled();
    expect(pieces.filter((piece) => piece !== 'null')).toEqual(['a', 'bcd']);
  });

  test('a reader that waits for so many bytes gets them as soon as they are there', async () => {
    const it = streamScene();
    it.far.write(Buffer.from('82a000000000616263', 'hex'));
    await until(() => it.streams.length === 1);
    const { body } = it.streams[0]!;
    const pieces: string[] = [];
    body.on('readable', () => {
      const take = (): Buffer | null => body.read(4) as Buffer | null;
      for (let piece = take(); piece !== null; piece = take()) pieces.push(piece.toString());
    });
    await settled();
    for (const more of ['d', 'ef', 'g', 'h', 'ijk', 'l']) {
      it.far.write(Buffer.from(more));
      await settled();
    }
    expect(pieces).toEqual(['abcd', 'efgh', 'ijkl']);
  });

  test('a body that was let go counts no more, and keeps nothing of the rest', async () => {
    const it = streamScene();
    it.far.write(Buffer.concat([Buffer.from('82fe4e2000000000', 'hex'), Buffer.alloc(10_000)]));
    await until(() => it.streams.length === 1);
    expect(it.connection.retainedBytes).toBeGreaterThanOrEqual(10_000);
    it.streams[0]!.body.destroy();
    expect(it.connection.retainedBytes).toBe(0);
    it.far.write(Buffer.alloc(5000));
    await settled();
    expect(it.connection.retainedBytes).toBe(0);
    it.far.write(Buffer.concat([Buffer.alloc(5000), Buffer.from('828200000000' + '6869', 'hex')]));
    await until(() => it.streams.length === 2);
    expect(String(await whole(it.streams[1]))).toBe('hi');
  });

  test('one giant frame, far beyond maxMessageBytes, in little memory', async () => {
    const it = streamScene({ maxMessageBytes: 1000 });
    const total = 64 * 2 ** 20;
    const head = Buffer.from('82ff000000000400000000000000', 'hex');
    it.far.write(head);
    const chunk = Buffer.alloc(64 * KIB, 9);
    const feed = (async () => {
      for (let sent = 0; sent < total; sent += chunk.length) {
        if (!it.far.write(chunk)) await new Promise((resolve) => it.far.once('drain', resolve));
      }
    })();
    await until(() => it.streams.length === 1);
    let bytes = 0;
    let most = 0;
    for await (const piece of it.streams[0]!.body) {
      bytes += piece.length;
      most = Math.max(most, it.connection.retainedBytes);
    }
    await feed;
    expect(bytes).toBe(total);
    expect(most).toBeLessThanOrEqual(64 * KIB);
    it.text('next');
    await until(() => it.streams.length === 2);
  });

  test('fragments, control frames between them', async () => {
    const it = streamScene().recordRest();
    it.send(Opcode.text, 'Hel', { fin: false });
    it.send(Opcode.ping, 'p');
    it.send(Opcode.continuation, 'lo', { fin: false });
    it.send(Opcode.continuation);
    await settled();
    expect((await whole(it.streams[0])).toString()).toBe('Hello');
    expect(it.log).toEqual(['ping p']);
    expect(it.sent()).toEqual(['pong p']);
  });

  test('one after the other: the next begins when the one before was read', async () => {
    const it = streamScene();
    for (const text of ['a', 'b', 'c']) it.text(text);
    await settled();
    expect(it.streams).toHaveLength(1);
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      expect((await whole(it.streams[index])).toString()).toBe(text);
      await settled();
    }
  });

  test('a message of nothing', async () => {
    const it = streamScene();
    it.text('');
    it.text('b');
    await settled();
    expect(await whole(it.streams[0])).toHaveLength(0);
    await settled();
    expect((await whole(it.streams[1])).toString()).toBe('b');
  });

  test('streams() gives them in a loop', async () => {
    const it = scene({ receive: 'stream' });
    for (const text of ['a', 'b', 'c']) it.text(text);
    const seen: string[] = [];
    for await (const message of it.connection.streams()) {
      for await (const text of message.strings()) seen.push(text);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('nobody listens: it waits, and with it the peer', async () => {
    const it = scene({ receive: 'stream', wireBytes: 16 * KIB });
    for (let i = 0; i < 100; i++) it.send(Opcode.binary, Buffer.alloc(16 * KIB, i));
    await settled(30);
    expect(it.far.writableLength).toBeGreaterThan(90 * 16 * KIB);
    const seen: number[] = [];
    it.connection.on('stream', ({ body }) => body.on('data', (piece: Buffer) => seen.push(piece[0] ?? -1)));
    await until(() => seen.at(-1) === 99);
  });

  test('discard() lets them pass', async () => {
    const it = scene({ receive: 'stream' });
    it.connection.discard();
    for (let i = 0; i < 10; i++) it.send(Opcode.binary, Buffer.alloc(100 * KIB));
    it.send(Opcode.ping, 'p');
    await until(() => it.frames.length > 0);
    expect(it.sent()).toEqual(['pong p']);
  });
});

describe('text', () => {
  const bytes = Buffer.from(TEXT.repeat(50));

  test('strings never split a character, however the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 }), async (sizes) => {
        const it = streamScene();
        it.far.write(fragments(it, Opcode.text, bytes, sizes));
        await until(() => it.streams.length === 1);
        const strings: string[] = [];
        for await (const text of (it.streams[0] as MessageStream).strings()) strings.push(text);
        expect(strings.join('')).toBe(TEXT.repeat(50));
        // A split character would show as U+FFFD or as half a pair at an end.
        for (const text of strings) expect(text).toBe(Buffer.from(text).toString());
        it.connection.terminate();
      }),
      { numRuns: 30 },
    );
  });

  test('one byte at a time', async () => {
    const it = streamScene();
    const wire = it.wire(Opcode.text, TEXT);
    const strings: string[] = [];
    it.connection.on('stream', (message) => {
      void (async () => {
        for await (const text of message.strings()) strings.push(text);
      })();
    });
    for (const byte of wire) {
      it.far.write(Buffer.from([byte]));
      await settled(2);
    }
    await settled();
    expect(strings.join('')).toBe(TEXT);
    expect(strings.every((text) => !text.includes('\ufffd') && text !== '')).toBe(true);
  });

  test('a byte order mark is part of the text', async () => {
    const it = streamScene();
    it.text('\ufeffa');
    await settled();
    const strings: string[] = [];
    for await (const text of (it.streams[0] as MessageStream).strings()) strings.push(text);
    expect(strings.join('')).toBe('\ufeffa');
  });

  test('what is not UTF-8 fails the connection at the byte, and the body with the same error', async () => {
    const it = streamScene().recordRest();
    it.send(Opcode.text, 'sound', { fin: false });
    await settled();
    it.send(Opcode.continuation, Buffer.from('\xff', 'latin1'));
    await settled();
    const error = await rejection(whole(it.streams[0]));
    expect(error).toMatchObject({ code: 'ERR_SOKKER_INVALID_UTF8' });
    expect(it.sent()).toEqual([expect.stringMatching(/^close 1007/)]);
    expect(it.errors).toEqual([error]);
  });

  test('in binary, what is not UTF-8 becomes U+FFFD', async () => {
    const it = streamScene();
    it.send(Opcode.binary, Buffer.from('a\xffb\xe2\x82', 'latin1'));
    await settled();
    const strings: string[] = [];
    for await (const text of (it.streams[0] as MessageStream).strings()) strings.push(text);
    expect(strings.join('')).toBe('a\ufffdb\ufffd');
  });
});

describe('web()', () => {
  test('the payload as a ReadableStream', async () => {
    const it = streamScene();
    it.far.write(fragments(it, Opcode.binary, Buffer.alloc(100 * KIB, 5), [1, 1000, 30_000]));
    await until(() => it.streams.length === 1);
    let bytes = 0;
    for await (const piece of it.streams[0]?.web() as unknown as AsyncIterable<Uint8Array>) bytes += piece.length;
    expect(bytes).toBe(100 * KIB);
  });

  test('nothing is read ahead of its reader', async () => {
    const it = streamScene({ wireBytes: 16 * KIB });
    for (let i = 0; i < 64; i++) it.far.write(i === 0 ? giant(2 ** 20) : Buffer.alloc(16 * KIB));
    await until(() => it.streams.length === 1);
    const reader = it.streams[0]?.web().getReader();
    await reader?.read();
    await settled(50);
    expect(it.far.writableLength).toBeGreaterThan(2 ** 20 - 8 * 16 * KIB - 2 * 64 * KIB);
    await reader?.cancel();
    await until(() => it.far.writableLength === 0);
  });

  test('cancelling lets the rest pass', async () => {
    const it = streamScene();
    it.send(Opcode.binary, Buffer.alloc(200 * KIB));
    it.text('next');
    await until(() => it.streams.length === 1);
    const reader = it.streams[0]?.web().getReader();
    await reader?.read();
    await reader?.cancel(new Error('enough'));
    await until(() => it.streams.length === 2);
    expect((await whole(it.streams[1])).toString()).toBe('next');
    expect(it.connection.state).toBe('open');
  });
});

describe('a reader that stops', () => {
  const stops: [string, (message: MessageStream) => unknown][] = [
    ['destroys the body', ({ body }) => body.destroy()],
    ['destroys it with an error', ({ body }) => body.destroy(new Error('mine'))],
    [
      'leaves its loop',
      async ({ body }) => {
        for await (const piece of body) if (piece !== undefined) break;
      },
    ],
    [
      'throws in its loop',
      async ({ body }) => {
        try {
          for await (const piece of body) throw new Error(`mine: ${String(piece)}`);
        } catch {
          // Its own affair.
        }
      },
    ],
    [
      'leaves a loop over strings',
      async (message) => {
        for await (const text of message.strings()) if (text !== '') break;
      },
    ],
    ['cancels the web stream unread', (message) => message.web().cancel()],
  ];
  const forms: [string, (it: Scene) => Buffer][] = [
    ['one frame', (it) => it.wire(Opcode.text, 'x'.repeat(500 * KIB))],
    ['fragments', (it) => fragments(it, Opcode.text, Buffer.alloc(500 * KIB, 0x78), Array<number>(100).fill(5000))],
    ['fragments with a Ping', (it) => Buffer.concat([it.wire(Opcode.text, 'x', { fin: false }), it.wire(Opcode.ping)])],
  ];

  test.each(stops.flatMap(([name, stop]) => forms.map(([form, make]) => [name, form, stop, make] as const)))(
    '%s of a message in %s: the rest passes, the next arrives',
    async (_, form, stop, make) => {
      const it = streamScene({ wireBytes: 16 * KIB });
      it.far.write(make(it));
      await until(() => it.streams.length === 1);
      await stop(it.streams[0] as MessageStream);
      if (form.includes('Ping')) it.send(Opcode.continuation, 'the end');
      it.text('next');
      await until(() => it.streams.length === 2);
      expect((await whole(it.streams[1])).toString()).toBe('next');
      expect(it.connection.state).toBe('open');
    },
  );

  test('an async handler that throws over its stream fails the connection', async () => {
    const it = scene({ receive: 'stream' }).recordRest();
    const handle = async ({ body }: MessageStream): Promise<void> => {
      for await (const piece of body) throw new Error(`fault: ${String(piece)}`);
    };
    it.connection.on('stream', (message) => handle(message) as never);
    it.text('a');
    await settled();
    expect(it.sent()).toEqual(['close 1011']);
    expect(it.log).toEqual(['error fault: a']);
  });
});

describe('a connection that ends inside a message', () => {
  const ends: [string, (it: Scene) => unknown, string][] = [
    ['the peer ends TCP', (it) => it.far.end(), 'ERR_SOKKER_UNEXPECTED_END'],
    ['a reset', (it) => it.far.resetAndDestroy(), 'ERR_SOKKER_CLOSED'],
    ['terminate()', (it) => it.connection.terminate(), 'ERR_SOKKER_CLOSED'],
    ['a violation', (it) => it.far.write(Buffer.from([0xf0])), 'ERR_SOKKER_RESERVED_BITS'],
    ['a Close of the peer', (it) => it.sendClose(1000), 'ERR_SOKKER_CLOSED'],
    ['a Close nobody answers', (it) => (void it.connection.close(), it.clock.advance(5000)), 'ERR_SOKKER_CLOSED'],
  ];

  test.each(ends)('%s: the body fails, and nothing is uncaught', async (_, end, code) => {
    for (const reading of [true, false]) {
      const it = streamScene();
      it.send(Opcode.text, 'begun', { fin: false });
      await settled();
      const [message] = it.streams;
      const outcome = reading ? rejection(whole(message)) : undefined;
      await settled();
      end(it);
      await settled();
      if (outcome !== undefined) expect(await outcome).toMatchObject({ code });
      expect(message?.body.errored).toMatchObject({ code });
      it.far.end();
      await settled();
      expect(it.closed).toBeDefined();
    }
  });

  test('what had arrived whole can still be read', async () => {
    const it = streamScene();
    it.text('whole');
    await settled();
    it.connection.terminate();
    await settled();
    expect((await whole(it.streams[0])).toString()).toBe('whole');
  });

  test('finished() and pipelines see the error', async () => {
    const it = streamScene();
    it.send(Opcode.text, 'begun', { fin: false });
    await settled();
    const done = finished((it.streams[0] as MessageStream).body.resume());
    it.connection.terminate();
    expect(await rejection(done)).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
  });
});

describe('a Close behind a body that nobody has read', () => {
  const bodies: [string, number][] = [
    ['a byte', 1],
    ['more than it holds', 200 * KIB],
  ];

  test.each(bodies)('%s: the answer to ours is waited for no longer than closeTimeoutMs', async (_, bytes) => {
    const it = streamScene({ closeTimeoutMs: 1000 });
    it.send(Opcode.binary, Buffer.alloc(bytes));
    await settled();
    const closed = it.connection.close();
    it.sendClose(1000);
    await settled();
    it.clock.advance(999);
    expect(it.connection.state).toBe('closing');
    it.clock.advance(1);
    const record = { code: 1006, clean: false, by: 'us', phase: 'closing' };
    expect(await closed).toMatchObject({ ...record, error: { code: 'ERR_SOKKER_CLOSE_TIMEOUT' } });
    expect(it.clock.pending).toBe(0);
  });

  test.each(bodies)('%s: once it is read, or let go, the Close is heard', async (_, bytes) => {
    for (const end of ['resume', 'destroy'] as const) {
      for (const ours of [true, false]) {
        const it = streamScene();
        it.send(Opcode.binary, Buffer.alloc(bytes));
        await settled();
        if (ours) void it.connection.close(1000);
        it.sendClose(1000);
        await settled();
        expect(it.connection.state).toBe(ours ? 'closing' : 'open');
        it.streams[0]?.body[end]();
        await settled();
        it.far.end();
        await settled();
        expect(it.closed).toMatchObject({ code: 1000, clean: true, by: ours ? 'us' : 'peer' });
      }
    }
  });
});

describe('back-pressure', () => {
  test('a body that nobody reads holds 64 KiB, then the peer waits', async () => {
    const it = streamScene({ wireBytes: 16 * KIB });
    it.far.write(giant(2 ** 30));
    for (let i = 0; i < 100; i++) it.far.write(Buffer.alloc(16 * KIB));
    await settled(60);
    const [message] = it.streams;
    expect(message?.body.readableLength).toBeGreaterThanOrEqual(64 * KIB);
    expect(message?.body.readableLength).toBeLessThan(64 * KIB + 16 * KIB);
    expect(it.far.writableLength).toBeGreaterThan(90 * 16 * KIB);
  });

  test.each<[string, number, number]>([
    ['tiny slices, one a turn', 100, 1],
    ['tiny slices, many a turn', 100, 50],
    ['small slices', 1000, 5],
  ])('a flood of %s stays bounded', async (_, bytes, perTurn) => {
    const it = streamScene({ wireBytes: 16 * KIB });
    it.send(Opcode.binary, '', { fin: false });
    await settled();
    const fragment = it.wire(Opcode.continuation, Buffer.alloc(bytes), { fin: false });
    for (let sent = 0; sent < 400 * KIB; sent += perTurn * fragment.length) {
      for (let i = 0; i < perTurn; i++) it.far.write(fragment);
      await settled(1);
    }
    const { body } = it.streams[0] as MessageStream;
    expect(body.readableLength).toBeGreaterThanOrEqual(60 * KIB);
    expect(body.readableLength).toBeLessThan(64 * KIB + 16 * KIB);
    expect(it.far.writableLength).toBeGreaterThan(200 * KIB);
  });

  test('a flood of empty fragments costs nothing', async () => {
    const it = streamScene();
    it.send(Opcode.binary, 'a', { fin: false });
    const empty = it.wire(Opcode.continuation, '', { fin: false });
    for (let i = 0; i < 20; i++) it.far.write(Buffer.concat(Array.from({ length: 500 }, () => empty)));
    it.send(Opcode.continuation, 'b');
    await until(() => it.far.writableLength === 0);
    await settled(50);
    expect((await whole(it.streams[0])).toString()).toBe('ab');
  });

  test('coded messages: no more is decoded than the reader takes', async () => {
    for (const later of [false, true]) {
      const coder = new ToyCoder({ later, pieceBytes: 4 * KIB });
      const it = streamScene({ wireBytes: 16 * KIB, session: { coder } });
      const payload = Buffer.alloc(500 * KIB, 3);
      it.send(Opcode.binary, xor(payload, 0), { rsv: 2 });
      it.send(Opcode.binary, 'uncoded');
      await settled(80);
      const { body } = it.streams[0] as MessageStream;
      expect(body.readableLength).toBeGreaterThanOrEqual(64 * KIB);
      expect(body.readableLength).toBeLessThanOrEqual(64 * KIB + 4 * KIB);
      expect((await whole(it.streams[0])).equals(payload)).toBe(true);
      await until(() => it.streams.length === 2);
      expect((await whole(it.streams[1])).toString()).toBe('uncoded');
    }
  });
});

/** The head of an unfinished binary frame from a client, with a masking key of zeros. */
function giant(bytes: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x82ff);
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

/** Whether a type is exactly Buffer, and not any. */
type IsBuffer<Item> = [Item, Buffer] extends [Buffer, Item] ? (0 extends 1 & Item ? false : true) : false;
type Piece = MessageStream['body'] extends AsyncIterable<infer Each> ? Each : never;

test('a loop over the body gives Buffers, by its type too, and a pipeline takes it', async () => {
  const isBuffer: IsBuffer<Piece> = true;
  expect(isBuffer).toBe(true);
  const it = streamScene();
  it.text('piped');
  await until(() => it.streams.length === 1);
  const piped = new PassThrough();
  await pipeline(it.streams[0]!.body, piped);
  expect(String(piped.read())).toBe('piped');
});
