/* What brought other implementations of permessage-deflate down. SECURITY.md lists these tests by name. */
import { Connection } from '@sokker/connection';
import { encodeFrame, Opcode, type Role } from '@sokker/frame';
import { createRequest, verifyResponse } from '@sokker/handshake';
import { pair } from '@sokker/testkit';
import { constants, deflateRawSync } from 'node:zlib';
import { permessageDeflate, type DeflateSession } from '../src/index.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const MIB = 1024 * 1024;
const PIECE_BYTES = 16 * 1024;
/** Kept to the end of the test: what is collected meanwhile would hide what is made. */
const ZEROES = Buffer.alloc(100 * MIB);

function deflated(data: Buffer | string): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** The coder of an endpoint in that role. */
function session(role: Role): DeflateSession {
  const extension = permessageDeflate({ preset: '200KiB' });
  const accepted = extension.accept([new Map([['client_max_window_bits', true as const]])]);
  if (accepted === undefined) throw new Error('declined');
  return role === 'server' ? accepted.session : extension.confirm(accepted.parameters);
}

interface Received {
  readonly messages: string[];
  readonly codes: unknown[];
  closed: number | undefined;
  /** The most that was alive at once: bytes. */
  retained: number;
  /** What was made of compressed messages: bytes. */
  inflated: number;
  /** The most memory outside the heap that making it took: bytes. */
  grown: number;
}

/** Counts what a coder makes. */
function watched(coder: DeflateSession, received: Received): DeflateSession {
  const { decode } = coder;
  const write = decode.write.bind(decode);
  const read = decode.read.bind(decode);
  let before = 0;
  decode.write = (bytes, last) => {
    before = process.memoryUsage().arrayBuffers;
    write(bytes, last);
  };
  decode.read = () => {
    const piece = read();
    const count = (made: Buffer | undefined): Buffer | undefined => {
      received.inflated += made?.length ?? 0;
      received.grown = Math.max(received.grown, process.memoryUsage().arrayBuffers - before);
      return made;
    };
    return piece instanceof Promise ? piece.then(count) : count(piece);
  };
  return coder;
}

/** An endpoint that is sent frames; all that came of it once nothing more happens. */
async function receive(role: Role, wire: readonly Buffer[], maxMessageBytes = MIB): Promise<Received> {
  const [near, far] = pair();
  const received: Received = { messages: [], codes: [], closed: undefined, retained: 0, inflated: 0, grown: 0 };
  const connection = new Connection(near, { role, maxMessageBytes }, { coder: watched(session(role), received) });
  connection.on('message', (message) => received.messages.push(message.text()));
  connection.on('error', (error) => received.codes.push(error.code));
  connection.on('close', ({ code }) => (received.closed = code));
  far.on('error', () => undefined).resume();
  for (const bytes of wire) {
    far.write(bytes);
    await new Promise((resolve) => setImmediate(resolve));
    received.retained = Math.max(received.retained, connection.retainedBytes);
  }
  far.end();
  while (received.closed === undefined) await new Promise((resolve) => setImmediate(resolve));
  return received;
}

function frame(
  role: Role,
  payload: Buffer,
  { opcode = Opcode.text, fin = true, rsv = 4 }: { opcode?: Opcode; fin?: boolean; rsv?: number } = {},
): Buffer {
  return encodeFrame({ fin, rsv, opcode, payload }, { role: role === 'server' ? 'client' : 'server' });
}

