import { ITEM_BYTES, prepare } from '@sokker/connection';
import { Backlog } from '../src/backlog.js';

function waiting(text: string, key?: string): Parameters<Backlog['add']>[0] {
  return { message: prepare(text), compress: true, key };
}
function texts(backlog: Backlog): string[] {
  const taken: string[] = [];
  for (let oldest = backlog.take(); oldest !== undefined; oldest = backlog.take())
    taken.push(oldest.message.data.toString());
  return taken;
}

test('gives back in order, and knows its bytes', () => {
  const backlog = new Backlog();
  for (const text of ['a', 'bb', 'ccc']) backlog.add(waiting(text));
  expect([backlog.size, backlog.bytes]).toEqual([3, 6 + 3 * ITEM_BYTES]);
  expect(texts(backlog)).toEqual(['a', 'bb', 'ccc']);
  expect([backlog.size, backlog.bytes]).toEqual([0, 0]);
});

test('a newer message takes the place of the one under its key', () => {
  const backlog = new Backlog();
  expect(backlog.replace(waiting('none', 'k'))).toBeUndefined();
  for (const [text, key] of [['a', 'k'], ['b'], ['c', 'l']] as const) backlog.add(waiting(text, key));
  expect(backlog.replace(waiting('AA', 'k'))?.message.data.toString()).toBe('a');
  expect(backlog.replace(waiting('x'))).toBeUndefined();
  expect(backlog.bytes).toBe(4 + 3 * ITEM_BYTES + 4);
  expect(texts(backlog)).toEqual(['AA', 'b', 'c']);
  expect(backlog.replace(waiting('late', 'k'))).toBeUndefined();
});

test('keys count too', () => {
  const backlog = new Backlog();
  backlog.add(waiting('a', 'k'.repeat(100)));
  expect(backlog.bytes).toBe(1 + ITEM_BYTES + 200);
  backlog.replace(waiting('bb', 'k'.repeat(100)));
  expect(backlog.bytes).toBe(2 + ITEM_BYTES + 200);
  backlog.take();
  expect(backlog.bytes).toBe(0);
});
