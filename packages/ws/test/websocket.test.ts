import { once } from 'node:events';
import type { MessageEvent } from '@sokker/ws';
import { BOTH, closeAll, ended, pairOf, rawPeer, record, serverOf, urlOf, type Socket } from './implementations.js';

afterEach(closeAll);

describe.each(BOTH)('a WebSocket of %s', (_, it) => {
  test('has its states as constants', () => {
    const names = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'] as const;
    expect(names.map((name) => it.WebSocket[name])).toEqual([0, 1, 2, 3]);
    expect(names.map((name) => it.WebSocket.prototype[name])).toEqual([0, 1, 2, 3]);
  });

  test.each([
    ['no URL', 'nowhere'],
    ['another scheme', 'ftp://localhost'],
    ['a fragment', 'ws://localhost/#part'],
  ])('refuses an address that is %s', (__, address) => {
    expect(() => new it.WebSocket(address)).toThrow(SyntaxError);
  });

  test.each([[['twice', 'twice']], [['not a token']], [['']]])('refuses the subprotocols %j', (protocols) => {
    expect(() => new it.WebSocket('ws://localhost', protocols)).toThrow(SyntaxError);
  });

  test('is connecting at first, when nothing can be sent', async () => {
    const server = await serverOf(it);
    const socket = new it.WebSocket(urlOf(server, '/path?query'));
    expect([socket.readyState, socket.url, socket.protocol, socket.extensions]).toEqual([
      0,
      urlOf(server, '/path?query'),
      '',
      '',
    ]);
    expect([socket.bufferedAmount, socket.isPaused, socket.binaryType]).toEqual([0, false, 'nodebuffer']);
    expect(() => socket.send('too early')).toThrow('WebSocket is not open: readyState 0 (CONNECTING)');
    expect(() => socket.ping()).toThrow('WebSocket is not open: readyState 0 (CONNECTING)');
    await once(socket, 'open');
    expect(socket.readyState).toBe(1);
  });

  test.each(['close', 'terminate'] as const)('is given up by %s before it is open', async (name) => {
    const server = await serverOf(it);
    const socket = new it.WebSocket(urlOf(server));
    const log = record(socket);
    socket[name]();
    expect(socket.readyState).toBe(2);
    await ended(socket);
    expect(log).toEqual([
      ['error', 'WebSocket was closed before the connection was established'],
      ['close', 1006, ''],
    ]);
    expect(socket.readyState).toBe(3);
    socket[name]();
  });

  test('is not opened where nobody listens', async () => {
    const server = await serverOf(it);
    const url = urlOf(server);
    await closeAll();
    const socket = new it.WebSocket(url);
    const log = record(socket);
    await ended(socket);
    expect(log).toEqual([
      ['error', 'ECONNREFUSED'],
      ['close', 1006, ''],
    ]);
  });

  test.each(['nodebuffer', 'arraybuffer', 'fragments'] as const)('has bytes as %s', async (type) => {
    const { socket, client } = await pairOf(it);
    client.binaryType = type;
    (client as { binaryType: string }).binaryType = 'unknown';
    expect(client.binaryType).toBe(type);
    socket.send(Buffer.from('bytes'));
    const [data, isBinary] = (await once(client, 'message')) as [unknown, boolean];
    expect(isBinary).toBe(true);
    const { Buffer: one, ArrayBuffer: two } = globalThis;
    const isRight = {
      nodebuffer: one.isBuffer(data),
      arraybuffer: data instanceof two,
      fragments: Array.isArray(data),
    };
    expect([type, isRight[type]]).toEqual([type, true]);
    expect(Buffer.concat([Buffer.from([data].flat()[0] as Buffer)]).toString()).toBe('bytes');
    socket.send('text');
    const [text, isText] = (await once(client, 'message')) as [unknown, boolean];
    expect([Buffer.isBuffer(text), String(text), isText]).toEqual([true, 'text', false]);
  });

  test('has Blobs, and sends them', async () => {
    const { socket, client } = await pairOf(it);
    client.binaryType = 'blob';
    socket.send(new Blob(['blo', 'b']));
    socket.send('behind');
    const [data] = (await once(client, 'message')) as [Blob];
    expect(await data.text()).toBe('blob');
  });

  test.each([
    ['a DataView', new DataView(new ArrayBuffer(3), 1, 1), [0]],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, [1, 2]],
    ['a view of two bytes each', new Uint16Array([258]), [2, 1]],
    ['an array', [1, 2, 3], [1, 2, 3]],
    ['nothing', undefined, []],
    ['null', null, []],
  ])('sends %s', async (__, data, bytes) => {
    const { socket, client } = await pairOf(it);
    client.send(data);
    const [got] = (await once(socket, 'message')) as [Buffer];
    expect([...got]).toEqual(bytes);
  });

  test('sends no object', async () => {
    const { client } = await pairOf(it);
    expect(() => client.send({ not: 'data' })).toThrow();
    expect(() => client.close(1005)).toThrow();
    expect(() => client.ping('x'.repeat(126))).toThrow();
  });

  describe('to the listeners of a page', () => {
    test('gives events', async () => {
      const { server, socket, client } = await pairOf(it);
      const events: unknown[] = [];
      const noteData = ({ type, data }: MessageEvent): number => events.push([type, data]);
      client.addEventListener('message', noteData);
      client.addEventListener('message', noteData);
      client.addEventListener('close', {
        handleEvent: ({ type, code, reason, wasClean }) => events.push([type, code, reason, wasClean]),
      });
      client.onmessage = ({ target }) => events.push(target === client);
      socket.send('text');
      await once(client, 'message');
      client.removeEventListener('message', noteData);
      client.onmessage = null;
      socket.send(Buffer.from('unheard'));
      await once(client, 'message');
      const ends = [ended(client), ended(socket)];
      socket.close(4000, 'why');
      await Promise.all(ends);
      expect(server.clients.size).toBe(0);
      expect(events).toEqual([['message', 'text'], true, ['close', 4000, 'why', true]]);
    });

    test('calls one that is added once no more than once, and an attribute in place of the one before', async () => {
      const { socket, client } = await pairOf(it);
      const called: string[] = [];
      client.addEventListener('message', ({ data }) => called.push(`once ${data as string}`), { once: true });
      client.onmessage = () => called.push('never');
      const last = ({ data }: { data: unknown }): number => called.push(`attribute ${data as string}`);
      client.onmessage = last;
      expect(client.onmessage).toBe(last);
      socket.send('1');
      socket.send('2');
      await once(client, 'message');
      if (called.length < 3) await once(client, 'message');
      expect(called).toEqual(['once 1', 'attribute 1', 'attribute 2']);
    });

    test('tells that it opened, and what went wrong', async () => {
      const server = await serverOf(it);
      const types: string[] = [];
      const socket = new it.WebSocket(urlOf(server));
      socket.onopen = (event) => types.push(event.type, String(event.target === socket));
      await once(socket, 'open');
      const url = urlOf(server);
      await closeAll();
      const other = new it.WebSocket(url);
      other.onerror = ({ type, message, error }) => types.push(type, String(message === error.message));
      other.onclose = ({ type, code, wasClean }) => types.push(type, String(code), String(wasClean));
      await ended(other);
      expect(types).toEqual(['open', 'true', 'error', 'true', 'close', '1006', 'false']);
    });
  });

  describe.each<[string, string, string, number]>([
    ['reserved bits', 'c180000000006869', 'WS_ERR_UNEXPECTED_RSV_1', 1002],
    ['a reserved opcode', '838000000000', 'WS_ERR_INVALID_OPCODE', 1002],
    ['a continuation of nothing', '808000000000', 'WS_ERR_INVALID_OPCODE', 1002],
    ['a Ping in parts', '098000000000', 'WS_ERR_EXPECTED_FIN', 1002],
    ['a frame without a mask', '8100', 'WS_ERR_EXPECTED_MASK', 1002],
    ['a Close of one byte', '88810000000000', 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH', 1002],
    ['a Close with 1005', '88820000000003ed', 'WS_ERR_INVALID_CLOSE_CODE', 1002],
    ['text that is no UTF-8', '818100000000ff', 'WS_ERR_INVALID_UTF8', 1007],
    ['a message of more than maxPayload', '81fe07d000000000', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
  ])('%s', (__, hex, code, closeCode) => {
    test(`is ${code}`, async () => {
      const server = await serverOf(it, { maxPayload: 1000 });
      const connection = once(server, 'connection') as Promise<[Socket]>;
      const peer = await rawPeer(server);
      const [socket] = await connection;
      const log = record(socket);
      peer.write(Buffer.from(hex, 'hex'));
      const [answer] = (await once(peer, 'data')) as [Buffer];
      expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, closeCode]);
      peer.destroy();
      await ended(socket);
      expect(log).toEqual([
        ['error', code],
        ['close', 1006, ''],
      ]);
    });
  });
});
