import { Opcode, ProtocolError, type Role } from '@sokker/frame';
import { ManualClock, pair } from '@sokker/testkit';
import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { Connection, type CloseRecord } from '../src/index.js';
import { closePayload, rejection, scene, settled } from './scene.js';

function watched(duplex: Duplex): { connection: Connection; records: CloseRecord[]; errors: Error[] } {
  const connection = new Connection(duplex, { role: 'server', clock: new ManualClock() });
  const records: CloseRecord[] = [];
  const errors: Error[] = [];
  connection.on('close', (record) => records.push(record));
  connection.on('error', (error) => errors.push(error));
  return { connection, records, errors };
}

describe('a duplex that is gone already', () => {
  test.each<[string, (near: Duplex) => unknown]>([
    ['closed', (near) => near.destroy()],
    ['broken', (near) => near.on('error', () => undefined).destroy(new Error('gone'))],
  ])('%s: the connection ends at once, with 1006', async (_, end) => {
    const [near] = pair();
    end(near);
    await settled();
    const { connection, records } = watched(near);
    expect(records).toEqual([]);
    await settled();
    expect(records).toMatchObject([{ code: 1006, clean: false }]);
    expect(connection.send('late')).toBe(false);
  });

  test('destroyed in this very turn', async () => {
    const [near] = pair();
    near.destroy();
    const { records } = watched(near);
    await settled();
    expect(records).toHaveLength(1);
  });

  test('one whose peer had ended, and was read to its end, by others', async () => {
    const [near, far] = pair();
    near.resume();
    far.end();
    await settled();
    const { records } = watched(near);
    await settled();
    expect(records).toMatchObject([{ code: 1006, by: 'peer' }]);
  });
});

describe('a duplex that breaks in its own ways', () => {
  test.each<[string, (callback: (error?: Error | null) => void) => void]>([
    [
      'throws in its write',
      () => {
        throw new Error('broken');
      },
    ],
    ['calls back with an error', (callback) => callback(new Error('broken'))],
    ['calls back with an error later', (callback) => void setImmediate(callback, new Error('broken'))],
  ])('one that %s ends its connection and no other', async (_, write) => {
    const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, callback) => write(callback) });
    const { connection, records, errors } = watched(duplex);
    const well = scene();
    connection.send('a');
    well.connection.send('b');
    await settled();
    expect(records).toMatchObject([{ code: 1006, clean: false, by: 'network' }]);
    expect(errors).toMatchObject([{ code: 'ERR_SOKKER_CONNECTION_LOST', cause: { message: 'broken' } }]);
    expect(well.sent()).toEqual(['text b']);
  });

  test('errors after the end are nobody’s business', async () => {
    const [near] = pair();
    const { connection, records, errors } = watched(near);
    connection.terminate();
    await settled();
    near.emit('error', new Error('late'));
    expect([records.length, errors.length]).toEqual([1, 0]);
  });

  test('one that ends its writable side when the peer has ended (allowHalfOpen: false)', async () => {
    const [near, far] = pair({ allowHalfOpen: false });
    const { connection, records } = watched(near);
    const heard: string[] = [];
    connection.on('message', (message) => heard.push(message.text()));
    const it = scene();
    far.end(Buffer.concat([it.wire(Opcode.text, 'a'), it.wire(Opcode.close)]));
    await settled();
    expect(heard).toEqual(['a']);
    expect(records).toMatchObject([{ code: 1005, clean: true }]);
  });
});

