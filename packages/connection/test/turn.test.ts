/** When output leaves: at the end of a turn, and where many sockets are read in it, after all of them. */
import { encodeFrame, Opcode } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { PassThrough, type Duplex } from 'node:stream';
import { Connection, ConnectionSettings } from '../src/index.js';
import {
  COUNT_EVERY_READS,
  MANY_READS,
  MAX_KEPT_BYTES,
  MAX_KEPT_MS,
  REST_READS,
  SHORT_BYTES,
  TOO_LONG_MS,
  Turn,
  type Flushable,
} from '../src/turn.js';
import { until } from './scene.js';
import { sockets } from './sockets.js';

const aSocket = new Socket();
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

let log: string[];
let clock: ManualClock;
let turn: Turn;

beforeEach(() => {
  log = [];
  clock = new ManualClock();
  turn = new Turn(clock);
});

function target(name: string, duplex: Duplex = aSocket, then: () => void = () => undefined): Flushable {
  const ours = log;
  const flush = (): void => {
    ours.push(name);
    then();
  };
  return { duplex, flush };
}

/** A read, and the answer to it; whether that is kept. */
function answer(name: string, bytes: number, duplex: Duplex = aSocket): boolean {
  turn.reads(duplex);
  return turn.keeps(target(name, duplex), bytes);
}

/** Reads that nothing answers. */
function read(times: number, duplex?: Duplex): void {
  for (let i = 0; i < times; i++) answer('never', 0, duplex);
}

/** A turn that is counted. */
async function readCounted(times: number): Promise<void> {
  read(COUNT_EVERY_READS);
  await nextTurn();
  read(times);
  await nextTurn();
}

describe('scheduled', () => {
  test('after the code of this turn, in order, once for each call', async () => {
    turn.schedule(target('a'));
    turn.schedule(target('b'));
    log.push('this turn');
    await Promise.resolve();
    log.push('a microtask');
    await new Promise((resolve) => process.nextTick(resolve));
    expect(log).toEqual(['this turn', 'a microtask', 'a', 'b']);
  });

  test('what asks while others are served comes in the next round', async () => {
    turn.schedule(target('a', aSocket, () => turn.schedule(target('c'))));
    turn.schedule(target('b'));
    await nextTurn();
    expect(log).toEqual(['a', 'b', 'c']);
  });
});

describe('what was read is answered', () => {
  test('at once where few are read in a turn', async () => {
    for (let round = 0; round < 20; round++) {
      read(MANY_READS - 2);
      expect(answer('a', 1)).toBe(false);
      await nextTurn();
    }
  });

  test('at once in the turns that are counted, too', async () => {
    read(COUNT_EVERY_READS);
    await nextTurn();
    read(MANY_READS);
    expect(answer('a', 1)).toBe(false);
  });

  test('at once where one less was counted', async () => {
    await readCounted(MANY_READS - 1);
    expect(answer('a', 1)).toBe(false);
  });

  test('after all reads where they were many, in order', async () => {
    await readCounted(MANY_READS);
    expect(answer('a', 1)).toBe(true);
    expect(answer('b', SHORT_BYTES)).toBe(true);
    await new Promise((resolve) => process.nextTick(resolve));
    log.push('all was read');
    await nextTurn();
    expect(log).toEqual(['all was read', 'a', 'b']);
  });

  test.each([
    ['nothing to write', 0],
    ['more than is kept', SHORT_BYTES + 1],
  ])('at once all the same: %s', async (_, bytes) => {
    await readCounted(MANY_READS);
    expect(answer('a', bytes)).toBe(false);
    await nextTurn();
    expect(log).toEqual([]);
  });

  test('the turn that is counted need not follow at once', async () => {
    read(COUNT_EVERY_READS - 1);
    await nextTurn();
    read(2);
    await nextTurn();
    await nextTurn();
    read(MANY_READS);
    await nextTurn();
    expect(answer('a', 1)).toBe(true);
  });

  test('at once where it is no plain socket; these are not counted', async () => {
    await readCounted(MANY_READS);
    const other = new PassThrough();
    expect(answer('a', 1, other)).toBe(false);
    turn = new Turn();
    read(COUNT_EVERY_READS, other);
    await nextTurn();
    read(MANY_READS, other);
    await nextTurn();
    expect(answer('a', 1)).toBe(false);
  });

  test.each([
    [8, true],
    [7, false],
  ])('after a turn of %i reads kept: %p', async (reads, expected) => {
    await readCounted(MANY_READS);
    read(reads);
    await nextTurn();
    expect(answer('a', 1)).toBe(expected);
  });

  test('when much is kept, at the end of the read that made it so much', async () => {
    await readCounted(MANY_READS);
    const times = MAX_KEPT_BYTES / SHORT_BYTES;
    for (let i = 0; i < times - 1; i++) answer('a', SHORT_BYTES);
    expect(log).toEqual([]);
    expect(answer('a', SHORT_BYTES)).toBe(true);
    expect(log).toHaveLength(times);
    answer('b', SHORT_BYTES);
    expect(log).toHaveLength(times);
  });

  test('when time has passed, at the end of the next read, whatever that has', async () => {
    await readCounted(MANY_READS);
    read(1);
    clock.advance(MAX_KEPT_MS / 2);
    answer('a', 1);
    expect(log).toEqual([]);
    clock.advance(MAX_KEPT_MS / 2);
    expect(answer('b', 0)).toBe(false);
    expect(log).toEqual(['a']);
    answer('c', 1);
    expect(log).toEqual(['a']);
  });

  test('at the end of each read where one takes long', async () => {
    await readCounted(MANY_READS);
    for (const name of ['a', 'b', 'c']) {
      turn.reads(aSocket);
      clock.advance(10);
      turn.keeps(target(name), 1);
      expect(log.at(-1)).toBe(name);
    }
  });

  test('at once for a while, where something else took long meanwhile', async () => {
    await readCounted(MANY_READS);
    read(MANY_READS);
    answer('a', 1);
    clock.advance(TOO_LONG_MS);
    await nextTurn();
    expect(log).toEqual(['a']);
    read(REST_READS);
    await readCounted(MANY_READS);
    read(MANY_READS);
    expect(answer('b', 1)).toBe(true);
    clock.advance(TOO_LONG_MS);
    await nextTurn();
    read(REST_READS - 1);
    await readCounted(MANY_READS);
    expect(answer('d', 1)).toBe(false);
  });

  test('together with what is scheduled meanwhile, though that would leave sooner', async () => {
    await readCounted(MANY_READS);
    read(1);
    turn.schedule(target('a'));
    turn.schedule(target('no socket', new PassThrough()));
    answer('b', 1);
    await nextTurn();
    expect(log).toEqual(['no socket', 'a', 'b']);
    // All was read: what a timer sends waits for no one.
    turn.schedule(target('c'));
    await new Promise((resolve) => process.nextTick(resolve));
    expect(log.at(-1)).toBe('c');
  });
});

