/** Messages that an extension codes, on their way in and out, with a toy coder that works at once or in later turns. */
import { Opcode, type ProtocolError, type Role } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { CodedMessages } from '../src/coded-messages.js';
import { prepare, type Connection } from '../src/index.js';
import { ToyCoder, undecodable, xor } from './coder.js';
import { rejection, scene, settled, until } from './scene.js';

const KIB = 1024;

describe.each([false, true])('the coder works in later turns: %s', (later) => {
  test.each<Role>(['server', 'client'])('as %s: received in order, coded and uncoded mixed', async (role) => {
    const it = scene({ role, session: { coder: new ToyCoder({ later }) } }).record();
    it.send(Opcode.text, xor(Buffer.from('first'), 0), { rsv: 2 });
    it.text('plain');
    it.send(Opcode.binary, xor(Buffer.from('second'), 1), { rsv: 2 });
    it.send(Opcode.ping, 'p');
    it.send(Opcode.text, xor(Buffer.alloc(0), 2), { rsv: 2 });
    await settled(20);
    expect(it.log).toEqual(['text first', 'text plain', 'binary second', 'ping p', 'text ']);
    expect(it.connection.extensions).toEqual(['toy']);
  });

  test('in fragments, control frames between them', async () => {
    const it = scene({ session: { coder: new ToyCoder({ later }) } }).record();
    const coded = xor(Buffer.from('coded text'), 0);
    it.send(Opcode.text, coded.subarray(0, 4), { rsv: 2, fin: false });
    it.send(Opcode.ping, 'p');
    it.send(Opcode.continuation, coded.subarray(4, 4), { fin: false });
    it.send(Opcode.continuation, coded.subarray(4));
    it.text('next');
    await settled(20);
    expect(it.log).toEqual(['ping p', 'text coded text', 'text next']);
  });

  test('one byte at a time', async () => {
    const it = scene({ session: { coder: new ToyCoder({ later }) } }).record();
    const wire = it.wire(Opcode.text, xor(Buffer.from('é日🦦'), 0), { rsv: 2 });
    for (const byte of wire) {
      it.far.write(Buffer.from([byte]));
      await settled(2);
    }
    await settled(20);
    expect(it.log).toEqual(['text é日🦦']);
  });

  test.each<[string, Buffer, readonly number[]]>([
    ['that is no UTF-8 once it is decoded', Buffer.from('ab\xff', 'latin1'), [3]],
    ['that ends inside a character', Buffer.from('ab\xe2\x82', 'latin1'), [4]],
    ['whose character is broken across fragments', Buffer.from('\xe2(\xa1', 'latin1'), [1, 1, 1]],
  ])('text %s: 1007', async (_, text, sizes) => {
    const it = scene({ session: { coder: new ToyCoder({ later }) } }).record();
    let at = 0;
    for (const [i, size] of sizes.entries()) {
      const part = xor(text, 0).subarray(at, (at += size));
      const fin = i === sizes.length - 1;
      it.send(i === 0 ? Opcode.text : Opcode.continuation, part, { fin, rsv: i === 0 ? 2 : 0 });
    }
    await settled(20);
    expect(it.log).toEqual(['error ERR_SOKKER_INVALID_UTF8']);
    expect(it.sent()).toEqual([expect.stringMatching(/^close 1007/)]);
  });

  test('what looks like broken text before decoding is no fault', async () => {
    const it = scene({ session: { coder: new ToyCoder({ later }) } }).record();
    it.send(Opcode.text, xor(Buffer.from('éé'), 0), { rsv: 2 });
    await settled(20);
    expect(it.log).toEqual(['text éé']);
  });

  test('a message that cannot be decoded: the error of the coder, 1007', async () => {
    const coder = new ToyCoder({ later });
    const it = scene({ session: { coder } }).record();
    coder.decode.failure = undecodable();
    it.send(Opcode.text, 'x', { rsv: 2 });
    it.text('behind');
    await settled(20);
    expect(it.log).toEqual(['error ERR_SOKKER_INVALID_UTF8']);
    expect(it.sent()).toEqual([expect.stringMatching(/^close 1007/)]);
    it.sendClose(1007);
    it.far.end();
    await settled(20);
    expect(coder.log).toContain('close');
  });

  test('a coder that breaks: 1011', async () => {
    const coder = new ToyCoder({ later });
    const it = scene({ session: { coder } }).record();
    coder.decode.failure = new Error('out of memory');
    it.send(Opcode.text, 'x', { rsv: 2 });
    await settled(20);
    expect(it.sent()).toEqual(['close 1011']);
  });

  test('maxMessageBytes counts decoded bytes, at the piece that crosses it', async () => {
    const coder = new ToyCoder({ later, pieceBytes: 100 });
    const it = scene({ maxMessageBytes: 1000, session: { coder } }).record();
    it.send(Opcode.binary, xor(Buffer.alloc(1000), 0), { rsv: 2 });
    await until(() => it.log.length === 1);
    expect(it.log).toEqual(['binary 1000 bytes']);
    it.send(Opcode.binary, xor(Buffer.alloc(1001), 1), { rsv: 2 });
    await until(() => it.log.length === 2);
    await settled();
    expect(it.log[1]).toBe('error ERR_SOKKER_MESSAGE_TOO_BIG');
    expect(it.sent()).toEqual([expect.stringMatching(/^close 1009/)]);
  });

  test('sent in order, with later sends and a Close behind', async () => {
    const coder = new ToyCoder({ later, threshold: 3 });
    const it = scene({ session: { coder } });
    it.connection.send('coded one');
    it.connection.send('ab');
    it.connection.send('plain', { compress: false });
    it.connection.send(Buffer.from('coded two'));
    void it.connection.ping('p').catch(() => undefined);
    void it.connection.close();
    await settled(20);
    expect(it.frames.filter(({ opcode }) => opcode !== Opcode.ping).map(({ rsv, payload }) => [rsv, payload])).toEqual([
      [2, xor(Buffer.from('coded one'), 0)],
      [0, Buffer.from('ab')],
      [0, Buffer.from('plain')],
      [2, xor(Buffer.from('coded two'), 1)],
      [0, Buffer.from([3, 232])],
    ]);
  });

  test('a long message is coded whole, however many pieces that takes', async () => {
    const coder = new ToyCoder({ later, pieceBytes: 1000 });
    const it = scene({ role: 'client', session: { coder } });
    it.connection.send(Buffer.alloc(100 * KIB, 1));
    await until(() => it.frames.length === 1);
    expect(it.frames[0]?.payload.equals(xor(Buffer.alloc(100 * KIB, 1), 0))).toBe(true);
  });

  test('a coder that breaks on the way out fails its connection, not the caller', async () => {
    const coder = new ToyCoder({ later });
    const it = scene({ session: { coder } }).record();
    it.connection.send('fine');
    await settled(20);
    coder.encode.failure = new Error('out of memory');
    it.connection.send('breaks');
    it.connection.send('behind');
    await settled(20);
    expect(it.log).toEqual(['error out of memory']);
    expect(it.sent().slice(1)).toEqual(['close 1011']);
  });

  test('messages that wait for the coder count as buffered', async () => {
    const it = scene({ maxBufferedBytes: 10_000, session: { coder: new ToyCoder({ later }) } }).record();
    for (let i = 0; i < 20; i++) it.connection.send(Buffer.alloc(1000));
    const { bufferedBytes } = it.connection;
    if (it.connection.state === 'open') expect(bufferedBytes).toBeLessThan(11_200);
    await settled(40);
    expect(it.log).toEqual(['error ERR_SOKKER_TOO_SLOW', 'close']);
  });

  test('a message that is streamed is coded as it comes, in fragments, also where its size is known', async () => {
    for (const bytes of [undefined, 30]) {
      const coder = new ToyCoder({ later, pieceBytes: 7 });
      const it = scene({ session: { coder } });
      await it.connection.sendStream(['a'.repeat(10), 'b'.repeat(20)], { type: 'text', bytes });
      it.connection.send('next');
      await settled(40);
      const { frames } = it;
      expect(frames.map(({ rsv }) => rsv)).toEqual([2, ...Array<number>(frames.length - 2).fill(0), 2]);
      expect(frames.map(({ fin }) => fin)).toEqual([...Array<boolean>(frames.length - 2).fill(false), true, true]);
      const text = 'a'.repeat(10) + 'b'.repeat(20);
      const payload = Buffer.concat(frames.slice(0, -1).map((frame) => frame.payload));
      expect(payload.equals(xor(Buffer.from(text), 0))).toBe(true);
      expect(frames.at(-1)?.payload.equals(xor(Buffer.from('next'), 1))).toBe(true);
    }
  });

  test('the connection ends while the coder works: nothing is uncaught, and the coder is closed', async () => {
    const coder = new ToyCoder({ later });
    const it = scene({ session: { coder } }).record();
    it.connection.send('on its way');
    it.send(Opcode.text, xor(Buffer.from('on its way'), 0), { rsv: 2 });
    const streamed = rejection(it.connection.sendStream(['a', 'b']));
    await settled(2);
    it.connection.terminate();
    await streamed.catch(() => undefined);
    await settled(20);
    expect(it.log.at(-1)).toBe('close');
    expect(coder.log.filter((line) => line === 'close')).toHaveLength(1);
    expect(it.connection.bufferedBytes).toBe(0);
  });
});

