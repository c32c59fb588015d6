import { trueBytes } from '../src/true-bytes.js';

test('the size that a view has, not the one it claims', () => {
  const view = Buffer.from('Hello');
  expect(trueBytes(view)).toBe(5);
  for (const name of ['length', 'byteLength']) Object.defineProperty(view, name, { value: 4096 });
  expect([view.length, trueBytes(view)]).toEqual([4096, 5]);
  expect(trueBytes(new Uint8Array(0))).toBe(0);
});
