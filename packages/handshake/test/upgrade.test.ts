import { getEventListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import { duplexPair } from './duplex-pair.js';
import {
  createRequest,
  encodeRequest,
  isEncrypted,
  readResponseHead,
  upgrade,
  UpgradePolicy,
  verifyResponse,
} from '../src/index.js';
import { toy } from './extensions.js';

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += (chunk as Buffer).toString('latin1');
  return text;
}

describe('upgrade', () => {
  test('opens a WebSocket over any Duplex; frames sent with the request are kept', async () => {
    const [client, server] = duplexPair();
    const request = createRequest('ws://h/', { subprotocols: ['chat'], extensions: [toy()] });
    client.write(Buffer.concat([encodeRequest(request), Buffer.from('frames')]));
    const acceptance = await upgrade(server, { subprotocols: ['chat'], extensions: [toy()] });
    expect(acceptance).toMatchObject({ subprotocol: 'chat', extensions: [{ session: '1' }] });
    expect(verifyResponse(request, await readResponseHead(client))).toMatchObject({ subprotocol: 'chat' });
    expect(server.read()).toEqual(Buffer.from('frames'));
    server.end('back');
    expect(await textOf(client)).toBe('back');
  });

  test.each([
    [true, true],
    [false, false],
    [undefined, false],
    ['yes', false],
  ])('a socket, or the session of a stream, whose `encrypted` is %p: %p', (encrypted, expected) => {
    expect(isEncrypted(Object.assign(duplexPair()[1], { encrypted }))).toBe(expected);
    expect(isEncrypted(Object.assign(duplexPair()[1], { session: { encrypted } }))).toBe(expected);
  });

  test('knows TLS by its socket', async () => {
    const [client, server] = duplexPair();
    client.write(encodeRequest(createRequest('wss://h/', { headers: { Origin: 'http://h' } })));
    await expect(upgrade(Object.assign(server, { encrypted: true }))).rejects.toMatchObject({
      code: 'ERR_SOKKER_ORIGIN',
    });
  });

  test.each([
    ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'ERR_SOKKER_UPGRADE', 426],
    ['GET / HTTP/1.0\r\n\r\n', 'ERR_SOKKER_HTTP_VERSION', 505],
    ['\x16\x03\x01', 'ERR_SOKKER_START_LINE', 400],
    [`GET /${'a'.repeat(99)}`, 'ERR_SOKKER_TARGET_TOO_LONG', 414],
  ])('refuses %j, says so and ends', async (bytes, code, status) => {
    const [client, server] = duplexPair();
    client.write(bytes);
    await expect(upgrade(server, { maxHeadBytes: 64 })).rejects.toMatchObject({ code, status });
    const answer = await textOf(client);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\\r\\n`));
    expect(answer).toContain('\r\nConnection: close');
  });

  describe('a peer that was refused', () => {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    async function refused(signal?: AbortSignal, ownTimer = {}): Promise<[Duplex, Duplex]> {
      const [client, server] = duplexPair();
      client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      await expect(upgrade(Object.assign(server, ownTimer), {}, signal)).rejects.toMatchObject({ status: 426 });
      expect(await textOf(client)).toContain('426');
      return [client, server];
    }

    test('is not waited for without a signal', async () => {
      const setTimeout = jest.fn();
      const [, server] = await refused(undefined, { setTimeout });
      await turn();
      expect(server.destroyed).toBe(true);
      expect(setTimeout).not.toHaveBeenCalled();
    });

    describe('has its answer and is heard while it goes on sending', () => {
      test('until it ends', async () => {
        const { signal } = new AbortController();
        const [client, server] = await refused(signal);
        server.push('more');
        await turn();
        expect([server.destroyed, server.readableLength]).toEqual([false, 0]);
        server.push(null);
        await turn();
        expect([server.destroyed, client.readableEnded]).toEqual([true, true]);
        // A signal may live as long as its server.
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      });

      test('until the signal aborts', async () => {
        const controller = new AbortController();
        const [, server] = await refused(controller.signal);
        await turn();
        expect(server.destroyed).toBe(false);
        controller.abort();
        expect(server.destroyed).toBe(true);
      });

      test.each([
        ['1 MiB', 256 * 1024, 4],
        ['64 chunks', 1, 64],
      ])('until it sent more than %s', async (_bound, chunkBytes, count) => {
        const [, server] = await refused(new AbortController().signal);
        for (let sent = 0; sent < count; sent++) {
          server.push(Buffer.alloc(chunkBytes));
          await turn();
        }
        expect(server.destroyed).toBe(false);
        server.push('x');
        await turn();
        expect(server.destroyed).toBe(true);
      });

      test('until it was silent for a second, where the stream can tell', async () => {
        const setTimeout = jest.fn();
        const [, server] = await refused(new AbortController().signal, { setTimeout });
        expect(setTimeout.mock.calls).toEqual([[1000, expect.any(Function)]]);
        await turn();
        expect(server.destroyed).toBe(false);
        const [[, onTimeout]] = setTimeout.mock.calls as [[number, () => void]];
        onTimeout();
        expect(server.destroyed).toBe(true);
      });
    });
  });

  test('a deadline answers 408', async () => {
    const [client, server] = duplexPair();
    const controller = new AbortController();
    const upgrading = upgrade(server, new UpgradePolicy(), controller.signal);
    client.write('GET');
    controller.abort();
    await expect(upgrading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TIMEOUT' });
    expect(await textOf(client)).toMatch(/^HTTP\/1\.1 408 /);
    expect(server.destroyed).toBe(true);
  });

  test('a peer that is gone gets no answer and ends nothing', async () => {
    const [, server] = duplexPair();
    const upgrading = upgrade(server);
    server.destroy(new Error('ECONNRESET'));
    await expect(upgrading).rejects.toMatchObject({ code: 'ERR_SOKKER_HEAD_TRUNCATED' });
    expect(server.emit('error', new Error('EPIPE'))).toBe(true);
  });

  test('what the policy’s own function throws comes through; the peer gets a 500', async () => {
    const [client, server] = duplexPair();
    client.write(encodeRequest(createRequest('ws://h/')));
    const boom = new Error('boom');
    const origin = (): never => {
      throw boom;
    };
    await expect(upgrade(server, { origin })).rejects.toBe(boom);
    expect(await textOf(client)).toMatch(/^HTTP\/1\.1 500 /);
  });

  test('a wrong policy rejects before anything is read', async () => {
    const [, server] = duplexPair();
    await expect(upgrade(server, { origin: 'me' as 'any' })).rejects.toMatchObject({ code: 'ERR_SOKKER_OPTION' });
    expect(server.listenerCount('readable')).toBe(0);
  });
});
