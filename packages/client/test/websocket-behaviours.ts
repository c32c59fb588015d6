/* What the web-platform tests for WebSocket (web-platform-tests, websockets/) check that makes sense outside a page, in
 * our own words: each entry is a test. `area` is the folder or the family of files there. `LEFT_OUT` says what is not
 * here, and why. The list knows nothing of Sokker: it is handed a constructor and the URL of a server. */
import type { WebSocket as OurWebSocket } from '@sokker/client';

export interface Context {
  readonly WebSocket: typeof OurWebSocket;
  /**
   * Of a server that echoes and speaks the first subprotocol it is offered; by path: /close?code&reason closes at once,
   * /empty-close without a code, /abrupt destroys the socket after a Ping, /hello says "hello" and then a byte 1,
   * /refuse answers 404, /silent never answers, /broken sends a frame that breaks the rules. "Goodbye" makes it close.
   */
  readonly url: string;
}

export interface Behaviour {
  readonly area: string;
  readonly name: string;
  readonly check: (context: Context) => void | Promise<void>;
}

type Socket = OurWebSocket;
interface Closed extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

const heard = <Type extends string>(socket: Socket, type: Type): Promise<Event> =>
  new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
const closed = (socket: Socket): Promise<Closed> => heard(socket, 'close') as Promise<Closed>;
const message = async (socket: Socket): Promise<MessageEvent> => (await heard(socket, 'message')) as MessageEvent;
/** The data of the next so many messages; they may come in one turn. */
const several = (socket: Socket, count: number): Promise<unknown[]> =>
  new Promise((resolve) => {
    const got: unknown[] = [];
    const onMessage = ({ data }: MessageEvent): void => {
      if (got.push(data) < count) return;
      socket.removeEventListener('message', onMessage);
      resolve(got);
    };
    socket.addEventListener('message', onMessage);
  });
const opened = async ({ WebSocket, url }: Context, path = '/', protocols: string | string[] = []): Promise<Socket> => {
  const socket = new WebSocket(url + path, protocols);
  await heard(socket, 'open');
  return socket;
};
const exceptionOf = (act: () => unknown): { name: string } => {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  return { name: 'none' };
};
const throws = (act: () => unknown, name: string): void => {
  expect(exceptionOf(act).name).toBe(name);
};
const domThrows = (act: () => unknown, name: string): void => {
  expect(exceptionOf(act)).toBeInstanceOf(DOMException);
  throws(act, name);
};

