/** F17: listeners that misbehave, at every event and in every way, beside many connections that must not notice. */
import { SokkerServer, type ServerConnection, type ServerRequest, type UpgradeAnswer } from '@sokker/server';
import { closeFrame, frame, PING, PONG, TEXT } from '../frames.js';
import { host } from '../host.js';
import { expectedOf, MISDEEDS, PLACES, Trap, type Misdeed, type Place } from '../misdeeds.js';
import { others } from '../others.js';
import { Peer } from '../peer.js';
import { fault, type Stage } from '../stage.js';
import { fired } from '../verdict.js';
import { until } from '../waiting.js';

const KIB = 1024;
/** Enough for `send` to answer false; and, beyond what the kernel takes for a peer that reads nothing, for maxBufferedBytes. */
const BYTES = { drain: 512 * KIB, slow: 64 * 1024 * KIB } as const;
const WAITING_BYTES = 1024 * KIB + 64 * KIB;
const UPGRADE_TIMEOUT_MS = 300;
const SPRUNG_WITHIN_MS = 1000;
const RESERVED_OPCODE = 3;
/** What was rejected is known by the second answer. */
const PROBES = 2;

type Receive = 'whole' | 'stream';

async function server({ receive }: { receive: Receive }): ReturnType<typeof methodsOf> {
  const trap = new Trap();
  const server = new SokkerServer({
    receive,
    onSlow: 'signal',
    handshakeTimeoutMs: UPGRADE_TIMEOUT_MS,
    upgrade: ({ path }: ServerRequest) =>
      (path === '/victim' ? trap.at('upgrade') : undefined) as Promise<UpgradeAnswer<unknown>>,
  });
  server.on('listening', () => trap.at('listening'));
  server.on('connection', (connection, { path }) => {
    if (path !== '/victim') return undefined;
    listenOn(connection, trap, receive);
    return trap.at('connection', connection);
  });
  if (receive === 'stream') {
    server.on('stream', ({ body }, connection) => {
      body.resume();
      return trap.at('stream', connection);
    });
  } else {
    server.on('message', (message, connection) => {
      fill(connection, message.data.toString());
      if (message.type === 'binary') connection.send(message.data);
      return trap.at('message', connection);
    });
  }
  server.on('slow', (_report, connection) => trap.at('slow', connection));
  server.on('close', (_record, connection) => trap.at('close', connection));
  server.on('error', (_error, connection) => trap.at('error', connection));
  return methodsOf(server, trap);
}

function listenOn(connection: ServerConnection, trap: Trap, receive: Receive): void {
  for (const name of ['ping', 'pong', 'drain', 'close', 'error'] as const) {
    connection.on(name, () => trap.at(`its ${name}`, connection));
  }
  if (receive === 'whole') connection.on('message', () => trap.at('its message', connection));
}

/** Sends what a peer asked for, in pieces, until the last of them meet a connection that is behind. */
function fill(connection: ServerConnection, wish: string): void {
  const bytes = BYTES[wish as keyof typeof BYTES] ?? 0;
  for (let sent = 0; sent < bytes && connection.bufferedBytes < WAITING_BYTES; sent += 64 * KIB) {
    connection.send(Buffer.alloc(64 * KIB));
  }
}

async function methodsOf(server: SokkerServer, trap: Trap) {
  return {
    ...(await host(server)),
    arm: (place: Place, misdeed: Misdeed) => trap.arm(place, misdeed),
    sprung: () => trap.sprung,
    listenAgain: async () => {
      await server.listen(0, '127.0.0.1');
    },
  };
}

/** What makes the event happen. */
const TRIGGERS: Partial<Record<Place, Buffer>> = {
  message: frame(TEXT, Buffer.from('hello')),
  'its message': frame(TEXT, Buffer.from('hello')),
  stream: frame(TEXT, Buffer.from('hello')),
  'its ping': frame(PING, Buffer.from('x')),
  'its pong': frame(PONG, Buffer.from('x')),
  'its drain': frame(TEXT, Buffer.from('drain')),
  slow: frame(TEXT, Buffer.from('slow')),
  close: closeFrame(1000),
  'its close': closeFrame(1000),
  error: frame(RESERVED_OPCODE, Buffer.alloc(0)),
  'its error': frame(RESERVED_OPCODE, Buffer.alloc(0)),
};

