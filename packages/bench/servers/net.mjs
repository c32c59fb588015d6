// The ceiling for small messages: node:net and nothing else. It reads the request head, answers 101, and decodes the first
// frame of a connection to know how long a frame is and what its echo looks like. From then on it only counts bytes: for
// every frame's worth it sends the prepared echo, all that one read completes in one write. It never looks at a header or
// a payload again, so it is right only for a load whose frames are all alike, which is what this bench sends.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { host, port, serve, v8Collector } from './contract.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BLOCK_BYTES = 65536;

/** Everyone connected at /broadcast. @type {Set<import('node:net').Socket>} */
const room = new Set();

/** @param {string} head */
function answer(head) {
  const key = /^sec-websocket-key:[ \t]*(\S+)/im.exec(head)?.[1] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** The length of a masked frame and its unmasked echo, once the whole frame is there. @param {Buffer} bytes */
function measure(bytes) {
  if (bytes.length < 14) return undefined;
  const short = bytes[1] & 127;
  const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
  const payloadBytes = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const frameBytes = headBytes + 4 + payloadBytes;
  if (bytes.length < frameBytes) return undefined;
  const echo = Buffer.concat([bytes.subarray(0, headBytes), bytes.subarray(headBytes + 4, frameBytes)]);
  echo[1] &= 127;
  for (let i = 0; i < payloadBytes; i++) echo[headBytes + i] ^= bytes[headBytes + (i & 3)];
  return { frameBytes, echo };
}

/** Echoes ready to be written, shared by all connections: by frame length. @type {Map<number, Echo>} */
const echoes = new Map();

/** @typedef {{ frameBytes: number, echoBytes: number, block: Buffer }} Echo */

/** @param {{ frameBytes: number, echo: Buffer }} frame @returns {Echo} */
function prepareEcho({ frameBytes, echo }) {
  const ready = echoes.get(frameBytes);
  if (ready?.block.subarray(0, ready.echoBytes).equals(echo)) return ready;
  const block = Buffer.concat(Array(Math.ceil(BLOCK_BYTES / echo.length)).fill(echo));
  const prepared = { frameBytes, echoBytes: echo.length, block };
  echoes.set(frameBytes, prepared);
  return prepared;
}

/**
 * @param {import('node:net').Socket} socket
 * @param {boolean} toAll
 */
function counter(socket, toAll) {
  let /** @type {Buffer | undefined} */ first;
  let /** @type {Echo | undefined} */ echo;
  let pending = 0;

  return (/** @type {Buffer} */ chunk) => {
    pending += chunk.length;
    if (echo === undefined) {
      first = first === undefined ? chunk : Buffer.concat([first, chunk]);
      const frame = measure(first);
      if (frame === undefined) return;
      first = undefined;
      echo = prepareEcho(frame);
    }
    const { frameBytes, echoBytes, block } = echo;
    let frames = Math.floor(pending / frameBytes);
    pending -= frames * frameBytes;
    while (frames > 0) {
      const gathered = Math.min(frames, block.length / echoBytes);
      const bytes = block.subarray(0, gathered * echoBytes);
      if (toAll) for (const member of room) member.write(bytes);
      else socket.write(bytes);
      frames -= gathered;
    }
  };
}

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', function readHead(chunk) {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', readHead);
    const toAll = head.startsWith('GET /broadcast');
    if (toAll) {
      room.add(socket);
      socket.on('close', () => room.delete(socket));
    }
    socket.on('data', counter(socket, toAll));
    socket.write(answer(head));
  });
});
server.listen({ port, host, backlog: 4096 }, () => serve(server.address().port, v8Collector()));
