import { Opcode, type Message } from '@sokker/frame';
import { scene, settled, type Scene } from './scene.js';

describe('messages wait for someone to take them', () => {
  test('one is held, the rest stays unread, and none is lost', async () => {
    const it = scene({ wireBytes: 256 });
    for (let i = 0; i < 200; i++) it.text(`message ${i}`.padEnd(1000));
    await settled();
    expect(it.connection.vitals()).toMatchObject({ reading: false });
    // One, and 64 KiB beyond it.
    expect(it.connection.vitals().messagesReceived).toBeGreaterThan(50);
    expect(it.connection.vitals().messagesReceived).toBeLessThan(70);
    expect(it.far.writableLength).toBeGreaterThan(100 * 1000);
    it.record();
    await settled(60);
    expect(it.log).toHaveLength(200);
    expect(it.log[199]).toContain('1000 bytes');
  });

  test('a listener that comes while the first waits gets it, in order', async () => {
    const it = scene();
    for (const text of ['a', 'b', 'c']) it.text(text);
    await settled();
    it.record();
    it.text('d');
    await settled();
    expect(it.log).toEqual(['text a', 'text b', 'text c', 'text d']);
    expect(it.connection.listenerCount('newListener' as 'message')).toBe(0);
  });

  test('once() takes one, the next waits again', async () => {
    const it = scene();
    it.text('a');
    it.text('b');
    await settled();
    const heard: string[] = [];
    it.connection.once('message', (message) => heard.push(message.text()));
    await settled();
    expect(heard).toEqual(['a']);
    it.connection.once('message', (message) => heard.push(message.text()));
    await settled();
    expect(heard).toEqual(['a', 'b']);
  });

  test('discard() drops what waits and what comes; control frames are answered', async () => {
    const it = scene();
    it.text('a');
    await settled();
    it.connection.discard();
    it.text('b');
    it.send(Opcode.ping, 'p');
    await settled();
    expect(it.sent()).toEqual(['pong p']);
    expect(it.connection.vitals()).toMatchObject({ reading: true, messagesReceived: 2 });
    it.record();
    it.text('c');
    await settled();
    expect(it.log).toEqual(['text c']);
  });

  test('no listener stays behind when the connection ends with a message that nobody took', async () => {
    const it = scene();
    it.text('a');
    await settled();
    it.connection.terminate();
    await settled();
    expect(it.connection.listenerCount('newListener' as 'message')).toBe(0);
  });

  test('nobody listens, the peer says much and goes: everything is there for who comes in time', async () => {
    const it = scene();
    for (const text of ['a', 'b', 'c']) it.text(text);
    it.far.end();
    await settled();
    it.record();
    await settled();
    expect(it.log).toEqual(['text a', 'text b', 'text c', 'close']);
  });
});

describe('pause() and resume()', () => {
  test('nothing is read, no Ping answered, no event; then all of it', async () => {
    const it = scene().record();
    it.connection.pause();
    it.text('a');
    it.send(Opcode.ping, 'p');
    await settled();
    expect([it.log, it.frames]).toEqual([[], []]);
    expect(it.connection.vitals().reading).toBe(false);
    it.connection.resume();
    await settled();
    expect(it.log).toEqual(['text a', 'ping p']);
    expect(it.sent()).toEqual(['pong p']);
  });

  test('inside a handler it stops before the next message of the chunk', async () => {
    const it = scene().record();
    it.connection.on('message', () => it.connection.pause());
    it.far.write(Buffer.concat([it.wire(Opcode.text, 'a'), it.wire(Opcode.text, 'b'), it.wire(Opcode.text, 'c')]));
    await settled();
    expect(it.log).toEqual(['text a']);
    it.connection.resume();
    await settled();
    expect(it.log).toEqual(['text a', 'text b']);
    it.connection.resume();
    it.connection.resume();
    await settled();
    expect(it.log).toEqual(['text a', 'text b', 'text c']);
  });

  test('pause and resume within one handler', async () => {
    const it = scene().record();
    it.connection.on('message', () => {
      it.connection.pause();
      it.connection.resume();
    });
    it.far.write(Buffer.concat([it.wire(Opcode.text, 'a'), it.wire(Opcode.text, 'b')]));
    await settled();
    it.text('c');
    await settled();
    expect(it.log).toEqual(['text a', 'text b', 'text c']);
  });

  test('pausing twice needs one resume; resuming what reads does nothing', async () => {
    const it = scene().record();
    it.connection.resume();
    it.connection.pause();
    it.connection.pause();
    it.connection.resume();
    it.text('a');
    await settled();
    expect(it.log).toEqual(['text a']);
  });

  test('with a peer that has much to say, one message, 64 KiB and what the duplex holds is taken off the wire', async () => {
    const wireBytes = 64 * 1024;
    const it = scene({ wireBytes });
    let taken = 0;
    it.connection.on('message', ({ data }) => {
      taken += data.length;
      it.connection.pause();
    });
    const message = it.wire(Opcode.binary, Buffer.alloc(100 * 1024, 7));
    const all = Buffer.concat(Array.from({ length: 160 }, () => message));
    for (let at = 0; at < all.length; at += wireBytes) it.far.write(all.subarray(at, at + wireBytes));
    await settled(50);
    expect(taken).toBe(100 * 1024);
    const held = all.length - it.far.writableLength - message.length;
    // The rest of a chunk in the decoder; what its duplex holds is its own affair.
    expect(held - it.near.readableLength).toBeLessThanOrEqual(wireBytes);
    expect(it.near.readableLength).toBeLessThanOrEqual(2 * wireBytes);
    expect(it.connection.retainedBytes).toBeLessThanOrEqual(wireBytes);
  });
});