const construction: readonly Behaviour[] = [
  ...[
    'ws://foo bar.com/',
    'ftp://localhost/',
    'mailto:a@b.org',
    'about:blank',
    '/relative',
    '#test',
    '',
    'ws://x/#',
    'ws://x/#a',
  ].map((given): Behaviour => ({
    area: 'Create-invalid-urls, Create-wrong-scheme, Create-non-absolute-url',
    name: `new WebSocket('${given}') throws SyntaxError`,
    check: ({ WebSocket }) => domThrows(() => new WebSocket(given), 'SyntaxError'),
  })),
  ...['a b', 'a,b', '', 'a/b', 'ä', '\u0080chat', 'a\x01', 'a:b', '{a}', '"a"'].map((given): Behaviour => ({
    area: 'Create-protocol-with-space, Create-nonAscii-protocol-string, Create-asciiSep-protocol-string',
    name: `subprotocol ${JSON.stringify(given)} throws SyntaxError`,
    check: ({ WebSocket, url }) => domThrows(() => new WebSocket(url, given), 'SyntaxError'),
  })),
  {
    area: 'Create-protocols-repeated, Create-protocols-repeated-case-insensitive',
    name: 'a subprotocol named twice throws SyntaxError, in another case too',
    check: ({ WebSocket, url }) => {
      domThrows(() => new WebSocket(url, ['echo', 'echo']), 'SyntaxError');
      domThrows(() => new WebSocket(url, ['echo', 'eCho']), 'SyntaxError');
    },
  },
  {
    area: 'constructor',
    name: 'takes a URL at least, and only as a constructor',
    check: ({ WebSocket, url }) => {
      throws(() => new (WebSocket as unknown as new () => unknown)(), 'SyntaxError');
      throws(() => (WebSocket as unknown as (url: string) => unknown)(url), 'TypeError');
    },
  },
  {
    area: 'Create-http-urls',
    name: 'http: and https: mean ws: and wss:',
    check: ({ WebSocket, url }) => {
      const socket = new WebSocket(url.replace('ws:', 'http:'));
      expect(socket.url).toBe(`${url}/`);
      socket.close();
      const secure = new WebSocket('https://127.0.0.1:1/x');
      expect(secure.url).toBe('wss://127.0.0.1:1/x');
      secure.close();
    },
  },
  {
    area: 'interfaces/WebSocket/url, Create-verify-url-set-default-port',
    name: 'url is the URL as it was resolved, without the default port, and cannot be set',
    check: ({ WebSocket }) => {
      const socket = new WebSocket('WS://LocalHost:80/a/../b c?d');
      expect(socket.url).toBe('ws://localhost/b%20c?d');
      expect(Reflect.set(socket, 'url', 'x')).toBe(false);
      socket.close();
    },
  },
  {
    area: 'Create-valid-url-array-protocols, interfaces/WebSocket/protocol',
    name: 'protocol is empty before, and what the server chose after opening',
    check: async (context) => {
      const { WebSocket, url } = context;
      const socket = new WebSocket(url, ['echo', 'chat']);
      expect(socket.protocol).toBe('');
      await heard(socket, 'open');
      expect(socket.protocol).toBe('echo');
      socket.close();
      expect((await opened(context, '/', 'chat')).protocol).toBe('chat');
    },
  },
  {
    area: 'Create-extensions-empty, interfaces/WebSocket/extensions',
    name: 'extensions is a string, empty where none was negotiated',
    check: async (context) => {
      const socket = await opened(context);
      expect(socket.extensions).toBe('');
      socket.close();
    },
  },
  {
    area: 'interfaces/WebSocket/constants',
    name: 'the four states are constants of the interface and of its instances',
    check: ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
      for (const [name, value] of Object.entries(states)) {
        for (const owner of [WebSocket, WebSocket.prototype]) {
          expect(Object.getOwnPropertyDescriptor(owner, name)).toEqual({
            value,
            writable: false,
            enumerable: true,
            configurable: false,
          });
        }
        expect(socket[name as 'OPEN']).toBe(value);
      }
      socket.close();
    },
  },
  {
    area: 'idlharness',
    name: 'attributes and operations are enumerable members of the prototype; it is an EventTarget by name WebSocket',
    check: ({ WebSocket }) => {
      const names = Object.keys(WebSocket.prototype);
      const attributes = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol', 'binaryType'];
      for (const name of [...attributes, 'onopen', 'onmessage', 'onerror', 'onclose', 'send', 'close']) {
        expect(names).toContain(name);
      }
      expect(WebSocket.prototype).toBeInstanceOf(EventTarget);
      expect(Object.prototype.toString.call(WebSocket.prototype)).toBe('[object WebSocket]');
    },
  },
];

const states: readonly Behaviour[] = [
  {
    area: 'interfaces/WebSocket/readyState',
    name: 'goes from CONNECTING over OPEN and CLOSING to CLOSED, and cannot be set',
    check: async ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      expect(socket.readyState).toBe(0);
      expect(Reflect.set(socket, 'readyState', 3)).toBe(false);
      await heard(socket, 'open');
      expect(socket.readyState).toBe(1);
      socket.close();
      expect(socket.readyState).toBe(2);
      await closed(socket);
      expect(socket.readyState).toBe(3);
    },
  },
  {
    area: 'interfaces/WebSocket/readyState',
    name: 'is OPEN within open and CLOSED within close',
    check: async ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      const seen: number[] = [];
      socket.onopen = () => {
        seen.push(socket.readyState);
        socket.close();
      };
      socket.onclose = () => seen.push(socket.readyState);
      await closed(socket);
      expect(seen).toEqual([1, 3]);
    },
  },
];