describe.each<Role>(['server', 'client'])('as %s', (role) => {
  const title =
    'CVE-2026-1526, CVE-2026-54490, CVE-2018-1000518, CVE-2026-39804: a bomb of 100 MiB ends at the limit with 1009';
  test(title, async () => {
    const bomb = frame(role, deflated(ZEROES));
    const { messages, codes, closed, retained, inflated, grown } = await receive(role, [bomb]);
    expect({ messages, codes, closed }).toEqual({ messages: [], codes: ['ERR_SOKKER_MESSAGE_TOO_BIG'], closed: 1009 });
    expect(retained).toBeLessThan(2.1 * MIB + 64 * 1024);
    expect(inflated).toBeLessThanOrEqual(MIB + 2 * PIECE_BYTES);
    // Of the pieces, and of the message that they are gathered into, none may have been collected yet.
    expect(grown).toBeLessThan(16 * MIB);
    expect(ZEROES).toHaveLength(100 * MIB);
  });

  test('undici 8.11: over the limit, with garbage behind it, a hundred times: nothing uncaught', async () => {
    const wire = frame(role, Buffer.concat([deflated(Buffer.alloc(2 * MIB)), Buffer.alloc(500, 0xff)]));
    const ends = [];
    for (let i = 0; i < 100; i++) ends.push((await receive(role, [Buffer.from(wire)], 1000)).closed);
    expect(new Set(ends)).toEqual(new Set([1009]));
    // What is left of an inflater that was closed would say so in the turns that follow.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  });

  test('aiohttp #12988: a control frame between compressed fragments leaves the message whole', async () => {
    const data = deflated('Hello, Hello, Hello');
    const parts = [frame(role, data.subarray(0, 4), { fin: false }), frame(role, Buffer.from('p'), { opcode: Opcode.ping, rsv: 0 })]; // prettier-ignore
    parts.push(frame(role, data.subarray(4), { opcode: Opcode.continuation, rsv: 0 }));
    const again = frame(role, deflated('and the next one'));
    expect((await receive(role, [Buffer.concat([...parts, again])])).messages).toEqual(['Hello, Hello, Hello', 'and the next one']); // prettier-ignore
  });

  test('Tomcat BZ 70126: messages around every boundary of an output buffer come through whole', async () => {
    const text = Array.from({ length: 5000 }, (_, index) => index.toString(36))
      .join(' ')
      .slice(0, 16_500);
    const sizes = [16_383, 16_384, 16_385, 8191, 8192, 8193, 4096, 1, 0];
    const wire = sizes.map((size) => frame(role, size === 0 ? Buffer.of(0) : deflated(text.slice(0, size))));
    expect((await receive(role, wire)).messages).toEqual(sizes.map((size) => text.slice(0, size)));
  });
});

test.each(['0', '7', '16', '1000', '', '08', '9999999999', '+9', '1e1'])(
  'CVE-2026-2229: a response with server_max_window_bits=%p is refused, and nothing else happens',
  (bits) => {
    const extensions = [permessageDeflate()];
    const request = createRequest('ws://h', { extensions, randomBytes: () => Buffer.from(KEY, 'base64') });
    const value = `permessage-deflate; server_max_window_bits=${bits}`;
    const rawHeaders = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', ACCEPT];
    rawHeaders.push('Sec-WebSocket-Extensions', value);
    const verify = (): unknown => verifyResponse(request, { httpVersion: '1.1', status: 101, reason: '', rawHeaders });
    expect(verify).toThrow(
      expect.objectContaining({ name: 'HandshakeError', code: expect.stringMatching(/^ERR_SOKKER_/) }),
    );
  },
);

test('aiohttp #13362: ten thousand final blocks in one message end at the seventeenth', () => {
  const { decode } = session('server');
  decode.write(Buffer.alloc(20_000, Buffer.from('0300', 'hex')), true);
  let reads = 0;
  const readAll = (): void => {
    for (let piece = decode.read(); piece !== undefined; piece = decode.read()) reads++;
  };
  expect(readAll).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_DEFLATE_FINAL_BLOCKS', closeCode: 1007 }));
  expect(reads).toBeLessThan(20);
});

test('CVE-2026-58045: a buffer that lies about its length is coded by its true one', async () => {
  const lying = Buffer.from('a message of some bytes');
  for (const name of ['byteLength', 'length']) Object.defineProperty(lying, name, { value: 2 ** 31 });
  const [near, far] = pair();
  const connection = new Connection(near, { role: 'server' }, { coder: session('server') });
  const peer = new Connection(far, { role: 'client' }, { coder: session('client') });
  const heard = new Promise<Buffer>((resolve) => peer.on('message', ({ data }) => resolve(data)));
  connection.send(lying, { type: 'binary' });
  expect((await heard).toString()).toBe('a message of some bytes');
  connection.terminate();
});