describe.each([false, true])('pieces, decoded in later turns: %s', (later) => {
  /** What a coded message of so many bytes, in pieces of four, comes out as; `fails`: at which read the coder does. */
  async function slicesOf(type: Opcode, bytes: number, fails = Infinity): Promise<string[]> {
    const coder = new ToyCoder({ later, pieceBytes: 4 });
    const { decode } = coder;
    const read = decode.read.bind(decode);
    let reads = 0;
    decode.read = () => {
      if (++reads === fails) decode.failure = undecodable();
      return read();
    };
    const log: string[] = [];
    const messages = new CodedMessages(coder, new ManualClock(), ({ payload, first, last }) => {
      log.push(`${first ? '[' : ''}${payload.length}${last ? ']' : ''}`);
      return undefined;
    });
    const frame = { fin: true, rsv: 2, opcode: type, payload: xor(Buffer.alloc(bytes, 'a'), 0) };
    try {
      await messages.push({ ...frame, payloadBytes: bytes, first: true, last: true });
    } catch (error) {
      log.push((error as ProtocolError).code);
    }
    return log;
  }

  test.each([Opcode.text, Opcode.binary])('opcode %i: the last one ends the message', async (type) => {
    expect(await slicesOf(type, 0)).toEqual(['[0]']);
    expect(await slicesOf(type, 3)).toEqual(['[3]']);
    expect(await slicesOf(type, 4)).toEqual(['[4]']);
    expect(await slicesOf(type, 9)).toEqual(['[4', '4', '1]']);
  });

  test.each([Opcode.text, Opcode.binary])('opcode %i: what is sound comes before what is not', async (type) => {
    expect(await slicesOf(type, 9, 1)).toEqual(['ERR_SOKKER_INVALID_UTF8']);
    expect(await slicesOf(type, 9, 2)).toEqual(['[4', 'ERR_SOKKER_INVALID_UTF8']);
    expect(await slicesOf(type, 9, 4)).toEqual(['[4', '4', '1', 'ERR_SOKKER_INVALID_UTF8']);
  });
});