const sending: readonly Behaviour[] = [
  {
    area: 'Send-before-open, interfaces/WebSocket/send',
    name: 'send while CONNECTING throws InvalidStateError; without an argument TypeError',
    check: ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      domThrows(() => socket.send('early'), 'InvalidStateError');
      throws(() => (socket.send as () => void)(), 'TypeError');
      socket.close();
    },
  },
  ...(
    [
      ['text', 'text'],
      ['', ''],
      ['ロボット\u0000', 'ロボット\u0000'],
      ['x'.repeat(65_000), 'x'.repeat(65_000)],
      ['a\ud800b', 'a\ufffdb'],
      [null, 'null'],
      [undefined, 'undefined'],
      [1.5, '1.5'],
      [['a', 'b'], 'a,b'],
    ] as const
  ).map(([given, expected]): Behaviour => ({
    area: 'Send-null, Send-unicode-data, Send-unpaired-surrogates, Send-65K-data, Send-0byte-data',
    name: `send(${JSON.stringify(given)?.slice(0, 20)}) leaves as text`,
    check: async (context) => {
      const socket = await opened(context);
      socket.send(given as string);
      expect((await message(socket)).data).toBe(expected);
      socket.close();
    },
  })),
  ...(
    [
      ['an ArrayBuffer', (bytes: Uint8Array) => bytes.buffer as ArrayBuffer],
      ['a Uint8Array with offset', (bytes: Uint8Array) => new Uint8Array([9, ...bytes, 9]).subarray(1, 5)],
      ['a Float32Array', (bytes: Uint8Array) => new Float32Array(bytes.buffer as ArrayBuffer)],
      ['a DataView', (bytes: Uint8Array) => new DataView(bytes.buffer as ArrayBuffer)],
      ['a Blob', (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>])],
    ] as const
  ).map(([kind, make]): Behaviour => ({
    area: 'Send-binary-arraybuffer, Send-binary-arraybufferview-*, Send-binary-blob',
    name: `${kind} leaves as its bytes`,
    check: async (context) => {
      const socket = await opened(context);
      socket.binaryType = 'arraybuffer';
      socket.send(make(new Uint8Array([1, 2, 3, 255])));
      expect([...new Uint8Array((await message(socket)).data as ArrayBuffer)]).toEqual([1, 2, 3, 255]);
      socket.close();
    },
  })),
  {
    area: 'interfaces/WebSocket/send',
    name: 'messages keep their order, Blobs among them, and the Close comes behind them',
    check: async (context) => {
      const socket = await opened(context);
      const got: string[] = [];
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }) =>
        got.push(typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString());
      socket.send('1');
      socket.send(new Blob(['2']));
      socket.send('3');
      socket.send(new Blob([]));
      socket.send('Goodbye');
      expect((await closed(socket)).wasClean).toBe(true);
      expect(got).toEqual(['1', '2', '3', '']);
    },
  },
  {
    area: 'interfaces/WebSocket/send',
    name: 'bytes are taken as they are at the call, whatever becomes of the buffer',
    check: async (context) => {
      const socket = await opened(context);
      socket.binaryType = 'arraybuffer';
      const bytes = new Uint8Array(100_000).fill(1);
      socket.send(bytes);
      bytes.fill(2);
      expect(Buffer.from((await message(socket)).data as ArrayBuffer).equals(Buffer.alloc(100_000, 1))).toBe(true);
      socket.close();
    },
  },
  {
    area: 'interfaces/WebSocket/bufferedAmount',
    name: 'counts the bytes of the application, and comes back to 0',
    check: async (context) => {
      const socket = await opened(context);
      expect(socket.bufferedAmount).toBe(0);
      socket.send('ロ');
      expect(socket.bufferedAmount).toBe(3);
      socket.send(new Uint8Array(5000));
      socket.send(new Blob(['1234']));
      expect(socket.bufferedAmount).toBe(5007);
      await several(socket, 3);
      expect(socket.bufferedAmount).toBe(0);
      expect(Reflect.set(socket, 'bufferedAmount', 1)).toBe(false);
      socket.close();
    },
  },
  {
    area: 'interfaces/WebSocket/bufferedAmount, interfaces/WebSocket/send',
    name: 'after close, send sends nothing and throws nothing, but adds to bufferedAmount, for good',
    check: async (context) => {
      const socket = await opened(context);
      socket.close();
      socket.send('x');
      socket.send(new Blob(['yz']));
      expect(socket.bufferedAmount).toBe(3);
      await closed(socket);
      socket.send(new ArrayBuffer(4));
      expect(socket.bufferedAmount).toBe(7);
    },
  },
];

