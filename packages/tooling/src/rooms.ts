/**
 * The plan of the house: which package may import which, and what each may touch. The layers gate and the linter
 * both read this table; a package that is not in it fails the check until its arrows are written down here.
 */
export interface Room {
  /** The packages of the repository that its `src` may import. */
  readonly arrows: readonly string[];
  /** May import packages from outside; such rooms are private or pay for it knowingly. */
  readonly foreign?: true;
  /**
   * 'none': sans-I/O, bytes and values go in, values come out. 'no-clock': may use Node's modules, but no socket and
   * no timer. 'clock': sockets, and time through one `clock.ts`, so that no test sleeps. 'any': the private rooms.
   */
  readonly world: 'none' | 'no-clock' | 'clock' | 'any';
  /** Its options bear the names that another library gave them, which need not name their units. */
  readonly foreignNames?: true;
}

export const ROOMS: Readonly<Record<string, Room>> = {
  frame: { arrows: [], world: 'none' },
  handshake: { arrows: [], world: 'none' },
  deflate: { arrows: ['frame', 'handshake'], world: 'no-clock' },
  connection: { arrows: ['frame'], world: 'clock' },
  server: { arrows: ['frame', 'handshake', 'connection'], world: 'clock' },
  client: { arrows: ['frame', 'handshake', 'connection'], world: 'clock' },
  cluster: { arrows: ['frame', 'connection', 'server'], world: 'clock' },
  ws: { arrows: ['frame', 'handshake', 'deflate', 'connection', 'server'], world: 'clock', foreignNames: true },
  testkit: { arrows: [], world: 'any' },
  bench: {
    arrows: ['frame', 'handshake', 'deflate', 'connection', 'server', 'client', 'testkit'],
    foreign: true,
    world: 'any',
  },
  fuzz: {
    arrows: ['frame', 'handshake', 'deflate', 'connection', 'server', 'client', 'testkit'],
    foreign: true,
    world: 'any',
  },
  chaos: {
    arrows: ['frame', 'handshake', 'deflate', 'connection', 'server', 'client', 'testkit'],
    foreign: true,
    world: 'any',
  },
  tooling: { arrows: [], foreign: true, world: 'any' },
};

/** Rooms that read bytes a peer chose; the lint rules about peer bytes bind these. */
export const PEER_BYTE_ROOMS = ['frame', 'handshake', 'connection', 'deflate'] as const;

const SOCKETS = ['net', 'tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises'];
const TIMERS = ['timers', 'timers/promises', 'perf_hooks'];
const REST = ['fs', 'fs/promises', 'child_process', 'worker_threads', 'cluster', 'inspector'];

/** Node's modules, without `node:`, that a room may not import. */
export function bannedModules(world: Room['world']): readonly string[] {
  if (world === 'none') return [...SOCKETS, ...TIMERS, ...REST];
  if (world === 'no-clock') return [...SOCKETS, ...TIMERS];
  return [];
}

const CLOCKS = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'];
const TURNS = ['setImmediate', 'clearImmediate'];

/**
 * Globals that a room may not name, but for its `clock.ts`. A turn of the event loop is no time, yet it belongs to who
 * owns the loop; `queueMicrotask` and `process.nextTick` are mere order and free to all.
 */
export function bannedGlobals(world: Room['world']): readonly string[] {
  if (world === 'any') return [];
  return world === 'clock' ? CLOCKS : [...CLOCKS, ...TURNS];
}
