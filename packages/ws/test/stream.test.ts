import { once } from 'node:events';
import { finished, pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { BOTH, closeAll, ended, pairOf, record, serverOf, urlOf } from './implementations.js';

afterEach(closeAll);

describe.each(BOTH)('createWebSocketStream of %s', (_, it) => {
  test('is what the messages are made of, both ways', async () => {
    const { socket, client } = await pairOf(it);
    const log = record(socket);
    const stream = it.createWebSocketStream(client);
    socket.send('he');
    socket.send(Buffer.from('llo'));
    socket.close();
    stream.write('from here');
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('hello');
    if (socket.readyState !== 3) await ended(socket);
    expect(log[0]).toEqual(['message', 'from here', true]);
  });

  test('keeps borders and text as objects', async () => {
    const { socket, client } = await pairOf(it);
    const stream = it.createWebSocketStream(client, { readableObjectMode: true, encoding: undefined as never });
    socket.send('text');
    socket.send(Buffer.from('bytes'));
    socket.close();
    const chunks: unknown[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toEqual(['text', Buffer.from('bytes')]);
  });

  test('carries a long stream with back-pressure, before it is open, and to its end', async () => {
    const server = await serverOf(it);
    const connection = once(server, 'connection');
    const client = new it.WebSocket(urlOf(server));
    const pieces = Array.from({ length: 64 }, (__, index) => Buffer.alloc(32 * 1024, index));
    const sent = pipeline(Readable.from(pieces), it.createWebSocketStream(client));
    const [socket] = (await connection) as [typeof client];
    let bytes = 0;
    for await (const chunk of it.createWebSocketStream(socket)) bytes += (chunk as Buffer).length;
    await sent;
    expect(bytes).toBe(64 * 32 * 1024);
    if (client.readyState !== 3) await ended(client);
  });

  test('pauses the WebSocket while nobody reads', async () => {
    const { socket, client } = await pairOf(it);
    const stream = it.createWebSocketStream(client);
    socket.send(Buffer.alloc(1024 * 1024));
    socket.send('behind');
    while (!client.isPaused) await new Promise(setImmediate);
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes === 1024 * 1024 + 6) socket.close();
    }
    expect([bytes, client.isPaused]).toEqual([1024 * 1024 + 6, false]);
  });

  test('has the answers read after its own side has ended', async () => {
    const { socket, client } = await pairOf(it);
    socket.on('message', () => {
      socket.send('the ');
      socket.send('answer');
    });
    const stream = it.createWebSocketStream(client);
    stream.end('question');
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('the answer');
  });

  test('ends the WebSocket where it is destroyed, and fails where that does', async () => {
    const { socket, client } = await pairOf(it);
    it.createWebSocketStream(client)
      .on('error', () => undefined)
      .destroy();
    await ended(socket);
    const url = urlOf(await serverOf(it));
    await closeAll();
    const stream = it.createWebSocketStream(new it.WebSocket(url));
    await expect(finished(stream)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
