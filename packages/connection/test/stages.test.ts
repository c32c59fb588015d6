import { Opcode, ProtocolError, VIOLATIONS, type FrameSlice, type MessageCoder } from '@sokker/frame';
import { Connection, ConnectionSettings } from '../src/index.js';
import { StagePool, type Stages, type StageUser } from '../src/stages.js';
import { ManualClock, pair } from '@sokker/testkit';
import { usedBytes } from '../../frame/test/memory.js';
import { scene, settled } from './scene.js';

const options = { role: 'client', maxMessageBytes: 100, maxFragments: 10 } as const;
const user = (): StageUser & { seen: number } => {
  const never = (): never => {
    throw new Error('not expected');
  };
  const made = { seen: 0, onSlice: () => made.seen++, onDecoderError: never, onDecoderEnd: never };
  return made;
};

test('stages that were given back work for the next', () => {
  const pool = new StagePool(options);
  const first = user();
  const stages = pool.take(first, 0);
  stages.decoder.write(Buffer.from('820161', 'hex'));
  pool.give(stages);
  const second = user();
  expect(pool.take(second, 0)).toBe(stages);
  stages.decoder.write(Buffer.from('820161820162', 'hex'));
  expect([first.seen, second.seen]).toEqual([1, 2]);
});

test('other reserved bits need other stages', () => {
  const pool = new StagePool(options);
  const plain = pool.take(user(), 0);
  pool.give(plain);
  const coded = pool.take(user(), 4);
  expect(coded).not.toBe(plain);
  pool.give(coded);
  expect(pool.take(user(), 4)).toBe(coded);
});

test('stages with something left in them are not kept, nor more than 16', () => {
  const pool = new StagePool(options);
  const used = pool.take(user(), 0);
  used.decoder.write(Buffer.from('8202', 'hex'));
  pool.give(used);
  expect(used.decoder.destroyed).toBe(true);
  const many = Array.from({ length: 17 }, () => pool.take(user(), 0));
  for (const each of many) pool.give(each);
  expect(many.map(({ decoder }) => decoder.destroyed).indexOf(true)).toBe(16);
});

test('stages that were told of the end are not kept, though nothing is left in them', () => {
  const pool = new StagePool(options);
  const used = pool.take(user(), 0);
  used.decoder.write(Buffer.from('820161', 'hex'));
  used.decoder.end();
  pool.give(used);
  expect(pool.take(user(), 0)).not.toBe(used);
});

class Assembling implements StageUser {
  readonly #stages: Stages;

  constructor(pool: StagePool) {
    this.#stages = pool.take(this, 0);
  }

  begin(bytes: Buffer): Stages {
    this.#stages.decoder.write(bytes);
    return this.#stages;
  }

  onSlice(slice: FrameSlice): void {
    this.#stages.assembler.push(slice);
  }

  onDecoderError(): void {}
  onDecoderEnd(): void {}
}

test('a mebibyte that was declared, and one byte of it: less than 2 KiB each', async () => {
  const pool = new StagePool({ role: 'server', maxMessageBytes: 2 ** 20, maxFragments: Infinity });
  const begin = (): Stages => new Assembling(pool).begin(Buffer.from('82ff00000000001000000000000061', 'hex'));
  const held: Stages[] = [];
  const costs: number[] = [];
  // What is compiled meanwhile is no memory of theirs, and falls on some of the thousands alone.
  for (let thousands = 1; thousands <= 4; thousands++) {
    const before = usedBytes();
    while (held.length < 1000 * thousands) held.push(begin());
    await settled();
    costs.push((usedBytes() - before) / 1000);
  }
  expect(Math.min(...costs)).toBeLessThan(2048);
  expect(held.every(({ assembler }) => assembler.bytes === 1)).toBe(true);
});

test('a message that waits for a listener when its connection ends does not stop the next connection', async () => {
  const settings = new ConnectionSettings({ role: 'server', clock: new ManualClock() });
  const it = scene();
  const open = (): { connection: Connection; write: (text: string) => void } => {
    const [near, far] = pair();
    return {
      connection: new Connection(near, settings),
      write: (text) => void far.write(it.wire(Opcode.text, text)),
    };
  };
  const first = open();
  first.write('nobody listens');
  await settled();
  first.connection.terminate();
  await settled();
  const second = open();
  const heard: string[] = [];
  second.connection.on('message', (message) => heard.push(message.text()));
  second.write('hello');
  second.write('again');
  await settled();
  expect(heard).toEqual(['hello', 'again']);
});

/** A coder of messages that break off after their first piece. */
function brokenCoder(): MessageCoder {
  let read = 0;
  const decode = {
    write: () => undefined,
    read: () => {
      if (read++ === 0) return Buffer.from('the first of it');
      throw new ProtocolError('ERR_SOKKER_INVALID_UTF8', VIOLATIONS.ERR_SOKKER_INVALID_UTF8);
    },
  };
  return { name: 'broken', rsv: 4, decode, encode: decode, wants: () => false, close: () => undefined } as never;
}

test('a coded message that broke off on one connection is nothing to the next', async () => {
  const settings = new ConnectionSettings({ role: 'server', clock: new ManualClock() });
  const it = scene();
  const codes: number[] = [];
  for (let times = 0; times < 2; times++) {
    const [near, far] = pair();
    const connection = new Connection(near, settings, { coder: brokenCoder() });
    far.resume();
    far.write(it.wire(Opcode.binary, 'coded', { rsv: 4 }));
    await settled();
    connection.terminate();
    codes.push((await connection.closed).code);
  }
  expect(codes).toEqual([1007, 1007]);
});
