/* Target 8: the closing handshake and everything that may come between, over a duplex in memory and a clock that goes
 * on when it is told to. */
import { Connection, type CloseRecord } from '@sokker/connection';
import { permessageDeflate, type DeflateSession } from '@sokker/deflate';
import { Opcode, type Role } from '@sokker/frame';
import { mutateSettings } from '../mutate/bytes.js';
import { Hash, Random } from '../random.js';
import { Finding, must, type Outcome, type Target } from '../target.js';
import { judgeLife, type Life } from './closing-oracles.js';
import { closingSeeds, mutateScript, readScript, type Step } from './closing-script.js';
import { ManualClock } from '@sokker/testkit';
import { MemoryDuplex } from './memory-duplex.js';

const SETTINGS_BYTES = 2;
const CLOSE_TIMEOUT_MS = 5000;
const WAIT_UNIT_MS = 100;
/** More than that a step's bytes are not cut into. */
const MAX_CHUNKS = 12;
const DEFLATE = permessageDeflate({ preset: '112KiB', thresholdBytes: 1 });
const OFFER = new Map<string, string | true>([['client_max_window_bits', true]]);

export const closing: Target = {
  name: 'closing',
  title: 'the life and end of a connection',
  settingsBytes: SETTINGS_BYTES,
  seeds: closingSeeds,
  mutate(parent, other, random) {
    if (random.oneIn(16)) return mutateSettings(parent, SETTINGS_BYTES, random);
    return mutateScript(parent, other, SETTINGS_BYTES, random);
  },
  async execute(input): Promise<Outcome> {
    const steps = readScript(input, SETTINGS_BYTES);
    // What a peer that does not read finds later depends on when it came.
    const isTimed = steps.some(({ kind }) => kind === 'stall' || kind === 'pause' || kind === 'sendStream');
    const first = live(input, steps, undefined);
    // Both at once: most of the time goes into turns of the event loop, and they can be the same ones.
    const second = isTimed ? undefined : live(input, steps, new Random(input[1] ?? 0));
    await Promise.allSettled([first, second]);
    const whole = await first;
    judgeLife(whole);
    if (second !== undefined) sameLife(whole, await second);
    return outcomeOf(whole);
  },
  describe(input) {
    const steps = readScript(input, SETTINGS_BYTES).map(({ kind, argument }) => `${kind} ${argument.toString('hex')}`);
    return `${roleOf(input)}${usesDeflate(input) ? ' with permessage-deflate' : ''}: ${steps.join(', ')}`;
  },
};

function roleOf([choice = 0]: Buffer): Role {
  return (choice & 1) === 1 ? 'client' : 'server';
}

function usesDeflate([choice = 0]: Buffer): boolean {
  return (choice & 6) === 6;
}

/** Coders of both ends, where the settings have compression. */
function codersOf(input: Buffer): { readonly ours?: DeflateSession; readonly theirs?: DeflateSession } {
  if (!usesDeflate(input)) return {};
  const accepted = DEFLATE.accept([OFFER]);
  if (accepted === undefined) throw new Error('its own offer was declined');
  const [server, client] = [accepted.session, DEFLATE.confirm(accepted.parameters)];
  return roleOf(input) === 'server' ? { ours: server, theirs: client } : { ours: client, theirs: server };
}

/** Plays a script to its end and further, until the connection is closed. @param random cuts what is received */
async function live(input: Buffer, steps: readonly Step[], random: Random | undefined): Promise<Life> {
  const clock = new ManualClock();
  const duplex = new MemoryDuplex();
  const role = roleOf(input);
  const limits = { maxMessageBytes: 300, highWaterMarkBytes: 512, lowWaterMarkBytes: 128, maxBufferedBytes: 2048 };
  const options = { role, clock, closeTimeoutMs: CLOSE_TIMEOUT_MS, ...limits };
  const { ours, theirs } = codersOf(input);
  const connection = new Connection(duplex, options, { coder: ours });
  const life: Life = { role, peer: theirs, events: [], closes: [], promises: [], duplex, clock };
  listen(connection, life);
  for (const step of steps) {
    act(step, connection, life, random);
    // What comes behind the end of a connection is dropped a chunk per turn.
    await turn(random === undefined ? 1 : Math.min(step.argument.length, MAX_CHUNKS));
  }
  await finale(connection, life);
  return life;
}

function listen(connection: Connection, { events, closes, promises }: Life): void {
  connection.on('message', ({ type, data }) => events.push({ type, data }));
  connection.on('ping', (data) => events.push({ type: 'ping', data }));
  connection.on('pong', (data) => events.push({ type: 'pong', data }));
  connection.on('error', (error) => events.push({ type: 'error', error }));
  connection.on('close', (record) => {
    events.push({ type: 'close' });
    closes.push(record);
  });
  promises.push(connection.closed);
}