const receiving: readonly Behaviour[] = [
  {
    area: 'binaryType-wrong-value, Create-valid-url-binaryType-blob',
    name: "binaryType is 'blob', or 'arraybuffer', and any other value is passed over",
    check: ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      expect(socket.binaryType).toBe('blob');
      socket.binaryType = 'arraybuffer';
      for (const wrong of ['Blob', '', null, 'notBlobOrArrayBuffer']) socket.binaryType = wrong as 'blob';
      expect(socket.binaryType).toBe('arraybuffer');
      socket.close();
    },
  },
  {
    area: 'Send-binary-blob, binary/*',
    name: 'binary messages come as Blobs, or as ArrayBuffers from when that is asked for',
    check: async (context) => {
      const socket = await opened(context);
      socket.send(new Uint8Array([1, 2]));
      const { data } = await message(socket);
      expect(data).toBeInstanceOf(Blob);
      expect([...new Uint8Array(await (data as Blob).arrayBuffer())]).toEqual([1, 2]);
      expect((data as Blob).type).toBe('');
      socket.binaryType = 'arraybuffer';
      socket.send(new Uint8Array(0));
      expect(Object.prototype.toString.call((await message(socket)).data)).toBe('[object ArrayBuffer]');
      socket.close();
    },
  },
  {
    area: 'eventhandlers, opening-handshake/*',
    name: 'what comes with the response arrives after open',
    check: async ({ WebSocket, url }) => {
      const socket = new WebSocket(`${url}/hello`);
      const order: string[] = [];
      socket.onmessage = ({ data }) => order.push(typeof data === 'string' ? data : 'binary');
      socket.onopen = ({ type }) => order.push(type);
      await several(socket, 2);
      expect(order).toEqual(['open', 'hello', 'binary']);
      socket.close();
    },
  },
  {
    area: 'constructor, interfaces/WebSocket/events',
    name: 'a message is a MessageEvent with the origin of the server, no source and no ports',
    check: async (context) => {
      const socket = await opened(context, '/hello');
      const event = await message(socket);
      expect(event).toBeInstanceOf(MessageEvent);
      expect(event).toMatchObject({ data: 'hello', origin: context.url, lastEventId: '', source: null });
      expect(event.ports).toEqual([]);
      expect([event.bubbles, event.cancelable]).toEqual([false, false]);
      socket.close();
    },
  },
  {
    area: 'closing-handshake',
    name: 'after close was called, no message arrives any more',
    check: async (context) => {
      const socket = await opened(context);
      const got: unknown[] = [];
      socket.onmessage = ({ data }) => got.push(data);
      socket.send('answered too late');
      socket.close();
      await closed(socket);
      expect(got).toEqual([]);
    },
  },
];

