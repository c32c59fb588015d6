import type { EventEmitter } from 'node:events';
import { SokkerServer, type ServerConnection, type ServerOptions } from '@sokker/server';
import { ManualClock, pair, type PairedDuplex } from '@sokker/testkit';
import type { IncomingMessage } from 'node:http';
import { Wire } from './wire.js';

/** Lets the event loop turn until something is so; the test's own deadline bounds it. */
export async function turnsUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** The arguments of the next event of that name; unlike `once` of node:events, whatever `error` says meanwhile. */
export function next(emitter: object, name: string): Promise<unknown[]> {
  return new Promise((resolve) => (emitter as EventEmitter).once(name, (...args: unknown[]) => resolve(args)));
}

/** A server on loopback, with time that passes when told to. */
export class Rig<Context = unknown> {
  readonly clock = new ManualClock();
  readonly server: SokkerServer<Context>;
  readonly wires: Wire[] = [];
  port = 0;

  constructor(options: ServerOptions<Context> = {}) {
    this.server = new SokkerServer<Context>({ clock: this.clock, ...options });
  }

  static async start<Context>(options: ServerOptions<Context> = {}): Promise<Rig<Context>> {
    const rig = new Rig<Context>(options);
    rig.port = (await rig.server.listen(0, '127.0.0.1')).port;
    return rig;
  }

  /** Opens a WebSocket; answers both ends. */
  async open(headers: readonly string[] = []): Promise<[Wire, ServerConnection<Context>]> {
    const opened = next(this.server, 'connection');
    const wire = await Wire.open(this.port, headers);
    this.wires.push(wire);
    const [connection] = await opened;
    return [wire, connection as ServerConnection<Context>];
  }

  async stop(): Promise<void> {
    for (const wire of this.wires) wire.socket.destroy();
    const closed = this.server.close();
    this.clock.advance(60_000);
    await closed;
  }
}

/** A connection in memory: nothing of what it sends is taken before the far end is read. */
export async function openPair(rig: Rig): Promise<[far: PairedDuplex, ServerConnection, near: PairedDuplex]> {
  const [near, far] = pair({ highWaterMarkBytes: 1 });
  const headers = { Host: 'a', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
  const rawHeaders = Object.entries({ ...headers, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }).flat();
  const request = { method: 'GET', url: '/', httpVersion: '1.1', rawHeaders };
  const connection = await rig.server.handleUpgrade(request as unknown as IncomingMessage, near, Buffer.alloc(0));
  if (connection === undefined) throw new Error('refused');
  return [far, connection, near];
}

/** Starts rigs that are stopped when the test is over. */
export function rigs(): (options?: object) => Promise<Rig> {
  const started: Rig[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((rig) => rig.stop()));
  });
  return async (options) => {
    const rig = await Rig.start(options);
    started.push(rig);
    return rig;
  };
}
