import { Opcode } from '@sokker/frame';
import { TurnShare } from '../src/turn-share.js';
import { ToyCoder, xor } from './coder.js';
import { scene, until } from './scene.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many bytes in one turn, the rest in later ones, in order', async () => {
  const share = new TurnShare(10);
  const log: string[] = [];
  const work = (name: string, bytes: number) => (): void => {
    log.push(name);
    share.spend(bytes);
  };
  share.spend(9);
  expect(share.spent).toBe(false);
  share.spend(1);
  expect(share.spent).toBe(true);
  for (const name of ['a', 'b', 'c', 'd']) share.later(work(name, 6));
  expect(log).toEqual([]);
  await turn();
  expect(log).toEqual(['a', 'b']);
  await turn();
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  await turn();
  expect(share.spent).toBe(false);
});

/** Work of so many turns, each of which takes the whole share. */
function long(share: TurnShare, name: string, turns: number, log: string[]): () => void {
  let left = turns;
  const goOn = (): void => {
    log.push(name);
    share.spend(10);
    if (--left > 0) share.later(goOn);
  };
  return goOn;
}

test('who has begun goes on before others begin, for four turns', async () => {
  const share = new TurnShare(10);
  const log: string[] = [];
  share.later(long(share, 'a', 3, log));
  share.later(long(share, 'b', 6, log));
  share.later(long(share, 'c', 2, log));
  while (log.length < 11) await turn();
  expect(log.join('')).toBe('aaabbbbccbb');
});

test('who stops before its share is spent has had its turn', async () => {
  const share = new TurnShare(10);
  const turns: string[] = [];
  let now = '';
  const slow = (name: string, times: number): (() => void) => {
    const goOn = (): void => {
      now += name;
      if (--times > 0) share.later(goOn);
    };
    return goOn;
  };
  share.later(slow('a', 6));
  share.later(slow('b', 2));
  while (turns.join('').length < 8) {
    await turn();
    turns.push(now);
    now = '';
  }
  expect(turns).toEqual(['a', 'a', 'a', 'ab', 'ba', 'a']);
});

test('messages that decode to much leave the others their turns', async () => {
  let turns = 0;
  const at: number[] = [];
  for (let times = 0; times < 4; times++) {
    const it = scene({ session: { coder: new ToyCoder() }, wireBytes: 2 ** 21 });
    it.connection.on('message', () => at.push(turns));
    it.send(Opcode.binary, xor(Buffer.alloc(2 ** 20), 0), { rsv: 2 });
  }
  const others = (): void => {
    turns++;
    if (at.length < 4) setImmediate(others);
  };
  setImmediate(others);
  await until(() => at.length === 4);
  // Within a turn, who comes first is not said.
  expect((at[3] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(2);
});

test('of many bombs, few are half decoded at one time', async () => {
  const MIB = 2 ** 20;
  const bombs = Array.from({ length: 8 }, () => {
    const it = scene({ session: { coder: new ToyCoder() }, wireBytes: 2 ** 22 }).record();
    it.send(Opcode.binary, xor(Buffer.alloc(MIB + 1), 0), { rsv: 2 });
    return it;
  });
  let most = 0;
  const look = (): boolean => {
    const retained = bombs.map(({ connection }) => (connection.state === 'open' ? connection.retainedBytes : 0));
    most = Math.max(most, retained.filter((bytes) => bytes >= MIB).length);
    return bombs.every(({ log }) => log.length > 0);
  };
  await until(look);
  expect(most).toBeLessThanOrEqual(2);
  for (const { log } of bombs) expect(log[0]).toBe('error ERR_SOKKER_MESSAGE_TOO_BIG');
});

test('what comes behind a failure is read and dropped, a chunk or two per turn', async () => {
  const it = scene({ wireBytes: 2 ** 20 });
  const chunk = Buffer.alloc(64 * 1024);
  it.send(Opcode.binary, 'not coded', { rsv: 4 });
  await until(() => it.connection.state === 'closing');
  let dropped = 0;
  it.near.on('data', () => dropped++);
  for (let times = 0; times < 16; times++) it.far.write(chunk);
  const perTurn: number[] = [];
  while (dropped < 16) {
    const before = dropped;
    await turn();
    perTurn.push(dropped - before);
  }
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
});
