import { Pool } from '../src/pool.js';
import { Random } from '../src/random.js';

const text = (pool: Pool): string[] => pool.found.map(String);

test('keeps what went a new way, and of one way the shortest', () => {
  const pool = new Pool();
  pool.seed(Buffer.from('seed'), 1);
  pool.offer(Buffer.from('as the seed'), 1);
  pool.offer(Buffer.from('another way'), 2);
  pool.offer(Buffer.from('a longer one of that way'), 2);
  expect(text(pool)).toEqual(['another way']);
  pool.offer(Buffer.from('shorter'), 2);
  expect(text(pool)).toEqual(['shorter']);
  expect([pool.size, pool.outcomes]).toEqual([2, 2]);
});

test('long inputs are no parents', () => {
  const pool = new Pool();
  pool.offer(Buffer.alloc(513), 1);
  expect(pool.size).toBe(0);
});

test('all are picked from', () => {
  const pool = new Pool();
  for (let i = 0; i < 200; i++) pool.seed(Buffer.of(i), i);
  const random = new Random(1);
  const picked = new Set(Array.from({ length: 5000 }, () => pool.pick(random)[0]));
  expect(picked.size).toBe(200);
});
