/** HTTP/2 as bytes (RFC 9113 §4, §6; RFC 7541 §6.2.2): no part of Node, so that it can do wrong. */

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_HEADERS = 0x4;
const CANCEL = 8;

function frameOf(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A header line that no table holds; both parts are shorter than 127 bytes. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

function connectBlock(port: number): Buffer {
  return Buffer.concat([
    literal(':method', 'CONNECT'),
    literal(':protocol', 'websocket'),
    literal(':scheme', 'http'),
    literal(':path', '/'),
    literal(':authority', `127.0.0.1:${port}`),
    literal('sec-websocket-version', '13'),
  ]);
}

/** What a client begins with. */
export function preface(): Buffer {
  return Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frameOf(SETTINGS, 0, 0)]);
}

/** Asks for a WebSocket. @param stream odd */
export function connectFrame(port: number, stream: number): Buffer {
  return frameOf(HEADERS, END_HEADERS, stream, connectBlock(port));
}

/** What is sent without end, in a session whose stream 1 is a WebSocket. */
export const FLOODS = {
  'resets of streams as soon as they are asked for': (port: number, index: number) => {
    const stream = 3 + 2 * index;
    return Buffer.concat([connectFrame(port, stream), frameOf(RST_STREAM, 0, stream, uint32(CANCEL))]);
  },
  'pieces of one header': (port: number, index: number) =>
    index === 0 ? frameOf(HEADERS, 0, 3, connectBlock(port)) : frameOf(CONTINUATION, 0, 3, literal('x', `${index}`)),
  SETTINGS: () => frameOf(SETTINGS, 0, 0),
  'Pings of the session': () => frameOf(PING, 0, 0, Buffer.alloc(8)),
  'window updates': () => frameOf(WINDOW_UPDATE, 0, 1, uint32(1)),
  'DATA with nothing in it': () => frameOf(DATA, 0, 1),
} as const satisfies Record<string, (port: number, index: number) => Buffer>;
export type Flood = keyof typeof FLOODS;
