import { bufferOf } from '../src/view.js';

test('what is a Buffer stays as it is; other bytes are viewed as one, where they are', () => {
  const buffer = Buffer.from('ab');
  expect(bufferOf(buffer)).toBe(buffer);
  const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const view = bufferOf(bytes);
  expect([Buffer.isBuffer(view), view]).toEqual([true, Buffer.from([2, 3])]);
  bytes[0] = 9;
  expect(view[0]).toBe(9);
});
