/** What stays behind when connections have ended, or messages have passed: nothing. */
import { Opcode } from '@sokker/frame';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { Connection, ConnectionSettings } from '../src/index.js';
import { ManualClock } from '@sokker/testkit';
import { bufferBytes, memoryInUse } from '../../frame/test/memory.js';
import { scene, settled, streamScene, until } from './scene.js';

const KIB = 1024;

test('a thousand messages leave the listeners of connection and duplex as they were', async () => {
  const it = scene({ highWaterMarkBytes: 1000 }).record();
  const listeners = (): string =>
    JSON.stringify(
      [it.connection, it.near].map((emitter) =>
        emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name as 'close')]),
      ),
    );
  await settled();
  const before = listeners();
  for (let i = 0; i < 1000; i++) {
    it.text(`${i}`);
    it.connection.send(Buffer.alloc(500));
    if (i % 100 === 0) {
      it.connection.pause();
      await it.connection.writable();
      await it.connection.sendStream(['a', 'b']);
      it.connection.resume();
      await settled();
    }
  }
  await until(() => it.log.filter((line) => line.startsWith('text')).length === 1000);
  await settled();
  expect(listeners()).toBe(before);
  expect(it.clock.pending).toBe(0);
});

test('sources, signals and bodies keep no listener of ours', async () => {
  const { signal } = new AbortController();
  const it = scene();
  for (let i = 0; i < 50; i++) await it.connection.sendStream(Readable.from(['a', 'b']), { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const streams = streamScene();
  for (let i = 0; i < 50; i++) streams.text(`${i}`);
  for (let i = 0; i < 50; i++) {
    await until(() => streams.streams.length > i);
    streams.streams[i]?.body.resume();
  }
  await settled();
  expect(streams.connection.vitals()).toMatchObject({ receiving: false, reading: true });
});

test('connections that have ended are collected, with all that waited in them', async () => {
  const settings = new ConnectionSettings({ role: 'server', clock: new ManualClock(), maxBufferedBytes: Infinity });
  const round = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) {
      const it = scene({ peerReads: false, wireBytes: KIB });
      const connection = new Connection(it.near, settings);
      connection.on('message', () => undefined);
      it.far.write(it.wire(Opcode.binary, Buffer.alloc(100 * KIB)).subarray(0, 50 * KIB));
      connection.send(Buffer.alloc(100 * KIB));
      void connection.sendStream([Buffer.alloc(100 * KIB)]).catch(() => undefined);
      void connection.ping();
      await settled(1);
      it.connection.terminate();
      connection.terminate();
      await settled(2);
    }
    await settled();
  };
  await round();
  const before = memoryInUse();
  await round();
  await round();
  const { buffers, heap } = memoryInUse();
  expect(heap - before.heap).toBeLessThan(300 * KIB);
  expect(buffers - before.buffers).toBeLessThan(300 * KIB);
});

test('an idle connection, open or closed, keeps no read buffer', async () => {
  const count = 100;
  const scenes = Array.from({ length: count }, () => scene({ wireBytes: 64 * KIB }));
  for (const it of scenes) it.connection.on('message', () => undefined);
  await settled();
  const before = bufferBytes();
  for (const it of scenes) it.send(Opcode.binary, Buffer.alloc(60 * KIB));
  await settled(10);
  expect(bufferBytes() - before).toBeLessThan(count * 2 * KIB);
  for (const it of scenes) it.connection.terminate();
  await settled();
  expect(bufferBytes() - before).toBeLessThan(count * 2 * KIB);
});

test('a queue of many senders is gone when they are through', async () => {
  const it = scene({ maxBufferedBytes: Infinity });
  const all = Array.from({ length: 500 }, () => it.connection.sendStream(['x'.repeat(100)]));
  await Promise.all(all);
  await settled();
  expect(it.connection.retainedBytes).toBe(0);
});