interface Victim {
  /** Ends what makes a peer slow. */
  readOn(): void;
  /** What it sees. */
  readonly fate: Promise<string>;
}

function suffer(port: number, place: Place): Victim {
  let answers = 0;
  let victim: Peer | undefined;
  const lived = new Promise<string>((resolve, reject) => {
    const probe = frame(PING, Buffer.from('probe'));
    const options = {
      path: '/victim',
      onFrame: ({ opcode, payload }: { opcode: number; payload: Buffer }, peer: Peer): void => {
        if (opcode !== PONG || payload.toString() !== 'probe') return;
        if (++answers === PROBES) resolve('lives');
        else peer.socket.write(probe);
      },
      onClose: ({ closeCode }: Peer) => resolve(String(closeCode)),
    };
    Peer.open(port, options).then((peer) => {
      victim = peer;
      if (place === 'slow') peer.socket.pause();
      const trigger = TRIGGERS[place];
      if (trigger !== undefined) peer.socket.write(trigger);
      peer.socket.write(probe);
    }, reject);
  });
  return {
    readOn: () => void victim?.socket.resume(),
    fate: lived.catch((error: unknown) => /HTTP\/1.1 (\d+)/.exec(String(error))?.[1] ?? String(error)),
  };
}

function load({ port }: { port: number }) {
  let victim: Victim | undefined;
  return {
    suffer: (place: Place) => {
      victim = suffer(port, place);
    },
    fate: () => {
      victim?.readOn();
      return victim?.fate ?? 'none';
    },
  };
}

const actors = { server, others, load };

async function play(stage: Stage<typeof actors>, receive: Receive, places: readonly Place[]): Promise<void> {
  const server = await stage.start('server', { receive });
  const port = await server.call.port();
  const count = receive === 'whole' ? stage.scale(999, 100) : 0;
  const bystanders = await stage.start('others', { port, count, everyMs: 1000 });
  const load = await stage.start('load', { port });
  let [right, done] = [0, 0];
  for (const place of places) {
    for (const misdeed of MISDEEDS) {
      await server.call.arm(place, misdeed);
      if (place === 'listening') await server.call.listenAgain();
      else await load.call.suffer(place);
      // A server may know later than its peer that a connection is closed: its listener must not meet the next trap.
      done++;
      await until(async () => (await server.call.sprung()) >= done, SPRUNG_WITHIN_MS);
      const outcome = place === 'listening' ? 'none' : await load.call.fate();
      if (expectedOf(place, misdeed).includes(outcome)) right++;
      else stage.note(`${place}, ${misdeed}: ${outcome}, not ${expectedOf(place, misdeed).join(' or ')}`);
    }
  }
  const metrics = await server.call.metrics();
  const cells = places.length * MISDEEDS.length;
  stage.expect({
    asserted: `${places.length} events × ${MISDEEDS.length} misdeeds (${receive}): end as they should, and nothing else does`,
    figure: right,
    equals: cells,
    counter: fired(
      metrics,
      'closes.1011',
      2 * places.filter((place) => expectedOf(place, 'throw').includes('1011')).length,
    ),
  });
  stage.expect({ asserted: `misdeeds that were done (${receive})`, figure: await server.call.sprung(), equals: cells });
  if (count === 0) return;
  const { open, echoes } = await bystanders.call.experience(1500);
  stage.expect({ asserted: 'the others: open, and echoed to', figure: echoes >= open ? open : 0, equals: count });
}

export const F17 = fault({
  id: 'F17',
  title: 'listeners that throw, reject, destroy, close, send again, never settle',
  actors,
  async run(stage) {
    await play(
      stage,
      'whole',
      PLACES.filter((place) => place !== 'stream'),
    );
    await play(stage, 'stream', ['stream']);
  },
});