function act({ kind, argument }: Step, connection: Connection, life: Life, random: Random | undefined): void {
  const { duplex, clock } = life;
  try {
    if (kind === 'receive') receive(duplex, argument, random);
    else if (kind === 'receiveEnd') duplex.receiveEnd();
    else if (kind === 'receiveReset')
      duplex.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    else if (kind === 'close') life.promises.push(close(connection, argument));
    else if (kind === 'send') connection.send(argument.toString('latin1'));
    else if (kind === 'ping') life.promises.push(connection.ping(argument));
    else if (kind === 'wait') clock.advance((argument[0] ?? 0) * WAIT_UNIT_MS);
    else if (kind === 'sendStream') life.promises.push(connection.sendStream([argument, argument]));
    else if (kind === 'stall' || kind === 'unstall') duplex[kind]();
    else connection[kind]();
  } catch (error) {
    // A call may be refused, at once and by its own name.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SOKKER_ARGUMENT') throw error;
  }
}

function receive(duplex: MemoryDuplex, bytes: Buffer, random: Random | undefined): void {
  const copy = Buffer.from(bytes);
  if (random === undefined) return duplex.receive(copy);
  const most = Math.ceil((2 * copy.length) / MAX_CHUNKS);
  for (let from = 0; from < copy.length;) {
    const to = from + Math.ceil(most / 2) + random.below(most);
    duplex.receive(Buffer.from(copy.subarray(from, to)));
    from = to;
  }
}

function close(connection: Connection, argument: Buffer): Promise<CloseRecord> {
  if (argument.length < 2) return connection.close(null);
  return connection.close(argument.readUInt16BE(0), argument.toString('utf8', 2));
}

/** The peer reads all and ends; then the clock passes every deadline. Whatever went before, this must be the end. */
async function finale(connection: Connection, { duplex, clock, closes, promises }: Life): Promise<void> {
  connection.resume();
  duplex.unstall();
  await turn();
  duplex.receiveEnd();
  await turn();
  clock.advance(2 * CLOSE_TIMEOUT_MS + 1);
  await turn();
  await turn();
  must(closes.length === 1, 'one close event', () => `${closes.length} when all deadlines had passed`);
  const settled = Promise.allSettled(promises);
  const late = new Promise((resolve) => setImmediate(() => setImmediate(resolve, 'late')));
  if ((await Promise.race([settled, late])) === 'late') throw new Finding('promises settle', 'one is pending');
  must(clock.pending === 0, 'no timer is left', () => `${clock.pending} are`);
  must(duplex.destroyed || duplex.writableEnded, 'the socket is let go', () => 'it is open');
}

/** Until everything that follows without time going on has happened; a connection may go on in later turns. */
async function turn(chunks = 1): Promise<void> {
  for (let round = 0; round < 2 + chunks; round++) await new Promise((resolve) => setImmediate(resolve));
}

/** The same events, the same frames, the same end. */
function sameLife(one: Life, other: Life): void {
  judgeLife(other);
  const [first, second] = [show(one), show(other)];
  must(first === second, 'equal under chunking', () => `${first}\ncut otherwise\n${second}`);
}

/** Errors by their code: a text says how much was declared, as far as that was known. Reasons that we give repeat it. */
function show({ events, closes: [record], sent = [] }: Life): string {
  const lines = events.map((event) => {
    if ('error' in event) return String((event.error as NodeJS.ErrnoException).code);
    return 'data' in event ? `${event.type} ${event.data.toString('latin1')}` : event.type;
  });
  const frames = sent.map(({ opcode, payload }) => {
    return `${opcode} ${payload.toString('latin1', 0, opcode === Opcode.close ? 2 : undefined)}`;
  });
  const reason = record?.by === 'us' ? '' : record?.reason;
  return [...lines, ...frames, `${record?.code} ${reason} ${record?.clean} ${record?.by} ${record?.phase}`].join('\n');
}

/** How it ended, and which kinds of events and frames there were. */
function outcomeOf({ events, closes: [record], sent = [] }: Life): Outcome {
  const hash = new Hash()
    .add(Math.min(record?.code ?? 0, 3000))
    .text(`${record?.by} ${record?.phase} ${record?.clean}`);
  for (const type of ['text', 'binary', 'ping', 'pong', 'error'])
    hash.add(events.some((event) => event.type === type) ? 1 : 0);
  for (const { opcode } of sent.slice(-2)) hash.add(opcode);
  return hash.value;
}