const INVALID_CODES = [0, 500, 999, 1001, 1005, 1006, 2999, 5000, 65_535, NaN, null, 'string', 2 ** 16 + 1000];
const closing: readonly Behaviour[] = [
  ...INVALID_CODES.map((code): Behaviour => ({
    area: 'Close-0, Close-2999-reason, Close-NaN, Close-null, Close-string, interfaces/WebSocket/close',
    name: `close(${String(code)}) throws InvalidAccessError, and nothing is closed`,
    check: async (context) => {
      const socket = await opened(context);
      domThrows(() => socket.close(code as number), 'InvalidAccessError');
      expect(socket.readyState).toBe(1);
      socket.close();
    },
  })),
  ...[1000, 3000, 4999, '3001', 2999.5, true].slice(0, 5).map((code): Behaviour => ({
    area: 'Close-1000, Close-3000-reason, Close-4999-reason',
    name: `close(${code}, 'why') is answered with the same`,
    check: async (context) => {
      const socket = await opened(context);
      socket.close(code as number, 'why');
      expect(await closed(socket)).toMatchObject({ code: Math.round(Number(code)), reason: '', wasClean: true });
    },
  })),
  {
    area: 'Close-Reason-124Bytes, close-invalid',
    name: 'a reason may take 123 bytes as UTF-8; the code is judged first',
    check: async (context) => {
      const socket = await opened(context);
      domThrows(() => socket.close(1000, 'x'.repeat(124)), 'SyntaxError');
      domThrows(() => socket.close(1000, 'é'.repeat(62)), 'SyntaxError');
      domThrows(() => socket.close(1001, 'x'.repeat(124)), 'InvalidAccessError');
      socket.close(1000, `${'é'.repeat(61)}x`);
      expect((await closed(socket)).wasClean).toBe(true);
    },
  },
  {
    area: 'Close-undefined, Close-1005',
    name: 'close() says nothing: the answer is 1005, clean',
    check: async (context) => {
      for (const args of [[], [undefined], [undefined, '']] as const) {
        const socket = await opened(context);
        socket.close(...(args as []));
        expect(await closed(socket)).toMatchObject({ code: 1005, reason: '', wasClean: true });
      }
    },
  },
  {
    area: 'Close-onlyReason',
    name: 'a reason alone goes with 1000',
    check: async (context) => {
      const socket = await opened(context);
      socket.close(undefined, 'only');
      expect(await closed(socket)).toMatchObject({ code: 1000, wasClean: true });
    },
  },
  {
    area: 'Close-server-initiated-close, remote-close',
    name: "the peer's code and reason are told",
    check: async (context) => {
      const socket = await opened(context, '/close?code=4000&reason=%E3%83%AD');
      expect(await closed(socket)).toMatchObject({ code: 4000, reason: 'ロ', wasClean: true });
      expect(await closed(await opened(context, '/empty-close'))).toMatchObject({ code: 1005, wasClean: true });
      const asked = await opened(context);
      asked.send('Goodbye');
      expect(await closed(asked)).toMatchObject({ code: 1000, wasClean: true });
    },
  },
  {
    area: 'remote-close, closing-handshake',
    name: 'a connection lost without a Close: error, then close with 1006, not clean',
    check: async (context) => {
      const socket = await opened(context, '/abrupt');
      const order: string[] = [];
      socket.onerror = ({ type }) => order.push(type);
      const event = await closed(socket);
      expect(order).toEqual(['error']);
      expect(event).toMatchObject({ code: 1006, reason: '', wasClean: false });
    },
  },
  {
    area: 'closing-handshake, unsupported frames',
    name: 'a frame that breaks the rules: error, then close with 1006, not clean',
    check: async (context) => {
      const socket = await opened(context, '/broken');
      const failed = heard(socket, 'error');
      expect(await closed(socket)).toMatchObject({ code: 1006, reason: '', wasClean: false });
      await failed;
    },
  },
  {
    area: 'Close-readyState-Closing, interfaces/WebSocket/close/close-multiple',
    name: 'close again, within close too, does nothing; there is one close event',
    check: async (context) => {
      const socket = await opened(context);
      let count = 0;
      socket.onclose = () => {
        count++;
        socket.close();
      };
      socket.close(4000);
      socket.close(4001);
      expect((await closed(socket)).code).toBe(4000);
      socket.close();
      await new Promise((resolve) => setImmediate(resolve));
      expect(count).toBe(1);
    },
  },
  {
    area: 'interfaces/WebSocket/close/close-connecting',
    name: 'close while CONNECTING: CLOSING at once, then error and close, never open',
    check: async ({ WebSocket, url }) => {
      for (const path of ['', '/silent']) {
        const socket = new WebSocket(url + path);
        const order: string[] = [];
        for (const type of ['open', 'error', 'close']) socket.addEventListener(type, () => order.push(type));
        socket.close();
        expect(socket.readyState).toBe(2);
        expect(order).toEqual([]);
        expect(await closed(socket)).toMatchObject({ code: 1006, wasClean: false });
        expect(order).toEqual(['error', 'close']);
        expect(socket.readyState).toBe(3);
      }
    },
  },
  {
    area: 'opening-handshake, Create-*',
    name: 'a refused handshake: error, then close with 1006, never open',
    check: async ({ WebSocket, url }) => {
      for (const target of [`${url}/refuse`, 'ws://127.0.0.1:1/']) {
        const socket = new WebSocket(target);
        const order: string[] = [];
        for (const type of ['open', 'error']) socket.addEventListener(type, () => order.push(type));
        expect(await closed(socket)).toMatchObject({ code: 1006, reason: '', wasClean: false });
        expect(order).toEqual(['error']);
      }
    },
  },
  {
    area: 'opening-handshake',
    name: 'subprotocols of which the server chooses none: error, then close with 1006, never open',
    check: async ({ WebSocket, url }) => {
      const socket = new WebSocket(url, ['unspoken', 'unheard']);
      const order: string[] = [];
      for (const type of ['open', 'error']) socket.addEventListener(type, () => order.push(type));
      expect(await closed(socket)).toMatchObject({ code: 1006, reason: '', wasClean: false });
      expect(order).toEqual(['error']);
    },
  },
  {
    area: 'interfaces/CloseEvent',
    name: 'close is a CloseEvent that neither bubbles nor can be cancelled',
    check: async (context) => {
      const socket = await opened(context);
      socket.close();
      const event = await closed(socket);
      expect(event.constructor.name).toContain('CloseEvent');
      expect([event.bubbles, event.cancelable, event.type]).toEqual([false, false, 'close']);
    },
  },
];

