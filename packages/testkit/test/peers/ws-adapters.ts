/** `ws` as an implementation of the fixtures: the example of an adapter for somebody else's code. */
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import {
  pair,
  type ClientImplementation,
  type FrameImplementation,
  type HandshakeImplementation,
  type NegotiationImplementation,
} from '../../src/index.js';
import { readHead, statusOf } from '../../src/answer.js';
import { readSentFrames } from '../../src/sent-frames.js';
import { acceptOf, requestHead, responseHead } from '../../generate/request.js';
import { gather, httpServer, openWs, turns, type WsEndpoint } from './ws-endpoint.js';

/** Inflating takes `ws` a trip to the thread pool. */
const INFLATE_MS = 12;
const DEFAULT_PAYLOAD = 100 * 1024 * 1024;

export const wsFrames: FrameImplementation = {
  pending: ({ limits }) => (limits.maxFramePayloadBytes === undefined ? undefined : 'ws has no limit for frames'),
  create({ role, limits, extensions, emit }) {
    const { maxMessageBytes: maxPayload = DEFAULT_PAYLOAD, maxFragments } = limits;
    const opening = openWs(role, { maxPayload, ...(maxFragments && { maxFragments }) }, extensions[0]);
    let failed = false;
    let isOver = false;
    const tell: typeof emit = (event) => {
      if (!isOver) emit(event);
    };
    const ready = opening.then(({ webSocket, far }) => {
      webSocket.on('message', (data: Buffer, isBinary) => tell({ type: isBinary ? 'binary' : 'text', data }));
      webSocket.on('ping', (data) => tell({ type: 'ping', data }));
      webSocket.on('pong', (data) => tell({ type: 'pong', data }));
      webSocket.on('error', () => (failed = true));
      webSocket.on('close', (code, reason) => {
        if (!failed) tell({ type: 'close', code, reason: reason.toString() });
      });
      far.on('end', () => far.end());
    });
    return {
      async push(bytes) {
        await ready;
        const endpoint = await opening;
        if (endpoint.far.writable) endpoint.far.write(bytes);
        await turns(4);
        if (extensions.length > 0) await new Promise((resolve) => setTimeout(resolve, INFLATE_MS));
        await answerClose(endpoint);
        if (failed) throw Object.assign(new Error('failed'), { closeCode: sentCloseCode(endpoint) });
      },
      dispose() {
        isOver = true; // what is still on its way, and its end, are no events of the fixture
        void opening.then(({ webSocket }) => webSocket.terminate());
      },
    };
  },
};

/** A peer that has its Close answered ends TCP, so that `ws` reports the end. */
async function answerClose({ webSocket, far, written }: WsEndpoint): Promise<void> {
  if (webSocket.readyState !== WebSocket.CLOSING || far.writableEnded || written().length === 0) return;
  await turns(2);
  far.end();
  await turns(4);
}

function sentCloseCode({ written }: WsEndpoint): number {
  const close = readSentFrames(written()).frames.find(({ frame }) => frame.type === 'close');
  return close?.frame.type === 'close' ? (close.frame.code ?? 1005) : 1006;
}

export const wsServer: HandshakeImplementation = {
  pending({ id, frames }) {
    if (id.startsWith('handshake/origin/')) return 'ws leaves origins to the application';
    return frames === '' ? undefined : 'ws shows messages, not the bytes behind the request';
  },
  create({ subprotocols }) {
    const handleProtocols = (offered: Set<string>): string | false => {
      return [...offered].find((name) => subprotocols.includes(name)) ?? false;
    };
    const server = httpServer({ handleProtocols });
    const [near, far] = pair();
    const output = gather(far);
    server.emit('connection', near);
    return {
      async push(bytes) {
        if (far.writable) far.write(bytes);
        await turns(8);
      },
      written: () => Buffer.concat(output.chunks),
      frames: () => Buffer.alloc(0),
      dispose: () => void near.destroy(),
    };
  },
};

