import { Opcode } from '@sokker/frame';
import { TurnShare } from '../src/turn-share.js';
import { ToyCoder, xor } from './coder.js';
import { scene, until } from './scene.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many bytes in one turn, the rest in later ones, in order', async () => {
  const share = new TurnShare(10);
  const log: string[] = [];
  const work = (name: string, bytes: number) => (): undefined => {
    log.push(name);
    share.spend(bytes);
  };
  share.spend(9);
  expect(share.spent).toBe(false);
  share.spend(1);
  expect(share.spent).toBe(true);
  const all = ['a', 'b', 'c', 'd'].map((name) => share.later(work(name, 6)));
  expect(log).toEqual([]);
  await turn();
  expect(log).toEqual(['a', 'b']);
  await turn();
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  await Promise.all(all);
  await turn();
  expect(share.spent).toBe(false);
});

test('settles as the work does, and one failure stops nobody else', async () => {
  const share = new TurnShare(1);
  const failed = share.later(() => {
    throw new Error('broken');
  });
  const rejected = share.later(() => Promise.reject(new Error('later')));
  const done = share.later(() => undefined);
  await expect(failed).rejects.toThrow('broken');
  await expect(rejected).rejects.toThrow('later');
  await expect(done).resolves.toBeUndefined();
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
