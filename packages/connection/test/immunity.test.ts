/* What brought other WebSocket implementations down, tried on one connection. SECURITY.md lists these tests by name. */
import { encodeFrame, Opcode, type Role } from '@sokker/frame';
import { Connection, ConnectionSettings, prepare } from '../src/index.js';
import type { Bytes } from '../src/bytes.js';
import { usedBytes } from '../../frame/test/memory.js';
import { ManualClock, pair } from '@sokker/testkit';
import { scene, settled } from './scene.js';

jest.setTimeout(60_000);

const ROLES: readonly Role[] = ['server', 'client'];

/** Each kind of view over `memory`, and the memory itself. */
function kindsOver(memory: ArrayBuffer): Bytes[] {
  const narrow = [new Int8Array(memory), new Uint8Array(memory), new Uint8ClampedArray(memory), new Int16Array(memory)];
  const wide = [new Uint16Array(memory), new Int32Array(memory), new Uint32Array(memory), new Float32Array(memory)];
  const widest = [new Float64Array(memory), new BigInt64Array(memory), new BigUint64Array(memory)];
  return [...narrow, ...wide, ...widest, new DataView(memory), memory];
}

describe('memory that is not the message', () => {
  test.each(ROLES)(
    'CVE-2026-45736: whatever view is sent, as %s, its bytes leave and no others; a reason must be text',
    async (role) => {
      const expected = Buffer.from('sixteen bytes !!');
      const memories = [new ArrayBuffer(16), new SharedArrayBuffer(16) as unknown as ArrayBuffer];
      for (const memory of memories) new Uint8Array(memory).set(expected);
      for (const data of memories.flatMap((memory) => kindsOver(memory))) {
        const it = scene({ role });
        it.connection.send(data);
        it.connection.ping(data).catch(() => undefined);
        expect(() => void it.connection.close(1000, data as unknown as string)).toThrow(TypeError);
        await settled(2);
        expect(it.frames.map(({ payload }) => payload.toString())).toEqual(Array(2).fill(expected.toString()));
        it.connection.terminate();
      }
    },
  );

  test.each(ROLES)(
    'CVE-2026-58045: what is hung on a buffer or view changes nothing of what leaves, as %s',
    async (role) => {
      for (const claimed of [1, 4096, 2 ** 31]) {
        for (const make of [
          () => Buffer.from('Hello'),
          () => new Uint16Array([1, 2]),
          () => new DataView(new ArrayBuffer(3)),
        ]) {
          const [honest, lying] = [make(), make()];
          for (const name of ['length', 'byteLength', 'byteOffset'])
            Object.defineProperty(lying, name, { value: claimed });
          const it = scene({ role });
          it.connection.send(honest);
          it.connection.send(lying);
          it.connection.send(prepare(lying));
          await settled(2);
          const [first, ...others] = it.frames.map(({ payload }) => payload.toString('hex'));
          expect(others).toEqual([first, first]);
          it.connection.terminate();
        }
      }
    },
  );

  test('CVE-2016-10518: a number is no payload of a Ping', () => {
    const { connection } = scene();
    expect(() => void connection.ping(1000 as never)).toThrow(TypeError);
    connection.terminate();
  });
});

describe('a peer that takes and gives nothing', () => {
  test('ws 8.23.0: 10 000 Pings from a peer that does not read leave one Pong waiting', async () => {
    const it = scene({ peerReads: false, wireBytes: 1024 });
    const ping = it.wire(Opcode.ping, Buffer.alloc(125));
    for (let i = 0; i < 100; i++) {
      it.near.push(Buffer.concat(Array(100).fill(ping)));
      await settled(1);
    }
    expect(it.connection.retainedBytes).toBeLessThan(64 * 1024);
    expect(it.connection.state).toBe('open');
    it.connection.terminate();
  });

  test('nhooyr 129d303, 7c87cb5: the same Pong ten times, and Pongs for no Ping, are heard and do nothing', async () => {
    const it = scene().record();
    const round = it.connection.ping('a');
    for (let i = 0; i < 10; i++) it.send(Opcode.pong, 'a');
    for (let i = 0; i < 10; i++) it.send(Opcode.pong, String(i));
    await settled();
    await expect(round).resolves.toEqual(expect.any(Number));
    expect(it.log).toHaveLength(20);
    expect(it.connection.state).toBe('open');
    it.connection.terminate();
  });

  test.each(ROLES)(
    'CVE-2024-23672: a peer that never finishes the closing handshake is waited for closeTimeoutMs, as %s',
    async (role) => {
      const it = scene({ role, closeTimeoutMs: 1000 });
      const closed = it.connection.close(1000);
      await settled();
      it.clock.advance(1000);
      await settled();
      expect(await closed).toMatchObject({ code: 1006, clean: false });
      expect([it.near.destroyed, it.clock.pending]).toEqual([true, 0]);
    },
  );
});