export const wsNegotiation: NegotiationImplementation = {
  async answer(offer) {
    const server = httpServer({ perMessageDeflate: true });
    const [near, far] = pair();
    const output = gather(far);
    server.emit('connection', near);
    far.write(Buffer.from(requestHead({ changes: { 'Sec-WebSocket-Extensions': offer } }), 'latin1'));
    await turns(12);
    const head = readHead(Buffer.concat(output.chunks));
    near.destroy();
    const extensions = head?.fields.find(([name]) => name === 'sec-websocket-extensions')?.[1];
    return { status: head === undefined ? 0 : statusOf(head), extensions };
  },
  async confirm(offer, answer) {
    const bits = /server_max_window_bits=(\d+)/.exec(offer)?.[1];
    const perMessageDeflate = {
      serverNoContextTakeover: offer.includes('server_no_context_takeover'),
      ...(bits === undefined ? {} : { serverMaxWindowBits: Number(bits) }),
      ...(offer.includes('client_max_window_bits') ? {} : { clientMaxWindowBits: false as unknown as number }),
    };
    await dial({ perMessageDeflate }, [], (accept) =>
      responseHead({ changes: { 'Sec-WebSocket-Extensions': answer, 'Sec-WebSocket-Accept': accept } }),
    );
  },
};

/** Opens a client of `ws`, gives it a response, and rejects as it fails. */
async function dial(
  options: WebSocket.ClientOptions,
  subprotocols: readonly string[],
  respond: (accept: string) => string,
  ends = false,
): Promise<WebSocket> {
  const [near, far] = pair();
  const output = gather(far);
  const webSocket = new WebSocket('ws://example.com/chat', [...subprotocols], {
    ...options,
    createConnection: () => near as unknown as Socket,
  });
  let failure: Error | undefined;
  webSocket.on('error', (error) => (failure ??= error));
  webSocket.on('unexpected-response', (_request, response) => {
    failure ??= Object.assign(new Error('unexpected response'), { httpStatus: response.statusCode });
    near.destroy();
  });
  while (!Buffer.concat(output.chunks).includes('\r\n\r\n') && failure === undefined) await turns(1);
  const key = /sec-websocket-key: (.*)\r\n/i.exec(Buffer.concat(output.chunks).toString('latin1'))?.[1] ?? '';
  far.write(Buffer.from(respond(acceptOf(key)), 'latin1'));
  if (ends) far.end();
  await turns(20);
  const opened = webSocket.readyState === WebSocket.OPEN && failure === undefined;
  near.destroy();
  if (failure !== undefined) throw failure;
  if (!opened) throw Object.assign(new Error('neither opened nor failed'), { silent: true });
  return webSocket;
}

/** Responses are judged for the key of the fixture; `ws` makes its own, so the accept value is replaced where it is right. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

export const wsClient: ClientImplementation = {
  pending: (fixture) => {
    const frames = fixture.act === 'response' ? fixture.expect.frames : '';
    return frames === '' ? undefined : 'ws shows messages, not the bytes behind the response';
  },
  async request(url, subprotocols, headers) {
    const [near, far] = pair();
    const output = gather(far);
    const webSocket = new WebSocket(url, [...subprotocols], {
      perMessageDeflate: false,
      headers: Object.fromEntries(headers),
      createConnection: () => near as unknown as Socket,
    });
    let failure: Error | undefined;
    webSocket.on('error', (error) => (failure ??= error));
    await turns(8);
    near.destroy();
    if (failure !== undefined && output.chunks.length === 0) throw failure;
    return Buffer.concat(output.chunks);
  },
  create(_key, subprotocols) {
    const received: Buffer[] = [];
    let ends = false;
    const finish = async (): Promise<{ subprotocol: string | null; frames: Buffer }> => {
      const text = Buffer.concat(received).toString('latin1');
      const webSocket = await dial({ perMessageDeflate: false }, subprotocols, (a) => text.replaceAll(ACCEPT, a), ends);
      return { subprotocol: webSocket.protocol === '' ? null : webSocket.protocol, frames: Buffer.alloc(0) };
    };
    return {
      async push(bytes) {
        received.push(bytes);
        return finish().catch((error: unknown) => {
          if (error instanceof Error && 'silent' in error) return undefined;
          throw error;
        });
      },
      async end() {
        ends = true;
        await finish();
      },
    };
  },
};