describe('fail', () => {
  test('the reason is the text of the error, cut to 123 bytes between characters', async () => {
    const it = scene({ maxMessageBytes: 10 });
    it.send(Opcode.binary, Buffer.alloc(11));
    await settled();
    const [frame] = it.frames;
    expect(frame?.payload.readUInt16BE(0)).toBe(1009);
    expect(frame?.payload.length).toBeLessThanOrEqual(125);
    const other = scene({ maxMessageBytes: 10 });
    const long = Object.assign(new Error('é'.repeat(100)), { closeCode: 1008 });
    other.connection.fail(long);
    await settled();
    expect(other.sent()).toEqual(['close 1011']);
  });

  test('what waited is dropped, what was sent in this turn goes before', async () => {
    const it = scene().recordRest();
    it.connection.send('before');
    const stream = rejection(it.connection.sendStream(['a']));
    it.connection.send('behind');
    it.connection.fail(new Error('x'));
    await stream;
    await settled();
    expect(it.sent()).toEqual(['text before', 'close 1011']);
    expect(it.ended).toBe(true);
  });

  test('twice: one Close, the first error stands', async () => {
    const it = scene().recordRest();
    it.connection.fail(new Error('first'));
    it.connection.fail(new Error('second'));
    await settled();
    expect(it.sent()).toEqual(['close 1011']);
    it.far.end();
    await settled();
    expect(it.log).toEqual(['error first', 'error second', 'close']);
    expect(it.closed?.error?.message).toBe('first');
  });

  test.each([
    [3000, 3000],
    [1015, 1011],
    [1005, 1011],
    [999, 1011],
    [5000, 1011],
  ])('with an error of somebody else’s table that says %d: it ends with %d', async (closeCode, code) => {
    const it = scene();
    const rule = { closeCode, section: 'RFC 6455 §7.4', text: 'a rule of theirs' };
    it.connection.fail(new ProtocolError('ERR_OTHER', rule));
    await settled();
    expect(it.sent()).toEqual([expect.stringMatching(`^close ${code}`)]);
    it.far.end();
    await settled();
    expect(it.closed).toMatchObject({ code, clean: false, error: { code: 'ERR_OTHER' } });
  });
});

describe('rates', () => {
  test.each([
    ['messages', Opcode.text, 'ERR_SOKKER_MESSAGE_RATE', { maxMessagesPerSecond: 3 }],
    ['control frames', Opcode.ping, 'ERR_SOKKER_CONTROL_RATE', { maxControlFramesPerSecond: 3 }],
  ] as const)('more %s than allowed: 1008', async (_, opcode, code, options) => {
    const it = scene(options).record();
    for (let i = 0; i < 3; i++) it.send(opcode, 'a');
    await settled();
    expect(it.errors).toEqual([]);
    it.clock.advance(1000);
    for (let i = 0; i < 4; i++) it.send(opcode, 'a');
    await settled();
    expect(it.errors).toEqual([expect.objectContaining({ code, closeCode: 1008, limit: 3 })]);
    expect(it.sent().at(-1)).toMatch(/^close 1008/);
    expect(it.log.filter((line) => !line.startsWith('error'))).toHaveLength(6);
  });
});

test('vitals', async () => {
  const it = scene({ peerReads: false, wireBytes: 1 });
  expect(it.connection.vitals()).toEqual({
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    reading: true,
    behind: false,
    stops: 0,
    receiving: false,
    sending: false,
    written: true,
  });
  it.connection.send('x');
  it.connection.pause();
  expect(it.connection.vitals()).toMatchObject({ messagesSent: 1, reading: false, stops: 1, written: false });
  it.read();
  it.connection.resume();
  await settled();
  expect(it.connection.vitals()).toMatchObject({ bytesSent: 3, reading: true, written: true });
  const source = new PassThrough();
  const sent = it.connection.sendStream(source);
  expect(it.connection.vitals().sending).toBe(true);
  source.end('x');
  await sent;
  await settled();
  expect(it.connection.vitals()).toMatchObject({ bytesSent: 8, messagesSent: 2, sending: false });
});

test('what a connection retains: the message that arrives, and what waits to be sent', async () => {
  const it = scene().record();
  const frame = it.wire(Opcode.binary, Buffer.alloc(100_000));
  it.far.write(frame.subarray(0, 50_000));
  await settled();
  expect(it.connection.retainedBytes).toBeGreaterThanOrEqual(49_900);
  expect(it.connection.retainedBytes).toBeLessThanOrEqual(2 * 50_000 + 256);
  it.far.write(frame.subarray(50_000));
  await settled();
  expect(it.connection.retainedBytes).toBe(0);
  it.connection.send(Buffer.alloc(1000));
  expect(it.connection.retainedBytes).toBe(1004);
});

