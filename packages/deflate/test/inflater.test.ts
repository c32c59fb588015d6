import { constants, deflateRawSync } from 'node:zlib';
import { chunkings } from '@sokker/testkit';
import { bytes, ENGINES, noise, pass, pieces, sampleText, session } from './drive.js';

/** Payloads of messages in order, and what each comes to: text, or the error that ends the connection. */
interface StreamCase {
  readonly name: string;
  readonly messages: readonly (readonly [hex: string, result: string])[];
  readonly windowBits?: number;
  readonly noTakeover?: boolean;
}

const HELLO = 'f248cdc9c90700';
const FINAL_HELLO = 'f348cdc9c9070000';
const UNFINISHED = 'ERR_SOKKER_DEFLATE_UNFINISHED';
const DATA = 'ERR_SOKKER_DEFLATE_DATA';
const EMPTY = 'ERR_SOKKER_DEFLATE_EMPTY';

/** zlib's message for text, as another endpoint would send it, perhaps after another message. */
function deflated(text: Buffer | string, windowBits = 15, before = ''): string {
  const options = { windowBits, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = deflateRawSync(text, before === '' ? options : { ...options, dictionary: Buffer.from(before) });
  return whole.subarray(0, -4).toString('hex');
}

/** 300 bytes that do not repeat. */
const FAR = noise(225).toString('base64');

/** A dynamic block whose header is whole and whose data is missing from the given byte on. */
const DYNAMIC = deflated(sampleText(400));

const CASES: readonly StreamCase[] = [
  { name: 'one block of fixed codes (RFC 7692 §7.2.3.1)', messages: [[HELLO, 'Hello']] },
  { name: 'context takeover (§7.2.3.2)', messages: [[HELLO, 'Hello'], ['f200110000', 'Hello']] }, // prettier-ignore
  {
    name: 'a reference to a context that was given up (§7.1.1.2)',
    messages: [[HELLO, 'Hello'], ['f200110000', DATA]], // prettier-ignore
    noTakeover: true,
  },
  { name: 'a stored block (§7.2.3.3)', messages: [['000500faff48656c6c6f00', 'Hello']] },
  {
    name: 'a final block, and the window survives (§7.2.3.4)',
    messages: [[FINAL_HELLO, 'Hello'], ['f200110000', 'Hello'], [FINAL_HELLO, 'Hello'], ['f200110000', 'Hello']], // prettier-ignore
  },
  { name: 'two final blocks', messages: [['f348cdc9c90700 f348cdc9c9070000', 'HelloHello'], ['f200110000', 'Hello']] }, // prettier-ignore
  { name: 'a final block and nothing after it', messages: [['f348cdc9c90700', 'Hello'], ['f200110000', 'Hello']] }, // prettier-ignore
  { name: '16 final blocks before the last', messages: [['f348cdc9c90700'.repeat(16) + '00', 'Hello'.repeat(16)]] },
  { name: '17 final blocks, the last at the end', messages: [['f348cdc9c90700'.repeat(17), 'Hello'.repeat(17)]] },
  {
    name: '17 final blocks, and more',
    messages: [['f348cdc9c90700'.repeat(17) + '00', 'ERR_SOKKER_DEFLATE_FINAL_BLOCKS']],
  },
  { name: '10 000 final blocks', messages: [['0300'.repeat(10_000) + '00', 'ERR_SOKKER_DEFLATE_FINAL_BLOCKS']] },
  { name: 'two blocks (§7.2.3.5)', messages: [['f248050000 00ffff cac9c90700', 'Hello']] },
  { name: 'the empty message (§7.2.3.6)', messages: [['00', ''], [HELLO, 'Hello'], ['00', ''], ['f200110000', 'Hello']] }, // prettier-ignore
  {
    name: 'no bytes at all, and the next message is none the worse',
    messages: [
      ['', EMPTY],
      [HELLO, 'Hello'],
    ],
  },
  { name: 'no bytes at all, and the window is kept', messages: [[HELLO, 'Hello'], ['', EMPTY], ['f200110000', 'Hello']] }, // prettier-ignore
  { name: 'the tail left on', messages: [['f248cdc9c907000000ffff', UNFINISHED]] },
  { name: 'cut inside the codes', messages: [['f248cd', UNFINISHED]] },
  { name: 'cut before the empty block', messages: [['f248cdc9c9', UNFINISHED]] },
  { name: 'cut inside a stored block, which the tail would complete', messages: [['000500faff48', UNFINISHED]] },
  { name: 'cut inside the length of a stored block', messages: [['0000', UNFINISHED]] },
  { name: 'cut inside the header of dynamic codes', messages: [[DYNAMIC.slice(0, 16), UNFINISHED]] },
  { name: 'cut inside dynamic codes', messages: [[DYNAMIC.slice(0, -20), UNFINISHED]] },
  { name: 'the reserved block type', messages: [['06', DATA]] },
  { name: 'a stored block whose lengths disagree', messages: [['000500fbff48656c6c6f00', DATA]] },
  { name: 'more length codes than there are', messages: [['fcff0000', DATA]] },
  { name: 'a reference before the beginning', messages: [['f200110000', DATA]] },
  { name: 'a peer that keeps to a window of 256 bytes', messages: [[deflated(sampleText(5000), 9), String(sampleText(5000))]], windowBits: 8 }, // prettier-ignore
  {
    name: 'a reference past the window that was agreed (§7.1.2)',
    messages: [[deflated(FAR), FAR], [deflated(FAR.slice(0, 40), 15, FAR), DATA]], // prettier-ignore
    windowBits: 8,
  },
];

describe.each(ENGINES)('inflating, engine %s', (engine) => {
  test.each(CASES)('$name', async ({ messages, windowBits = 15, noTakeover = false }) => {
    const options = { preset: '336KiB', clientMaxWindowBits: windowBits, clientNoContextTakeover: noTakeover } as const;
    const limit = messages.reduce((sum, [hex]) => sum + hex.length, 0) > 200 ? 4 : 64;
    for (const { name } of chunkings(bytes(messages.map(([hex]) => hex).join('')), { maxSplits: limit })) {
      const { decode, close } = bound(session(engine, options));
      for (const [hex, result] of messages) {
        const chunking = [...chunkings(bytes(hex), { maxSplits: limit })].find((each) => each.name === name);
        const chunks = chunking?.chunks ?? [bytes(hex)];
        const found = await pass(decode, chunks.length === 0 ? [Buffer.alloc(0)] : chunks).then(String, codeOf);
        expect([name, found]).toEqual([name, result]);
      }
      close();
    }
  });

  test('text that ends in the bytes of the tail', async () => {
    const text = Buffer.from('ends in 0000ffff', 'latin1');
    const stored = Buffer.concat([bytes('00 0400fbff 0000ffff 00')]);
    const { decode } = session(engine);
    expect(await pass(decode, [stored])).toEqual(bytes('0000ffff'));
    expect(await pass(decode, [bytes(deflated(text))])).toEqual(text);
  });

  test('every length around the size of a piece comes through, in pieces of at most that', async () => {
    const { decode } = session(engine);
    const whole = sampleText(3 * 16384 + 2);
    for (const size of [16383, 16384, 16385, 32767, 32768, 32769, 49152, 49153]) {
      const found = await pieces(decode, bytes(deflated(whole.subarray(0, size))), true);
      expect(Math.max(...found.map((piece) => piece.length))).toBeLessThanOrEqual(16384);
      expect(Buffer.concat(found).equals(whole.subarray(0, size))).toBe(true);
    }
  });

  test('a final block at the very end of a piece', async () => {
    const { decode } = session(engine);
    const text = sampleText(16384);
    const final = deflateRawSync(text);
    const found = await pass(decode, [Buffer.concat([final, final, bytes('00')])]);
    expect(found.equals(Buffer.concat([text, text]))).toBe(true);
    expect(String(await pass(decode, [bytes(deflated('next'))]))).toBe('next');
  });

  test('a bomb stops where its reader stops', async () => {
    const bomb = bytes(deflated(Buffer.alloc(100 * 1024 * 1024)));
    const { decode, close } = bound(session(engine));
    decode.write(bomb, true);
    for (let read = 0; read < 1024 * 1024;) {
      const piece = await decode.read();
      expect(piece?.length).toBe(16384);
      read += piece?.length ?? Infinity;
    }
    close();
    expect(await decode.read()).toBeUndefined();
  });

  test('what was inflated comes before the error of an end that is none, whatever the chunks', async () => {
    for (const step of [1, 7, 1000]) {
      const { decode } = session(engine);
      const message = bytes('f248cd');
      const found: string[] = [];
      for (let at = 0; at < message.length; at += step) {
        decode.write(message.subarray(at, at + step), at + step >= message.length);
        const read = async (): Promise<string | undefined> => {
          try {
            return (await decode.read())?.toString();
          } catch (error) {
            return String(codeOf(error));
          }
        };
        for (let piece = await read(); piece !== undefined; piece = await read()) {
          found.push(piece);
          if (piece === UNFINISHED) break;
        }
      }
      expect([found.slice(0, -1).join(''), found.at(-1)]).toEqual(['He', UNFINISHED]);
    }
  });

  test('maxRatio stops a bomb, and only what is larger than 64 KiB', async () => {
    const options = { preset: 'shared', maxRatio: 100 } as const;
    const calm = bytes(deflated(Buffer.alloc(64 * 1024)));
    expect(await pass(session(engine, options).decode, [calm])).toHaveLength(64 * 1024);
    const { decode } = session(engine, options);
    const bomb = bytes(deflated(Buffer.alloc(1024 * 1024)));
    decode.write(bomb, true);
    const allowed = Math.floor((100 * bomb.length) / 16384);
    for (let piece = 0; piece < allowed; piece++) expect(await decode.read()).toHaveLength(16384);
    const failure = await Promise.resolve()
      .then(() => decode.read())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ERR_SOKKER_DEFLATE_RATIO', closeCode: 1009, limit: 100 });
  });

  test('errors name the rule and the close code, and keep the reason of zlib', async () => {
    const failure = await pass(session(engine).decode, [bytes('06')]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ProtocolError', closeCode: 1007, section: 'RFC 7692 §7.2.2' });
    expect((failure as Error).cause).toMatchObject({ code: 'Z_DATA_ERROR' });
  });

  test('a streamed message of many writes, empty ones among them', async () => {
    const text = sampleText(200_000);
    const coded = bytes(deflated(text));
    const chunks = Array.from(coded, (_, at) => coded.subarray(at * 997, (at + 1) * 997)).filter((each) => each.length);
    const { decode } = session(engine);
    const found = await pass(decode, [...chunks.flatMap((chunk) => [chunk, Buffer.alloc(0)])]);
    expect(found.equals(text)).toBe(true);
  });

  test('the window outlives idleness, wherever it stands', async () => {
    for (const size of [1, 255, 32768, 32769, 100_000]) {
      const { decode, idle } = bound(session(engine));
      const text = noise(size);
      const both = deflateRawSync(Buffer.concat([text, text]), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
      const first = bytes(deflated(text));
      expect((await pass(decode, [first])).equals(text)).toBe(true);
      idle();
      idle();
      expect((await pass(decode, [both])).equals(Buffer.concat([text, text]))).toBe(true);
    }
    const { decode, idle } = bound(session(engine));
    await pass(decode, [bytes(HELLO)]);
    idle();
    expect(String(await pass(decode, [bytes('f200110000')]))).toBe('Hello');
    await pass(decode, [bytes('f348cdc9c90700')]);
    idle();
    expect(String(await pass(decode, [bytes('f200110000')]))).toBe('Hello');
  });

  test('idle during a message changes nothing', async () => {
    const { decode, idle } = bound(session(engine));
    await pieces(decode, bytes('f248cd'), false);
    idle();
    expect(Buffer.concat(await pieces(decode, bytes('c9c90700'), true)).toString()).toMatch(/lo$/);
  });

  test('close settles what is pending, may be called twice, and ends it', async () => {
    const { decode, close } = bound(session(engine));
    decode.write(bytes(deflated(sampleText(100_000))), true);
    const pending = decode.read();
    close();
    close();
    await pending;
    decode.write(bytes(HELLO), true);
    expect(await decode.read()).toBeUndefined();
  });
});

function bound(coder: ReturnType<typeof session>) {
  return { decode: coder.decode, idle: () => coder.idle(), close: () => coder.close() };
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
