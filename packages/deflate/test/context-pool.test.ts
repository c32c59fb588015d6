import { ContextPool, PoolRegistry, type Reusable } from '../src/context-pool.js';

class Toy implements Reusable {
  broken = false;
  resets = 0;
  closed = false;

  reset(): void {
    this.resets++;
  }

  close(): void {
    this.closed = true;
  }
}

test('what was given back is reset and taken again', () => {
  const pool = new ContextPool(() => new Toy());
  const toy = pool.take();
  pool.give(toy);
  expect(toy.resets).toBe(1);
  expect(pool.take()).toBe(toy);
  expect(pool.take()).not.toBe(toy);
});

test('broken ones and more than four are closed', () => {
  const pool = new ContextPool(() => new Toy());
  const toys = Array.from({ length: 6 }, () => pool.take());
  toys[0]!.broken = true;
  for (const toy of toys) pool.give(toy);
  expect(toys.map(({ closed }) => closed)).toEqual([true, false, false, false, false, true]);
  expect(toys[0]!.resets).toBe(0);
});

test('one pool for each key', () => {
  const pools = new PoolRegistry<number, Toy>(() => new Toy(), String);
  expect(pools.for(9)).toBe(pools.for(9));
  expect(pools.for(9)).not.toBe(pools.for(10));
});