describe('one peer never owns the event loop', () => {
  const flood = (it: Scene, frames: number, payload = ''): void => {
    const frame = it.wire(Opcode.binary, payload);
    it.far.write(Buffer.concat(Array.from({ length: frames }, () => frame)));
  };

  test('a chunk of 100 000 frames yields every 256', async () => {
    const it = scene({ wireBytes: 2 ** 21 });
    const perTurn: number[] = [];
    let count = 0;
    it.connection.on('message', () => count++);
    flood(it, 100_000);
    let before = 0;
    while (count < 100_000) {
      await settled(1);
      if (count > before) perTurn.push(count - before);
      before = count;
    }
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(256);
  });

  test('a peer that sends a little every turn never yields', async () => {
    const it = scene().record();
    let pauses = 0;
    it.near.on('pause', () => pauses++);
    for (let turn = 0; turn < 20; turn++) {
      flood(it, 32);
      await settled(2);
    }
    expect([it.log.length, pauses]).toEqual([640, 0]);
  });

  test('slow handlers yield after 5 ms by the clock', async () => {
    const it = scene();
    let count = 0;
    it.connection.on('message', () => {
      count++;
      it.clock.advance(1);
    });
    flood(it, 100);
    let turns = 0;
    for (; count < 100; turns++) await settled(1);
    expect(turns).toBeGreaterThanOrEqual(100 / 8 - 1);
  });

  test('others have their turn meanwhile', async () => {
    const it = scene({ wireBytes: 2 ** 21 });
    let count = 0;
    it.connection.on('message', () => count++);
    flood(it, 10_000);
    const other = scene().record();
    other.text('me too');
    await settled(8);
    expect(other.log).toEqual(['text me too']);
    expect(count).toBeLessThan(10_000);
    while (count < 10_000) await settled(1);
  });

  test('afterwards the connection holds no stages, and is receiving nothing', async () => {
    const it = scene({ wireBytes: 2 ** 21 });
    let count = 0;
    it.connection.on('message', () => count++);
    flood(it, 300);
    while (count < 300) await settled(1);
    await settled();
    expect(it.connection.vitals()).toMatchObject({ receiving: false, reading: true });
    expect(it.connection.retainedBytes).toBe(0);
  });

  test('a yield does not count as a stop', async () => {
    const it = scene().record();
    flood(it, 300);
    await settled(20);
    expect(it.connection.vitals().stops).toBe(0);
  });

  test('nor does it look like one', async () => {
    const it = scene();
    const seen: boolean[] = [];
    it.connection.on('message', () => {
      if (it.near.isPaused()) seen.push(it.connection.vitals().reading);
    });
    flood(it, 300);
    await settled(20);
    expect(new Set(seen)).toEqual(new Set([true]));
  });
});

test('vitals tell when part of a frame or of a message has come', async () => {
  const it = scene().record();
  const receiving = async (bytes: Buffer): Promise<boolean> => {
    it.far.write(bytes);
    await settled();
    return it.connection.vitals().receiving;
  };
  const frame = it.wire(Opcode.text, 'whole');
  expect(await receiving(frame)).toBe(false);
  expect(await receiving(frame.subarray(0, 1))).toBe(true);
  expect(await receiving(frame.subarray(1, 8))).toBe(true);
  expect(await receiving(frame.subarray(8))).toBe(false);
  expect(await receiving(it.wire(Opcode.text, 'a', { fin: false }))).toBe(true);
  expect(await receiving(it.wire(Opcode.ping))).toBe(true);
  expect(await receiving(it.wire(Opcode.continuation, 'b'))).toBe(false);
  it.connection.pause();
  expect(await receiving(frame)).toBe(false);
});

test('bytes behind the handshake come first', async () => {
  const whole = scene();
  const head = Buffer.concat([whole.wire(Opcode.text, 'first'), whole.wire(Opcode.text, 'second').subarray(0, 3)]);
  const rest = whole.wire(Opcode.text, 'second');
  const it = scene({ session: { head } }).record();
  await settled();
  expect(it.log).toEqual(['text first']);
  it.connection.terminate();
  await settled();
  expect(rest.length).toBeGreaterThan(3);
});

test('an empty head is no head', async () => {
  const it = scene({ session: { head: Buffer.alloc(0) } }).record();
  it.text('a');
  await settled();
  expect(it.log).toEqual(['text a']);
});

test('messages of every size arrive whole, in one piece of memory that is theirs', async () => {
  const it = scene({ wireBytes: 1000, maxMessageBytes: 2 ** 21 });
  const heard: Message[] = [];
  it.connection.on('message', (message) => heard.push(message));
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 2 ** 20];
  for (const size of sizes) it.send(Opcode.binary, Buffer.alloc(size, size % 251));
  while (heard.length < sizes.length) await settled(10);
  for (const [index, { data }] of heard.entries()) {
    const size = sizes[index] ?? 0;
    expect(data.equals(Buffer.alloc(size, size % 251))).toBe(true);
  }
});
