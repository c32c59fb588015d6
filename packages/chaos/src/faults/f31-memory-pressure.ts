/** F31: the floods of F03 to F09 together, on a server with a heap of 128 MiB. */
import { permessageDeflate } from '@sokker/deflate';
import { SokkerServer } from '@sokker/server';
import { constants, deflateRawSync } from 'node:zlib';
import { BINARY, CONTINUATION, frame, PING, repeated } from '../frames.js';
import { host } from '../host.js';
import { others } from '../others.js';
import { Peer } from '../peer.js';
import { fault } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep } from '../waiting.js';

const HEAP_MIB = 128;
const MIB = 1024 * 1024;
const EACH = 10;
const OTHERS = 20;
const BROADCAST_EVERY_MS = 20;
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
const ONE = Buffer.from('x');

interface Flood {
  readonly path?: string;
  readonly headers?: string;
  readonly reads: boolean;
  /** Sent once, then over and over. */
  readonly opening: Buffer;
  readonly block: Buffer;
}

const BOMB = frame(BINARY, deflateRawSync(Buffer.alloc(8 * MIB), { finishFlush: constants.Z_SYNC_FLUSH }), { rsv: 4 });

const FLOODS: Readonly<Record<string, Flood>> = {
  'reads nothing': { path: '/slow', reads: false, opening: Buffer.alloc(0), block: Buffer.alloc(0) },
  pings: { reads: false, opening: Buffer.alloc(0), block: repeated(frame(PING, Buffer.alloc(125)), 200) },
  'tiny fragments': {
    reads: true,
    opening: frame(BINARY, ONE, { fin: false }),
    block: repeated(frame(CONTINUATION, ONE, { fin: false }), 2000),
  },
  'empty frames': { reads: true, opening: Buffer.alloc(0), block: repeated(frame(BINARY, Buffer.alloc(0)), 2000) },
  'declared length': { reads: true, opening: frame(BINARY, ONE, { declaredBytes: MIB }), block: Buffer.alloc(0) },
  bombs: { headers: OFFER, reads: true, opening: Buffer.alloc(0), block: BOMB },
};

const actors = {
  server: async () => {
    const server = new SokkerServer({
      extensions: [permessageDeflate()],
      upgrade: ({ path }) => ({ context: path }),
    });
    server.on('message', ({ data, type }, connection) => {
      if (data.length > 0 && data.length < 1000) connection.send(data, { type });
    });
    setInterval(() => {
      const slow = [...server.clients].filter(({ context }) => context === '/slow');
      server.broadcast(Buffer.alloc(16 * 1024), { to: slow });
    }, BROADCAST_EVERY_MS);
    return host(server);
  },
  others,
  flooders: ({ port }: { port: number }) => {
    let over = false;
    let connections = 0;
    /** Whoever is thrown out comes again. */
    const flood = async ({ path = '/', headers = '', reads, opening, block }: Flood): Promise<void> => {
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
    const metrics = await server.call.metrics();
    stage.expect({
      asserted: `${Object.keys(FLOODS).length} floods × ${EACH} for ${seconds} s, ${HEAP_MIB} MiB of heap: well-behaved clients that live`,
      figure: open,
      equals: OTHERS,
      beside: `${echoes} echoes, ${connections} connections of flooders`,
      counter: fired(metrics, 'errors.ERR_SOKKER_MESSAGE_TOO_BIG'),
    });
    stage.expect({
      asserted: 'echoes of those they sent',
      figure: (100 * echoes) / (seconds * 5 * OTHERS),
      unit: '%',
      atLeast: 50,
    });
    const { heapBytes } = await server.call.memory();
    stage.expect({ asserted: 'heap in the end', figure: heapBytes / MIB, unit: 'MiB', atMost: HEAP_MIB });
  },
});