test('empty messages may be transferred: each has memory of its own', async () => {
  const empty: Buffer[] = [];
  for (let count = 0; count < 2; count++) {
    const messages = new CodedMessages(new ToyCoder(), new ManualClock(), ({ payload }) => void empty.push(payload));
    const frame = { fin: true, rsv: 2, opcode: Opcode.binary, payload: xor(Buffer.alloc(0), 0) };
    await messages.push({ ...frame, payloadBytes: 0, first: true, last: true });
  }
  const [one, other] = empty as [Buffer, Buffer];
  structuredClone(one, { transfer: [one.buffer as ArrayBuffer] });
  expect(() => other.buffer.slice(0)).not.toThrow();
});

test('whoever looks after the connection learns what was decoded in later turns', async () => {
  const noted: number[] = [];
  const onRead = (connection: Connection): void => void noted.push(connection.retainedBytes);
  const owner = { takesMessages: () => false, onMessage() {}, onStream() {}, onError() {}, onClose() {}, onRead };
  const it = scene({ session: { coder: new ToyCoder({ later: true }) }, owner });
  it.send(Opcode.binary, xor(Buffer.alloc(5 * KIB), 0), { rsv: 2, fin: false });
  await settled(20);
  expect(noted.at(-1)).toBeGreaterThanOrEqual(5 * KIB);
});