describe('an error that is answered by ending the connection with it', () => {
  test.each<[string, (connection: Connection, error: Error) => void]>([
    ['terminate', (connection, error) => connection.terminate(error)],
    ['fail', (connection, error) => connection.fail(error)],
    ['fail with another', (connection) => connection.fail(new Error('another'))],
  ])('%s: it is told once', async (_, end) => {
    const [near, far] = pair();
    const { connection, records, errors } = watched(near);
    connection.on('error', (error) => end(connection, error));
    far.resume().on('error', () => undefined);
    far.write(Buffer.from([0xff, 0x00]));
    await settled();
    far.end();
    await settled();
    expect(errors).toHaveLength(1);
    expect(records).toMatchObject([{ code: 1002 }]);
  });

  test('also where that is done later', async () => {
    const [near, far] = pair();
    const { connection, errors } = watched(near);
    connection.on('error', (error) => setImmediate(() => connection.fail(error)));
    far.write(Buffer.from([0xff, 0x00]));
    await settled();
    expect(errors).toHaveLength(1);
  });

  test('an error behind it is told too', async () => {
    const [near, far] = pair();
    const { connection, errors } = watched(near);
    far.write(Buffer.from([0xff, 0x00]));
    await settled();
    connection.terminate(new Error('enough'));
    expect(errors).toMatchObject([{ code: 'ERR_SOKKER_RESERVED_OPCODE' }, { message: 'enough' }]);
  });
});

test('a duplex that takes its time to close: what nobody took is given up when the closing handshake has had its time', async () => {
  const clock = new ManualClock();
  const duplex = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, callback) => callback(),
    destroy: (error, callback) => void setImmediate(callback, error),
  });
  const connection = new Connection(duplex, { role: 'server', clock, closeTimeoutMs: 100 });
  const closed = jest.fn();
  connection.on('close', closed);
  duplex.push(Buffer.from('81810000000061' + '88820000000003e8', 'hex'));
  await settled();
  clock.advance(100);
  await settled();
  expect(closed).toHaveBeenCalledTimes(1);
});

describe('duplexes with habits of their own', () => {
  const CLOSE_MS = 5000;

  test('one that answers inside a write has our Close before the end', async () => {
    const written: string[] = [];
    const it = scene({
      wrap: (near) =>
        Object.assign(near, {
          _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void) {
            written.push(chunk.toString('hex'));
            if (written.length === 1) near.emit('data', it.wire(Opcode.close, closePayload(1000)));
            callback();
          },
          _final(callback: () => void) {
            written.push('end');
            callback();
          },
        }),
    });
    it.connection.send('a');
    await settled();
    expect(written).toEqual(['810161', '880203e8', 'end']);
  });

  test.each<Role>(['server', 'client'])('the end that was told before the Close was read ends it: %s', async (role) => {
    const it = scene({ role });
    const text = it.wire(Opcode.text, 'a');
    it.connection.pause();
    it.far.end(Buffer.concat([text, text, it.wire(Opcode.close, closePayload(1000))]));
    await settled();
    it.connection.on('message', () => undefined).once('message', () => it.connection.pause());
    it.connection.resume();
    await settled();
    expect(it.closed).toBeUndefined();
    it.connection.resume();
    await settled();
    expect(it.closed).toMatchObject({ code: 1000, clean: true });
    expect(it.clock.pending).toBe(0);
  });

  test('one that fails and does not destroy itself is destroyed', async () => {
    const duplex = new Duplex({
      autoDestroy: false,
      read: () => undefined,
      write: (_chunk, _encoding, callback) => callback(new Error('no')),
    });
    const connection = new Connection(duplex, { role: 'server', clock: new ManualClock(), closeTimeoutMs: CLOSE_MS });
    connection.send('a');
    expect(await connection.closed).toMatchObject({ code: 1006, by: 'network' });
    expect(duplex.destroyed).toBe(true);
  });

  test('one that was paused before it was handed over is read', async () => {
    const [near, far] = pair();
    near.pause();
    const connection = new Connection(near, { role: 'server' });
    const heard = once(connection, 'message');
    far.write(Buffer.from('81810000000061', 'hex'));
    await heard;
    connection.terminate();
  });
});
