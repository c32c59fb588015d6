/** No listener anywhere: every fixture of the testkit against a server, and the frames for clients against ours. */
import { connect } from '@sokker/client';
import { permessageDeflate } from '@sokker/deflate';
import { acceptKey } from '@sokker/handshake';
import { SokkerServer } from '@sokker/server';
import { bytesOf, fixtures, type ClosingStep, type FrameFixture } from '@sokker/testkit';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { host } from '../host.js';
import { dial, manyTimes, Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { metricsWhen, sleep } from '../waiting.js';

const FRAMES = [
  ...fixtures.header.fixtures,
  ...fixtures.closePayload.fixtures,
  ...fixtures.fragmentation.fixtures,
  ...fixtures.utf8.fixtures,
  ...fixtures.deflate.fixtures,
];
const FOR_SERVERS = FRAMES.filter(({ role }) => role === 'server');
const FOR_CLIENTS = FRAMES.filter(({ role }) => role === 'client');
const EXTENSION = permessageDeflate({ preset: '336KiB' });
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';
const ANSWER_WITHIN_MS = 2000;
/** The connection was lost: no Close came (RFC 6455 §7.1.5). */
const LOST = 1006;

/** Whether a connection that got the bytes of a fixture, and then the end of the stream, ended as it should. */
function endedRight({ expect, alternatives = [], limits }: FrameFixture, code: number): boolean {
  // Both ends have their default limits: where a fixture wants other ones, any end will do.
  if (Object.keys(limits).length > 0) return true;
  return [expect, ...alternatives].some(({ events, closeCode }) => {
    const last = events.at(-1);
    return code === (closeCode ?? (last?.type === 'close' ? last.code : LOST));
  });
}

/** Sends bytes and hangs up: in order, or with a reset. */
async function throwAt(socket: Socket, bytes: Buffer, resets: boolean): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume().write(bytes);
  await sleep(5);
  if (resets) socket.resetAndDestroy();
  else socket.end();
  const timer = setTimeout(() => socket.destroy(), ANSWER_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}

function bytesIn(steps: readonly ClosingStep[]): Buffer {
  return Buffer.concat(steps.flatMap((step) => ('receive' in step ? [bytesOf(step.receive)] : [])));
}

/** Every other fixture hangs up in order, so that the server can say how it ends: how many hear what they should. */
async function playFrames(port: number): Promise<{ inOrder: number; told: number }> {
  const answers = await manyTimes(FOR_SERVERS.length, async (index) => {
    const fixture = FOR_SERVERS[index];
    const resets = index % 2 === 0;
    const deflates = (fixture?.extensions.length ?? 0) > 0;
    const peer = await Peer.open(port, { answers: false, ...(deflates && { headers: OFFER }) });
    await throwAt(peer.socket, bytesOf(fixture?.hex ?? ''), resets);
    const code = await peer.closed;
    return resets || fixture === undefined ? undefined : endedRight(fixture, code);
  });
  const inOrder = answers.filter((answer) => answer !== undefined);
  return { inOrder: inOrder.length, told: inOrder.filter(Boolean).length };
}

async function playRest(port: number): Promise<number> {
  const closing = fixtures.closing.fixtures.filter(({ role }) => role === 'server').map(({ steps }) => bytesIn(steps));
  await manyTimes(closing.length, async (index) => {
    const peer = await Peer.open(port, { answers: false });
    await throwAt(peer.socket, closing[index] ?? Buffer.alloc(0), index % 2 === 0);
  });
  const heads = fixtures.handshake.fixtures.map(({ request, after }) =>
    Buffer.concat([Buffer.from(request, 'latin1'), Buffer.from(after, 'hex')]),
  );
  await manyTimes(heads.length, (index) => throwAt(dial(port), heads[index] ?? Buffer.alloc(0), index % 2 === 0));
  return closing.length + heads.length;
}

/** A server of bare sockets that answers each opening handshake, and then sends the frames that its path names. */
async function frameServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (head) => {
      const text = head.toString('latin1');
      const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(text)?.[1] ?? '';
      const fixture = FOR_CLIENTS[Number(/^GET \/(\d+)/.exec(text)?.[1])];
      const [agreed] = fixture?.extensions ?? [];
      const extension = agreed === undefined ? '' : `Sec-WebSocket-Extensions: ${agreed}\r\n`;
      const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
      socket.write(`${answer}Sec-WebSocket-Accept: ${acceptKey(key)}\r\n${extension}\r\n`);
      socket.end(bytesOf(fixture?.hex ?? ''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const actors = {
  server: () => host(new SokkerServer({ extensions: [EXTENSION], origin: 'any' })),
  load: ({ port }: { port: number }) => ({
    frames: () => playFrames(port),
    rest: () => playRest(port),
    opens: async () => {
      const peer = await Peer.open(port);
      peer.close();
      return (await peer.closed) === 1000;
    },
  }),
  frameServer: async () => {
    const port = await frameServer();
    return { port: () => port };
  },
  clients: ({ port }: { port: number }) => ({
    /** Connections without a listener: how many end by themselves, and as they should. */
    play: async () => {
      const ends = await manyTimes(FOR_CLIENTS.length, async (index) => {
        const options = { extensions: [EXTENSION], waitTurn: false, closeTimeoutMs: 200 };
        const connection = await connect(`ws://127.0.0.1:${port}/${index}`, options);
        const record = await Promise.race([sleep(ANSWER_WITHIN_MS), connection.closed]);
        connection.terminate();
        const fixture = FOR_CLIENTS[index];
        return fixture !== undefined && record !== undefined && endedRight(fixture, record.code);
      });
      return ends.filter(Boolean).length;
    },
  }),
};

export const CORPUS = fault({
  id: 'corpus',
  title: 'no listener anywhere, and every fixture there is',
  actors,
  async run(stage) {
    const server = await stage.start('server', undefined);
    const load = await stage.start('load', { port: await server.call.port() });
    const { inOrder, told } = await load.call.frames();
    const frames = FOR_SERVERS.length;
    const played = frames + (await load.call.rest());
    const metrics = await metricsWhen(server.call, ({ connections, handshakes }) => connections + handshakes === 0);
    stage.expect({
      asserted: `${played} fixtures against a server without listeners: connections and handshakes left over`,
      figure: metrics.connections + metrics.handshakes,
      equals: 0,
      counter: fired(metrics, 'decisions.close', frames),
    });
    stage.expect({
      asserted: `${inOrder} peers that hang up in order: told how it ends, as their fixture says`,
      figure: told,
      equals: inOrder,
    });
    stage.expect({
      asserted: 'an honest client is served afterwards',
      figure: Number(await load.call.opens()),
      equals: 1,
    });
    const frameServer = await stage.start('frameServer', undefined);
    const clients = await stage.start('clients', { port: await frameServer.call.port() });
    stage.expect({
      asserted: `${FOR_CLIENTS.length} fixtures against clients without listeners: ended by themselves, as the fixture says`,
      figure: await clients.call.play(),
      equals: FOR_CLIENTS.length,
    });
  },
});
