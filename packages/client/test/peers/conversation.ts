/* One conversation, held with every peer. The peers echo all messages but these: "close yourself", upon which they close
 * with 4002 "as asked"; "ping me", upon which a Ping comes; "send fragments", upon which "fragments ü" comes in three. */
import { connect, WebSocket, WebSocketStream } from '@sokker/client';
import type { Connection } from '@sokker/connection';
import { permessageDeflate } from '@sokker/deflate';
import type { Message } from '@sokker/frame';
import { once } from 'node:events';

export interface PeerTraits {
  readonly url: () => string;
  readonly deflate: boolean;
  /** Whether its messages can be made to come in fragments. */
  readonly sendsFragments: boolean;
}

const SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000];

async function echoOf(connection: Connection, data: string | Buffer): Promise<Message> {
  const answer = once(connection, 'message') as Promise<[Message]>;
  connection.send(data);
  return (await answer)[0];
}

/** Bytes that deflate neither ignores nor flattens. */
function bytesOf(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * index) % 251));
}

export function converse({ url, deflate, sendsFragments }: PeerTraits): void {
  describe.each([
    ['uncompressed', []],
    ['with permessage-deflate offered', [permessageDeflate({ thresholdBytes: 1 })]],
    ['with context takeover offered', [permessageDeflate({ thresholdBytes: 1, preset: '336KiB' })]],
  ])('%s', (_name, extensions) => {
    const opened = (): Promise<Connection> =>
      connect(url(), { extensions, subprotocols: ['chat'], maxMessageBytes: 2 ** 24 });
    const isCoded = deflate && extensions.length > 0;

    test('what was negotiated', async () => {
      const connection = await opened();
      expect(connection.extensions).toEqual(isCoded ? ['permessage-deflate'] : []);
      expect(connection.protocol).toBe('chat');
      await connection.close();
    });

    test('messages of all lengths, text and binary', async () => {
      const connection = await opened();
      for (const size of SIZES) {
        const bytes = bytesOf(size);
        expect((await echoOf(connection, bytes)).data.equals(bytes)).toBe(true);
        const text = 'aé€😀'.repeat(Math.ceil(size / 10)).slice(0, size);
        expect((await echoOf(connection, text)).text()).toBe(text);
      }
      expect(await connection.close()).toMatchObject({ clean: true });
    });

    test('many messages in one write, in order', async () => {
      const connection = await opened();
      const got: string[] = [];
      connection.on('message', (message) => {
        got.push(message.text());
        if (got.length === 1000) void connection.close();
      });
      for (let index = 0; index < 1000; index++) connection.send(`message ${index}`);
      await connection.closed;
      expect(got).toEqual(Array.from({ length: 1000 }, (_, index) => `message ${index}`));
    });

    test('fragments to the peer, with a Ping between them', async () => {
      const connection = await opened();
      const answer = once(connection, 'message') as Promise<[Message]>;
      async function* pieces(): AsyncGenerator<string> {
        yield 'a'.repeat(100_000);
        await connection.ping();
        yield 'ü'.repeat(100_000);
      }
      await connection.sendStream(pieces(), { type: 'text' });
      expect((await answer)[0].text()).toBe('a'.repeat(100_000) + 'ü'.repeat(100_000));
      await connection.close();
    });

    if (sendsFragments) {
      test('fragments from the peer', async () => {
        const connection = await opened();
        expect((await echoOf(connection, 'send fragments')).text()).toBe('fragments ü');
        await connection.close();
      });
    }

    test('Pings both ways', async () => {
      const connection = await opened();
      expect(await connection.ping('payload')).toBeGreaterThan(0);
      const pinged = once(connection, 'ping');
      connection.send('ping me');
      await pinged;
      expect((await echoOf(connection, 'still here')).text()).toBe('still here');
      await connection.close();
    });

    test('closes, ours and theirs', async () => {
      expect(await (await opened()).close(4001, 'done')).toMatchObject({ code: 4001, clean: true, by: 'us' });
      const connection = await opened();
      connection.send('close yourself');
      expect(await connection.closed).toMatchObject({ code: 4002, reason: 'as asked', clean: true, by: 'peer' });
    });
  });

  test('the WebSocket of a browser', async () => {
    const socket = new WebSocket(url(), 'chat');
    socket.binaryType = 'arraybuffer';
    const got: unknown[] = [];
    const closed = new Promise((resolve) => (socket.onclose = resolve));
    socket.onmessage = ({ data }) => {
      if (got.push(data) === 2) socket.close(1000, 'enough');
    };
    socket.onopen = () => {
      socket.send('text');
      socket.send(new Blob([new Uint8Array([1, 2])]));
    };
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
    expect(got).toEqual(['text', new Uint8Array([1, 2]).buffer]);
  });

  test('WebSocketStream', async () => {
    const stream = new WebSocketStream(url(), { protocols: 'chat' });
    const { readable, writable } = await stream.opened;
    const writer = writable.getWriter();
    await writer.write('through');
    expect((await readable.getReader().read()).value).toBe('through');
    await writer.close();
    await stream.closed;
  });
}
