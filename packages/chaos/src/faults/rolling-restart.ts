/** Two servers behind one port are restarted one after the other under a thousand clients that come back by themselves. */
import { connect } from '@sokker/client';
import { drainOnSignals, SokkerServer } from '@sokker/server';
import { connect as dialTo, createServer, type AddressInfo, type Socket } from 'node:net';
import { host } from '../host.js';
import { fault, type Player, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { sleep, until } from '../waiting.js';

const SEND_EVERY_MS = 250;

/** A client that numbers its messages, and sends again what was not acknowledged. */
class Client {
  readonly #id: number;
  readonly #waiting = new Map<number, string>();
  #next = 0;
  #send: ((text: string) => void) | undefined;
  readonly acknowledged: string[] = [];
  readonly codes: number[] = [];

  constructor(id: number) {
    this.#id = id;
  }

  get open(): boolean {
    return this.#send !== undefined;
  }

  get sent(): number {
    return this.#next;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  say(): void {
    const text = `${this.#id}:${this.#next}`;
    this.#waiting.set(this.#next++, text);
    this.#send?.(text);
  }

  async live(port: number): Promise<void> {
    const options = { waitTurn: false, onUnsent: () => {} };
    for await (const connection of connect.forever(`ws://127.0.0.1:${port}/`, options)) {
      this.#send = (text) => connection.send(text);
      for (const text of this.#waiting.values()) connection.send(text);
      for await (const message of connection) this.#acknowledge(message.text());
      this.#send = undefined;
      this.codes.push((await connection.closed).code);
    }
  }

  #acknowledge(text: string): void {
    if (this.#waiting.delete(Number(text.split(':')[1]))) this.acknowledged.push(text);
  }
}

/** What stands before the servers: each connection goes to one of them that takes it, in turn. */
async function balance(): Promise<{ port(): number; backends(ports: readonly number[]): void }> {
  let ports: readonly number[] = [];
  let turn = 0;
  const pass = (client: Socket, left: number): void => {
    const backend = dialTo({ host: '127.0.0.1', port: ports[turn++ % ports.length] ?? 0, allowHalfOpen: true });
    let open = false;
    backend.once('connect', () => {
      open = true;
      client.pipe(backend).pipe(client);
    });
    backend.on('error', () => {
      if (open || left === 0) client.destroy();
      else pass(client, left - 1);
    });
    client.on('error', () => backend.destroy());
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => pass(client, 2));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port: () => port, backends: (given) => void (ports = given) };
}

interface ServerSetup {
  readonly deadlineMs: number;
  readonly spreadMs: number;
}

const actors = {
  server: async (setup: ServerSetup) => {
    const server = new SokkerServer();
    const stored: string[] = [];
    // Stored first, then acknowledged: what was acknowledged is there.
    server.on('message', (message, connection) => {
      stored.push(message.text());
      connection.send(message.text());
    });
    drainOnSignals(server, { ...setup, code: 1012, signals: ['SIGUSR1'] });
    return { ...(await host(server)), stored: () => stored };
  },
  front: balance,
  clients: ({ port, count }: { port: number; count: number }) => {
    const clients = Array.from({ length: count }, (_, id) => new Client(id));
    let gaveUp = 0;
    for (const client of clients) client.live(port).catch(() => gaveUp++);
    let timer: NodeJS.Timeout | undefined;
    return {
      speak: () => void (timer = setInterval(() => clients.forEach((client) => client.say()), SEND_EVERY_MS)),
      hush: () => clearInterval(timer),
      open: () => clients.filter(({ open }) => open).length,
      waiting: () => clients.reduce((sum, { waiting }) => sum + waiting, 0),
      outcome: () => ({
        gaveUp,
        sent: clients.reduce((sum, { sent }) => sum + sent, 0),
        acknowledged: clients.flatMap(({ acknowledged }) => acknowledged),
        codes: clients.flatMap(({ codes }) => codes),
      }),
    };
  },
};

type PlayerOf<Name extends keyof typeof actors> = Player<Awaited<ReturnType<(typeof actors)[Name]>>>;
type Server = PlayerOf<'server'>;

interface Scene {
  readonly front: PlayerOf<'front'>;
  readonly clients: PlayerOf<'clients'>;
  readonly servers: Server[];
  readonly setup: ServerSetup;
  readonly count: number;
}

function portsOf(servers: readonly Server[]): Promise<number[]> {
  return Promise.all(servers.map(({ call }) => call.port()));
}

/** Drains a server, takes what it stored, and starts another in its place. */
async function replace(stage: Stage<typeof actors>, old: Server, setup: ServerSetup): Promise<[Server, string[]]> {
  const next = await stage.start('server', setup);
  old.process.signal('SIGUSR1');
  await until(async () => (await old.call.metrics()).connections === 0, setup.deadlineMs + 5000);
  return [next, await old.call.stored()];
}

/** Restarts the servers one after the other; everything that any of them stored. */
async function roll(stage: Stage<typeof actors>, scene: Scene): Promise<ReadonlySet<string>> {
  const { front, clients, servers, setup, count } = scene;
  const stored = new Set<string>();
  for (const [at, old] of [...servers.entries()]) {
    const [next, kept] = await replace(stage, old, setup);
    for (const text of kept) stored.add(text);
    servers[at] = next;
    await front.call.backends(await portsOf(servers));
    await until(async () => (await clients.call.open()) === count, 30_000);
    await sleep(500);
  }
  await clients.call.hush();
  await until(async () => (await clients.call.waiting()) === 0, 20_000);
  for (const { call } of servers) for (const text of await call.stored()) stored.add(text);
  return stored;
}

async function restart(stage: Stage<typeof actors>): Promise<void> {
  const count = stage.scale(1000, 300);
  const setup = { deadlineMs: 10_000, spreadMs: stage.scale(3000, 1000) };
  const front = await stage.start('front', undefined);
  const before = [await stage.start('server', setup), await stage.start('server', setup)];
  await front.call.backends(await portsOf(before));
  const clients = await stage.start('clients', { port: await front.call.port(), count });
  await until(async () => (await clients.call.open()) === count, 30_000);
  await clients.call.speak();
  const stored = await roll(stage, { front, clients, servers: [...before], setup, count });
  const drains = await Promise.all(before.map(({ call }) => call.metrics()));
  const { codes, acknowledged, sent, gaveUp } = await clients.call.outcome();
  const lost = acknowledged.filter((text) => !stored.has(text)).length;
  stage.expect({
    asserted: `two servers restarted under ${count} clients: connections that ended with 1006`,
    figure: codes.filter((code) => code === 1006).length,
    equals: 0,
    beside: `${codes.filter((code) => code === 1012).length} with 1012`,
    counter: fired({ drain: drains.reduce((sum, { decisions }) => sum + decisions.drain, 0) }, 'drain', 2),
  });
  const beside = `of ${acknowledged.length}`;
  stage.expect({ asserted: 'messages that were acknowledged and are lost', figure: lost, equals: 0, beside });
  stage.expect({ asserted: 'messages that were never acknowledged', figure: sent - acknowledged.length, equals: 0 });
  stage.expect({ asserted: 'clients that are connected in the end', figure: await clients.call.open(), equals: count });
  stage.expect({ asserted: 'clients that gave up', figure: gaveUp, equals: 0 });
}

export const ROLLING = fault({
  id: 'rolling-restart',
  title: 'two servers are restarted under their clients',
  actors,
  run: restart,
});
