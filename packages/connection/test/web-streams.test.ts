import { Opcode } from '@sokker/frame';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { WebStreams } from '../src/index.js';
import { rejection, scene, settled, streamScene, until, type Scene, type SceneOptions } from './scene.js';

function webScene(options: SceneOptions = {}): Scene & { readonly web: WebStreams } {
  const it = scene(options);
  return Object.assign(it, { web: new WebStreams(it.connection) });
}

test('opened, with what was agreed on', async () => {
  const it = scene({ session: { protocol: 'chat' } });
  const web = new WebStreams(it.connection);
  const { readable, writable } = web;
  expect(await web.opened).toEqual({ readable, writable, protocol: 'chat', extensions: [] });
});

test('whole messages: text as strings, binary as Uint8Array', async () => {
  const it = webScene();
  it.text('héllo');
  it.send(Opcode.binary, Buffer.from([1, 2]));
  const reader = it.web.readable.getReader();
  expect(await reader.read()).toEqual({ done: false, value: 'héllo' });
  const { value } = await reader.read();
  expect(value).toEqual(new Uint8Array([1, 2]));
  expect(Buffer.isBuffer(value)).toBe(false);
});

test('what is written leaves as send has it', async () => {
  const it = webScene();
  const writer = it.web.writable.getWriter();
  await writer.write('text');
  await writer.write(new Uint16Array([1]));
  await writer.write(new ArrayBuffer(1));
  await settled();
  expect(it.frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual([
    [Opcode.text, 4],
    [Opcode.binary, 2],
    [Opcode.binary, 1],
  ]);
});

test.each([16, 20_000])('memory of %d bytes that was written may be used anew', async (bytes) => {
  const it = webScene();
  const writer = it.web.writable.getWriter();
  const memory = new Uint8Array(bytes);
  for (let value = 0; value < 10; value++) {
    memory.fill(value);
    await writer.write(memory);
  }
  await until(() => it.frames.length === 10);
  expect(it.frames.map(({ payload }) => [payload[0], payload[bytes - 1]])).toEqual(
    Array.from({ length: 10 }, (_, value) => [value, value]),
  );
});

test('a chunk that cannot be sent fails the stream', async () => {
  const it = webScene();
  const writer = it.web.writable.getWriter();
  expect(await rejection(writer.write(5 as never))).toMatchObject({ code: 'ERR_SOKKER_ARGUMENT' });
  await rejection(writer.closed);
  expect(it.frames).toEqual([]);
});

describe('bounds', () => {
  test('one message waits for the reader, the rest with the peer', async () => {
    const it = webScene({ wireBytes: 1000 });
    for (let i = 0; i < 100; i++) it.send(Opcode.binary, Buffer.alloc(1000, i));
    await settled(30);
    expect(it.connection.vitals()).toMatchObject({ messagesReceived: 1, reading: false });
    const reader = it.web.readable.getReader();
    for (let i = 0; i < 100; i++) expect(((await reader.read()).value as Uint8Array)[0]).toBe(i);
  });

  test('a write waits while highWaterMarkBytes wait', async () => {
    const it = webScene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1000 });
    const writer = it.web.writable.getWriter();
    let done = 0;
    const writes = Array.from({ length: 5 }, () => writer.write(Buffer.alloc(600)).then(() => done++));
    await settled();
    expect([done, it.connection.bufferedBytes]).toEqual([1, 2 * 604]);
    it.read();
    await Promise.all(writes);
    await settled();
    expect(it.frames).toHaveLength(5);
  });

  test('pipes slow the source', async () => {
    const it = webScene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1000 });
    let asked = 0;
    const source = new NodeReadableStream<string>({
      pull: (controller) => (asked++ < 1000 ? controller.enqueue('x'.repeat(100)) : controller.close()),
    });
    void source.pipeTo(it.web.writable).catch(() => undefined);
    await settled(50);
    expect(asked).toBeLessThan(20);
    it.connection.terminate();
    await settled();
  });
});

