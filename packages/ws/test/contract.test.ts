import { once } from 'node:events';
import { arrived, closeAll, ended, pairOf, PAIRS, record, serverOf, shown, urlOf } from './implementations.js';

afterEach(closeAll);

describe.each(PAIRS)('a server of %s and a client of %s', (_, __, server, client) => {
  test('texts and bytes, Pings and Pongs, and a Close with code and reason', async () => {
    const it = await pairOf(server, client);
    const [ofServer, ofClient] = [record(it.socket), record(it.client)];
    it.client.send('héllo');
    it.client.send(Buffer.from('bytes'));
    it.client.send(42);
    it.client.send(new Uint8Array([104, 105]));
    it.client.send('', { binary: true });
    it.client.send(Buffer.from('as text'), { binary: false });
    it.client.ping('are you there');
    it.client.pong('alive');
    await once(it.client, 'pong');
    it.socket.send('goodbye');
    it.socket.close(4001, 'enough');
    await Promise.all([once(it.client, 'close'), once(it.socket, 'close')]);
    // `ws` repeats the reason in its answer.
    expect([
      ['close', 4001, ''],
      ['close', 4001, 'enough'],
    ]).toContainEqual(ofServer.pop());
    expect(ofServer).toEqual([
      ['message', 'héllo', false],
      ['message', 'bytes', true],
      ['message', '42', false],
      ['message', 'hi', true],
      ['message', '', true],
      ['message', 'as text', false],
      ['ping', 'are you there'],
      ['pong', 'alive'],
    ]);
    expect(ofClient).toEqual([
      ['pong', 'are you there'],
      ['message', 'goodbye', false],
      ['close', 4001, 'enough'],
    ]);
    expect([it.socket.readyState, it.client.readyState]).toEqual([3, 3]);
  });

  test.each([
    ['without a code', [], 1005],
    ['with one', [1001], 1001],
  ] as [string, [number?], number][])('a Close %s', async (___, args, code) => {
    const it = await pairOf(server, client);
    const closes = [once(it.client, 'close'), once(it.socket, 'close')];
    it.client.close(...args);
    expect(it.client.readyState).toBe(2);
    expect((await Promise.all(closes)).map(shown)).toEqual([
      [code, Buffer.alloc(0)],
      [code, Buffer.alloc(0)],
    ]);
  });

  test('terminate is a loss for both', async () => {
    const it = await pairOf(server, client);
    const logs = [record(it.client), record(it.socket)];
    const closes = [once(it.client, 'close'), once(it.socket, 'close')];
    it.socket.terminate();
    await Promise.all(closes);
    expect(logs).toEqual([[['close', 1006, '']], [['close', 1006, '']]]);
  });

  test('a message in parts', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    it.client.send('one ', { fin: false });
    it.client.send('two ', { fin: false });
    it.client.send('three', { fin: true });
    it.client.send('whole');
    while (log.length < 2) await once(it.socket, 'message');
    expect(log).toEqual([
      ['message', 'one two three', false],
      ['message', 'whole', false],
    ]);
  });

  test('a subprotocol: the first that is offered', async () => {
    const at = await serverOf(server);
    const socket = new client.WebSocket(urlOf(at), ['chat.v2', 'chat.v1']);
    const [[other]] = (await Promise.all([once(at, 'connection'), once(socket, 'open')])) as [[typeof socket], []];
    expect([socket.protocol, other.protocol]).toEqual(['chat.v2', 'chat.v2']);
  });

  test('permessage-deflate', async () => {
    const it = await pairOf(
      server,
      client,
      { perMessageDeflate: { threshold: 0 } },
      { perMessageDeflate: { threshold: 0 } },
    );
    expect([it.socket.extensions, it.client.extensions]).toEqual(['permessage-deflate', 'permessage-deflate']);
    const log = record(it.client);
    it.client.on('message', (data) => it.client.send(data, { binary: false }));
    it.socket.on('message', (data) => log.push(['echo', shown(data)]));
    it.socket.send('text '.repeat(1000));
    it.socket.send('text', { compress: false });
    while (log.length < 4) await once(it.socket, 'message');
    expect(log.map(([, data]) => String(data).length).sort()).toEqual([4, 4, 5000, 5000]);
  });

  test('callbacks are called once the messages are on their way', async () => {
    const it = await pairOf(server, client);
    const called: string[] = [];
    await new Promise<void>((resolve) => {
      it.client.send('a', () => called.push('a'));
      it.client.send('b', { compress: false }, () => called.push('b'));
      it.client.send(Buffer.alloc(1024), (error) => called.push(error ? 'failed' : 'c'));
      it.client.ping('p', undefined, () => called.push('p'));
      it.client.send('d', () => resolve());
      expect(called).toEqual([]);
    });
    expect(called.sort()).toEqual(['a', 'b', 'c', 'p']);
    it.client.terminate();
    const late = await new Promise((resolve) => it.client.send('late', resolve));
    expect(late).toBeInstanceOf(Error);
    expect(it.client.bufferedAmount).toBeGreaterThan(3);
  });

  test('what was sent before terminate in its callback arrives', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    const size = 3 * 1024 * 1024;
    it.client.send(Buffer.alloc(size), () => it.client.terminate());
    await once(it.socket, 'close');
    expect(log.map(([name, data]) => [name, String(data).length])).toEqual([
      ['message', size],
      ['close', 4],
    ]);
  });

  test('bytes may be used again once they are given', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    for (const size of [4, 2000, 70_000]) {
      const buffer = Buffer.alloc(size);
      for (const byte of [1, 2, 3]) it.client.send(buffer.fill(byte));
    }
    while (log.length < 9) await once(it.socket, 'message');
    expect(log.map(([, data]) => Buffer.from(String(data))[0])).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  test('what was sent before terminate is sent', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    it.client.send('farewell');
    it.client.terminate();
    expect(it.client.readyState).toBe(2);
    const late = await new Promise((resolve) => it.client.send('late', resolve));
    it.client.close(3000);
    await ended(it.socket);
    expect(String(late)).toContain('Error');
    expect(log).toEqual([
      ['message', 'farewell', false],
      ['close', 1006, ''],
    ]);
  });

  test('a Blob in order, and in parts', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    const called: string[] = [];
    it.client.send('before', () => called.push('before'));
    it.client.send(new Blob(['blob']), () => called.push('blob'));
    it.client.send('between', () => called.push('between'));
    it.client.send('one ', { fin: false }, () => called.push('one'));
    it.client.send(Buffer.from('two'), () => called.push('two'));
    await new Promise<void>((resolve) => it.client.send('last', () => resolve()));
    while (log.length < 5) await once(it.socket, 'message');
    expect(log.map(([, data]) => data)).toEqual(['before', 'blob', 'between', 'one two', 'last']);
    expect(called.sort()).toEqual(['before', 'between', 'blob', 'one', 'two']);
    expect(it.client.bufferedAmount).toBe(0);
  });

  test('callbacks of what is not sent any more are told so', async () => {
    const it = await pairOf(server, client, {}, { closeTimeout: 50 });
    it.socket.pause();
    const outcomes: boolean[] = [];
    const note = (error?: Error): number => outcomes.push(error === undefined);
    // More than any kernel takes for a peer that does not read.
    for (let count = 0; count < 16; count++) it.client.send(Buffer.alloc(4 * 1024 * 1024), note);
    await new Promise(setImmediate);
    it.client.terminate();
    await ended(it.client);
    while (outcomes.length < 16) await new Promise(setImmediate);
    expect(outcomes.at(-1)).toBe(false);
    it.socket.terminate();
  });

  test('pause and resume', async () => {
    const it = await pairOf(server, client);
    const log = record(it.socket);
    it.socket.pause();
    expect(it.socket.isPaused).toBe(true);
    await new Promise<void>((resolve) => it.client.send('waits', () => resolve()));
    await arrived(it.server);
    expect(log).toEqual([]);
    it.socket.resume();
    await once(it.socket, 'message');
    expect([log, it.socket.isPaused]).toEqual([[['message', 'waits', false]], false]);
  });
});