const handlers: readonly Behaviour[] = [
  {
    area: 'eventhandlers, interfaces/WebSocket/events',
    name: 'a handler is null at first and again for what is no object; an object that cannot be called is kept',
    check: async (context) => {
      const socket = new context.WebSocket(`${context.url}/hello`);
      for (const name of ['onopen', 'onmessage', 'onerror', 'onclose'] as const) {
        expect(socket[name]).toBeNull();
        const handler = (): void => undefined;
        socket[name] = handler;
        expect(socket[name]).toBe(handler);
        for (const nothing of [null, undefined, 2, 'x', false]) {
          socket[name] = nothing as null;
          expect(socket[name]).toBeNull();
        }
      }
      const inert = { handleEvent: () => expect(true).toBe(false) };
      socket.onmessage = inert as never;
      expect(socket.onmessage).toBe(inert);
      await message(socket);
      socket.close();
    },
  },
  {
    area: 'interfaces/WebSocket/events',
    name: 'a handler is called with the socket as this, in the place where it was first set',
    check: async (context) => {
      const socket = new context.WebSocket(`${context.url}/hello`);
      const order: unknown[] = [];
      socket.onopen = () => order.push('replaced');
      socket.addEventListener('open', () => order.push('listener'));
      socket.onopen = function (this: unknown) {
        order.push(this === socket);
      };
      socket.addEventListener('open', { handleEvent: () => void order.push('object') } as never);
      await message(socket);
      expect(order).toEqual([true, 'listener', 'object']);
      socket.close();
    },
  },
  {
    area: 'interfaces/WebSocket/events',
    name: 'events are dispatched as any: dispatchEvent by hand reaches handlers too',
    check: ({ WebSocket, url }) => {
      const socket = new WebSocket(url);
      const got: unknown[] = [];
      socket.onmessage = ({ data }) => got.push(data);
      socket.dispatchEvent(new MessageEvent('message', { data: 'by hand' }));
      expect(got).toEqual(['by hand']);
      socket.close();
    },
  },
];

export const BEHAVIOURS: readonly Behaviour[] = [
  ...construction,
  ...states,
  ...sending,
  ...receiving,
  ...closing,
  ...handlers,
];

/** What the web-platform tests check and this list does not. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'Create-valid-url-relative': 'a URL is relative to a page, and there is none',
  'Create-blocked-port': 'the ports that pages may not reach are open to a server-side program',
  'cookies/*': 'there is no cookie jar; headers are an option',
  'unload-a-document/*, Create-on-worker-shutdown, bfcache, iframes': 'there are no documents that end',
  'mixed-content, CSP, referrer': 'there is no page whose policy could forbid a connection',
  'basic-auth': 'credentials come from the URL alone, never from a prompt',
  'multi-globals, security': 'there is one global object',
  'handlers/*': 'the Python handlers of the tests are their server, not behaviour',
};