describe('the end', () => {
  test('the peer closes: what came before can be read, then the end; writing fails', async () => {
    const it = webScene();
    it.text('last');
    it.sendClose(4000, 'bye');
    await settled();
    it.far.end();
    const reader = it.web.readable.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'last' });
    expect((await reader.read()).done).toBe(true);
    expect(await it.web.closed).toMatchObject({ code: 4000, reason: 'bye', clean: true });
    expect(await rejection(it.web.writable.getWriter().write('x'))).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
  });

  test('closing the writable closes the connection, behind what was written', async () => {
    const it = webScene();
    const writer = it.web.writable.getWriter();
    void writer.write('a');
    const closed = writer.close();
    await settled();
    expect(it.sent()).toEqual(['text a', 'close']);
    it.sendClose();
    it.far.end();
    await closed;
    expect(await it.web.closed).toMatchObject({ code: 1005, clean: true });
  });

  test.each<[string, (web: WebStreams) => Promise<void>]>([
    ['cancelling the readable', (web) => web.readable.cancel('enough')],
    ['aborting the writable', (web) => web.writable.abort('enough')],
  ])('%s closes the connection', async (_, act) => {
    const it = webScene();
    const done = act(it.web);
    await settled();
    expect(it.sent()).toEqual(['close 1000']);
    it.sendClose(1000);
    it.far.end();
    await done;
    expect(await it.web.closed).toMatchObject({ code: 1000, clean: true });
  });

  test('a connection that is lost fails everything with the same error', async () => {
    const it = webScene();
    const reader = it.web.readable.getReader();
    const writer = it.web.writable.getWriter();
    const reading = rejection(reader.read());
    await settled();
    it.far.resetAndDestroy();
    const error = await rejection(it.web.closed);
    expect(error).toMatchObject({ code: 'ERR_SOKKER_CONNECTION_LOST' });
    expect(await reading).toBe(error);
    expect(await rejection(writer.closed)).toBe(error);
  });

  test('a write that waits when the connection ends has failed, and so has the end', async () => {
    const it = webScene({ peerReads: false, wireBytes: 1, highWaterMarkBytes: 1 });
    const writer = it.web.writable.getWriter();
    const write = rejection(writer.write('never read'));
    await settled();
    it.sendClose(1000);
    await settled();
    it.clock.advance(60_000);
    expect(await write).toMatchObject({ code: 'ERR_SOKKER_CLOSED' });
    await rejection(it.web.closed);
  });

  test('nobody looks: nothing is uncaught', async () => {
    const it = webScene();
    it.connection.terminate();
    await settled();
    expect(it.closed).toBeDefined();
  });
});

test('faces with errors and words of their own', async () => {
  const it = scene();
  const closed: unknown[] = [];
  const web = new WebStreams(it.connection, {
    outgoing: (chunk) => `<${String(chunk)}>`,
    closeFor: (reason) => {
      closed.push(reason);
      void it.connection.close(4009);
    },
    errorFor: ({ code }, inOrder) => new RangeError(`${code} ${inOrder}`),
  });
  const writer = web.writable.getWriter();
  await writer.write(5 as never);
  void web.readable.cancel('mine').catch(() => undefined);
  await settled();
  expect(it.sent()).toEqual(['text <5>', 'close 4009']);
  expect(closed).toEqual(['mine']);
  it.far.end();
  expect(await rejection(web.closed)).toEqual(new RangeError('1006 false'));
  await until(() => it.closed);
});

test('a connection that receives streams has no messages to give', () => {
  expect(() => new WebStreams(streamScene().connection)).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }),
  );
});

test('what came before our Close was answered can be read, then the end', async () => {
  const it = webScene();
  const writer = it.web.writable.getWriter();
  const closed = writer.close();
  await settled();
  for (const text of ['one', 'two', 'three']) it.text(text);
  it.sendClose(1000);
  it.far.end();
  await closed;
  expect(await it.web.closed).toMatchObject({ clean: true });
  const got: unknown[] = [];
  for await (const message of it.web.readable) got.push(message);
  expect(got).toEqual(['one', 'two', 'three']);
});

test('a chunk that could not be sent says nothing against the end', async () => {
  const it = webScene();
  await rejection(it.web.writable.getWriter().write(5 as never));
  it.sendClose(1000);
  it.far.end();
  expect(await it.web.closed).toMatchObject({ clean: true });
  expect(await it.web.readable.getReader().read()).toEqual({ done: true, value: undefined });
});