describe('what comes after a Close', () => {
  test.each(ROLES)(
    'CVE-2022-25762, Tomcat 06da7877: no data and no Pong follow a Close, whatever races it, as %s',
    async (role) => {
      for (let round = 0; round < 200; round++) {
        const it = scene({ role });
        it.connection.on('ping', () => it.connection.send('from a ping'));
        it.connection.on('message', () => it.connection.send('from a message'));
        const acts = [() => it.send(Opcode.ping, 'p'), () => it.text('t'), () => void it.connection.close(), () => it.connection.send('s'), () => it.sendClose(1000)]; // prettier-ignore
        for (let act = 0; act < 6; act++) {
          acts[(round * 7 + act * 3) % acts.length]!();
          if ((round + act) % 3 === 0) await settled(1);
        }
        await settled(2);
        const closeAt = it.frames.findIndex(({ opcode }) => opcode === Opcode.close);
        expect(closeAt).toBe(it.frames.length - 1);
        it.connection.terminate();
      }
    },
  );
});

describe('connections that break', () => {
  test('WebSocket-Node 1.0.25, 1.0.31: after a reset inside a frame there is one end, and no write, timer or promise is left', async () => {
    const it = scene().record();
    const promises = Promise.allSettled([it.connection.ping(), it.connection.sendStream(['a', 'b'])]);
    it.far.write(it.wire(Opcode.binary, Buffer.alloc(1000)).subarray(0, 20));
    await settled(1);
    it.far.resetAndDestroy();
    await settled();
    for (let i = 0; i < 100; i++) expect(it.connection.send('into the void')).toBe(false);
    await settled();
    expect(it.log.filter((line) => line === 'close')).toHaveLength(1);
    expect((await promises)[0]).toMatchObject({ status: 'rejected', reason: { code: 'ERR_SOKKER_CLOSED' } });
    expect([it.connection.bufferedBytes, it.clock.pending]).toEqual([0, 0]);
  });

  test('CVE-2024-38355: with no listener for anything, broken frames, resets and late errors throw nothing', async () => {
    const broken = ['ff00', '810548656c6c6f', '88', '827f8000000000000000', '81fe0001', '018000000000ff', ''];
    for (const hex of broken) {
      for (const role of ROLES) {
        const [near, far] = pair();
        const connection = new Connection(near, { role });
        far.on('error', () => undefined);
        far.write(Buffer.from(hex, 'hex'));
        await settled(2);
        far.resetAndDestroy();
        await settled();
        near.emit('error', new Error('late'));
        // A message that nobody took waits a while for someone to come.
        expect(connection.state).not.toBe('open');
        connection.terminate();
      }
    }
  });
});

describe('tiny pieces', () => {
  test('CVE-2026-48779, CVE-2026-12151: fragments of one byte, each in a read of its own, on 20 connections', async () => {
    const settings = new ConnectionSettings({ role: 'server', clock: new ManualClock() });
    const [first, next] = [Opcode.binary, Opcode.continuation].map((opcode) =>
      encodeFrame({ fin: false, rsv: 0, opcode, payload: Buffer.from('a') }, { role: 'client', maskingKey: 1 }),
    );
    const count = 8 * 1024;
    const before = usedBytes();
    const held = Array.from({ length: 20 }, () => {
      const [near] = pair();
      const connection = new Connection(near, settings);
      near.resume();
      return { near, connection };
    });
    await settled(2);
    for (let i = 0; i < count; i++) {
      for (const { near } of held) near.push(Buffer.from(i === 0 ? first! : next!));
      if (i % 200 === 0) await settled(1);
    }
    await settled(4);
    const each = (usedBytes() - before) / held.length;
    expect(held[0]?.connection.retainedBytes).toBeGreaterThan(count);
    expect(each).toBeLessThan(2.1 * count + 64 * 1024);
    for (const { connection } of held) connection.terminate();
  });
});

test('CVE-2022-39386: a message that came with the handshake waits for its listener', async () => {
  const wire = encodeFrame(
    { fin: true, rsv: 0, opcode: Opcode.text, payload: Buffer.from('early') },
    { role: 'client' },
  );
  const it = scene({ session: { head: wire } });
  await settled(50);
  const heard: string[] = [];
  it.connection.on('message', (message) => heard.push(message.text()));
  await settled();
  expect(heard).toEqual(['early']);
  it.connection.terminate();
});

test('names that someone hung on Object.prototype are no state of ours', async () => {
  const names = ['record', 'tally', 'latencyMs', 'user', 'dueTick'];
  const prototype: object = Object.prototype;
  for (const name of names) Object.defineProperty(prototype, name, { value: 'x', writable: true, configurable: true });
  try {
    const it = scene().record();
    it.text('a');
    it.connection.send('b');
    await settled();
    expect(it.connection.latencyMs).toBeUndefined();
    it.near.destroy();
    await settled();
    expect(it.closed).toMatchObject({ code: 1006, by: 'network' });
    expect(it.log).toEqual(['text a', 'close']);
  } finally {
    for (const name of names) Reflect.deleteProperty(prototype, name);
  }
});