describe('sockets', () => {
  const MEMBERS = 2 * MANY_READS;
  const settings = new ConnectionSettings({ role: 'server' });
  const payload = Buffer.from('hello');
  const frame = encodeFrame({ fin: true, rsv: 0, opcode: Opcode.text, payload }, { role: 'client', maskingKey: 1 });
  const letGo: (() => Promise<void>)[] = [];
  let members: { far: Socket; connection: Connection }[];

  /** Logs what is read and written, message by message and write by write. */
  async function member(): Promise<(typeof members)[number]> {
    const ends = await sockets();
    letGo.push(ends.letGo);
    const write = ends.near.write.bind(ends.near);
    jest.spyOn(ends.near, 'write').mockImplementation((...args: unknown[]) => {
      log.push('write');
      return Reflect.apply(write, ends.near, args) as boolean;
    });
    const connection = new Connection(ends.near, settings);
    return { far: ends.far, connection };
  }

  /** Everyone sends at once, and the event loop reads them one after the other. */
  async function allSend(answered: typeof members): Promise<void> {
    log.length = 0;
    const arrived = answered.map(({ far }) => once(far, 'data'));
    for (const { far } of members) far.write(frame);
    await Promise.all(arrived);
  }

  beforeEach(async () => {
    // However long a read takes here, no time passes.
    jest.spyOn(performance, 'now').mockReturnValue(0);
    members = await Promise.all(Array.from({ length: MEMBERS }, member));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    for (const end of letGo.splice(0)) await end();
  });

  test('many that are read in one turn are answered when all were read', async () => {
    for (const { connection } of members) {
      connection.on('message', (message) => {
        log.push('read');
        connection.send(message.data);
      });
    }
    for (let round = 0; round < 6; round++) await allSend(members);
    expect(log).toEqual([...Array<string>(MEMBERS).fill('read'), ...Array<string>(MEMBERS).fill('write')]);
  });

  /** One to whom everybody sends what they were sent; not the one that is read first. */
  const one = (): (typeof members)[number] => members[5]!;

  test('one that all of them send something to gets it in one write', async () => {
    for (const { connection } of members) connection.on('message', ({ data }) => void one().connection.send(data));
    for (let round = 0; round < 6; round++) await allSend([one()]);
    expect(log).toEqual(['write']);
  });

  test('which nobody is told to wait for that takes it all', async () => {
    const large = Buffer.alloc(4000);
    const told: boolean[] = [];
    let arrived = 0;
    one().far.on('data', ({ length }: Buffer) => (arrived += length));
    for (const { connection } of members) connection.on('message', () => void told.push(one().connection.send(large)));
    for (let round = 1; round <= 6; round++) {
      log.length = 0;
      for (const { far } of members) far.write(frame);
      await until(() => arrived === round * MEMBERS * (4 + large.length));
    }
    expect(told).toEqual(Array<boolean>(6 * MEMBERS).fill(true));
    expect(log.length).toBeLessThan(MEMBERS);
  });

  test('what was sent before a connection is cut leaves before', async () => {
    for (const { connection } of members) connection.on('message', ({ data }) => void connection.send(data));
    for (let round = 0; round < 5; round++) await allSend(members);
    for (const { connection } of members)
      connection.on('message', () => process.nextTick(() => connection.terminate()));
    await allSend(members);
    expect(log).toEqual(Array<string>(MEMBERS).fill('write'));
  });
});
