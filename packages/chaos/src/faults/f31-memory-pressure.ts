/** F31: the floods of F03 to F09 together, on a server with a heap of 128 MiB. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer, type ServerConnection } from '@sokker/server';
import { constants, deflateRawSync } from 'node:zlib';
import { BINARY, CONTINUATION, frame, PING, repeated } from '../frames.js';
import { host } from '../host.js';
import { others } from '../others.js';
import { Peer } from '../peer.js';
import { fault } from '../stage.js';
import { sleep } from '../waiting.js';

const HEAP_MIB = 128;
/** What the limits of all these connections let them keep, and the server itself. */
const HELD_MIB = 64;
const MIB = 1024 * 1024;
const EACH = 10;
const OTHERS = 20;
/** More in a second than the operating system keeps for a peer that reads nothing. */
const BROADCAST_BYTES = 256 * 1024;
const BROADCAST_EVERY_MS = 20;
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
const ONE = Buffer.from('x');

interface Flood {
  /** Tells the server's application whose connection it is. */
  readonly path: string;
  readonly headers?: string;
  readonly reads: boolean;
  /** Sent once, then over and over. */
  readonly opening: Buffer;
  readonly block: Buffer;
}

const BOMB = frame(BINARY, deflateRawSync(Buffer.alloc(8 * MIB), { finishFlush: constants.Z_SYNC_FLUSH }), { rsv: 4 });

const FLOODS: Readonly<Record<string, Flood>> = {
  'reads nothing': { path: '/slow', reads: false, opening: Buffer.alloc(0), block: Buffer.alloc(0) },
  pings: {
    path: '/pings',
    reads: false,
    opening: Buffer.alloc(0),
    block: repeated(frame(PING, Buffer.alloc(125)), 200),
  },
  'tiny fragments': {
    path: '/fragments',
    reads: true,
    opening: frame(BINARY, ONE, { fin: false }),
    block: repeated(frame(CONTINUATION, ONE, { fin: false }), 2000),
  },
  'empty frames': {
    path: '/empty',
    reads: true,
    opening: Buffer.alloc(0),
    block: repeated(frame(BINARY, Buffer.alloc(0)), 2000),
  },
  'declared length': {
    path: '/declared',
    reads: true,
    opening: frame(BINARY, ONE, { declaredBytes: MIB }),
    block: Buffer.alloc(0),
  },
  bombs: { path: '/bombs', headers: OFFER, reads: true, opening: Buffer.alloc(0), block: BOMB },
};

/** How often each flood was felt: by an error, a Ping, a message that nobody well-behaved sends, bytes that wait. */
class Harm {
  readonly #byPath = new Map<unknown, number>();

  note(connection: ServerConnection | undefined): void {
    this.#byPath.set(connection?.context, this.noted(connection?.context) + 1);
  }

  noted(path: unknown): number {
    return this.#byPath.get(path) ?? 0;
  }
}

const actors = {
  server: async () => {
    const server = new SokkerServer({
      extensions: [permessageDeflate()],
      upgrade: ({ path }) => ({ context: path }),
    });
    const harm = new Harm();
    server.on('connection', (connection) => connection.on('ping', () => harm.note(connection)));
    server.on('error', (_, connection) => harm.note(connection));
    server.on('message', ({ data, type }, connection) => {
      if (data.length > 0 && data.length < 1000) connection.send(data, { type });
      else harm.note(connection);
    });
    setInterval(() => {
      const clients = [...server.clients];
      for (const client of clients) if (client.retainedBytes > 0) harm.note(client);
      server.broadcast(Buffer.alloc(BROADCAST_BYTES), { to: clients.filter(({ context }) => context === '/slow') });
    }, BROADCAST_EVERY_MS);
    return { ...(await host(server)), noted: (path: string) => harm.noted(path) };
  },
  others,
  flooders: ({ port }: { port: number }) => {
    let over = false;
    let connections = 0;
    /** Whoever is thrown out comes again. */
    const flood = async ({ path, headers = '', reads, opening, block }: Flood): Promise<void> => {
      while (!over) {
        const peer = await Peer.open(port, { path, headers }).catch(() => undefined);
        if (peer === undefined) {
          await sleep(100);
          continue;
        }
        connections++;
        if (!reads) peer.socket.pause();
        await peer.write(opening);
        while (!over && !peer.socket.destroyed) {
          if (block.length > 0) await Promise.race([peer.write(block), sleep(1000)]);
          await sleep(block.length > 0 ? 5 : 200);
        }
      }
    };
    return {
      start: () => {
        for (const each of Object.values(FLOODS)) for (let times = 0; times < EACH; times++) void flood(each);
      },
      stop: () => {
        over = true;
        return connections;
      },
    };
  },
};

export const F31 = fault({
  id: 'F31',
  title: 'all floods at once, in little memory',
  actors,
  timeLimitSeconds: [700, 90],
  async run(stage) {
    const seconds = stage.scale(600, 8);
    const server = await stage.start('server', undefined, { heapMiB: HEAP_MIB });
    const port = await server.call.port();
    const living = await stage.start('others', { port, count: OTHERS, everyMs: 200 });
    const flooders = await stage.start('flooders', { port });
    await flooders.call.start();
    await living.call.start();
    await sleep(seconds * 1000);
    const { open, echoes } = await living.call.stop();
    const connections = await flooders.call.stop();
    stage.expect({
      asserted: `${Object.keys(FLOODS).length} floods × ${EACH} for ${seconds} s, ${HEAP_MIB} MiB of heap: well-behaved clients that live`,
      figure: open,
      equals: OTHERS,
      beside: `${echoes} echoes, ${connections} connections of flooders`,
    });
    const felt = await Promise.all(Object.values(FLOODS).map(({ path }) => server.call.noted(path)));
    stage.expect({
      asserted: 'signs of each flood at the server: of the one that was felt least',
      figure: Math.min(...felt),
      atLeast: EACH,
      beside: felt.join(', '),
    });
    stage.expect({
      asserted: 'echoes of those they sent',
      figure: (100 * echoes) / (seconds * 5 * OTHERS),
      unit: '%',
      atLeast: 50,
    });
    const { heldBytes } = await server.call.memory();
    stage.expect({
      asserted: 'heap and buffers in the end',
      figure: heldBytes / MIB,
      unit: 'MiB',
      atMost: HELD_MIB,
    });
  },
});