test('a coder that gives many pieces at once lets others have their turn', async () => {
  const coder = new ToyCoder({ pieceBytes: 16 });
  const it = scene({ maxMessageBytes: Infinity, session: { coder } }).record();
  const { decode } = coder;
  const read = decode.read.bind(decode);
  decode.read = () => {
    it.clock.advance(0.1);
    return read();
  };
  it.send(Opcode.binary, xor(Buffer.alloc(60 * KIB), 0), { rsv: 2 });
  await settled(3);
  expect(it.log).toEqual([]);
  await until(() => it.log.length === 1);
});

describe('prepared messages', () => {
  test.each<Role>(['server', 'client'])('as %s: once framed, sent to many', async (role) => {
    const message = prepare('to all');
    const bytes = prepare(new Uint16Array([1, 2]));
    const scenes = Array.from({ length: 3 }, () => scene({ role }));
    for (const it of scenes) {
      it.connection.send(message);
      it.connection.send(bytes);
    }
    await settled();
    for (const it of scenes) {
      expect(it.frames.map(({ opcode, payload }) => [opcode, payload])).toEqual([
        [Opcode.text, Buffer.from('to all')],
        [Opcode.binary, Buffer.from([1, 0, 2, 0])],
      ]);
    }
    expect(message.plain.frame()).toBe(message.plain.frame());
  });

  test('connections whose coders share a form get it coded once; history is told of it', async () => {
    const message = prepare('to all', { type: 'text' });
    const coders = [new ToyCoder(), new ToyCoder(), new ToyCoder({ shareKey: 'another' })];
    const scenes = coders.map((coder) => scene({ session: { coder } }));
    for (const it of scenes) it.connection.send(message);
    await settled();
    for (const it of scenes) {
      expect(it.frames).toMatchObject([{ rsv: 2, payload: xor(Buffer.from('to all'), 0) }]);
    }
    expect(coders.map(({ log }) => log)).toEqual([
      ['encodeShared', 'sharedSent'],
      ['sharedSent'],
      ['encodeShared', 'sharedSent'],
    ]);
    const [one, same, other] = coders.map((coder) => message.sharedFor(coder)?.frame());
    expect([one === same, one === other]).toEqual([true, false]);
  });

  test('in its place between coded messages that take time', async () => {
    const coder = new ToyCoder({ later: true });
    const it = scene({ session: { coder } });
    it.connection.send('first');
    it.connection.send(prepare('prepared'));
    it.connection.send('last');
    await settled(20);
    expect(it.frames.map(({ payload }) => payload)).toEqual([
      xor(Buffer.from('first'), 0),
      xor(Buffer.from('prepared'), 0),
      xor(Buffer.from('last'), 1),
    ]);
  });

  test('uncoded where that is asked for, where it is small, or where the coder has no form for it', async () => {
    const it = scene({ session: { coder: new ToyCoder({ threshold: 3 }) } });
    const other = scene({ session: { coder: new ToyCoder() } });
    it.connection.send(prepare('abc'), { compress: false });
    it.connection.send(prepare('ab'));
    other.connection.send(prepare(''));
    await settled();
    expect(it.sent()).toEqual(['text abc', 'text ab']);
    expect(other.sent()).toEqual(['text']);
  });

  test('a coder that cannot share fails its connection alone', async () => {
    const broken = new ToyCoder();
    broken.encodeShared = () => {
      throw new Error('no memory');
    };
    const it = scene({ session: { coder: broken } }).record();
    const well = scene();
    const message = prepare('to all');
    for (const { connection } of [it, well]) connection.send(message);
    await settled();
    expect(it.log).toEqual(['error no memory']);
    expect(well.sent()).toEqual(['text to all']);
  });

  test('what cannot be sent cannot be prepared', () => {
    for (const [data, options] of [
      [5, {}],
      [null, {}],
      ['a', { type: 'json' }],
      ['a', { size: 1 }],
    ] as const) {
      expect(() => prepare(data as never, options as never)).toThrow(TypeError);
    }
    expect(prepare('é').data).toEqual(Buffer.from('é'));
    expect(prepare(Buffer.from('é'), { type: 'text' })).toMatchObject({ type: 'text' });
  });
});
