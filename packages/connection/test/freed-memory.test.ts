import { Buffer as NodeBuffer } from 'node:buffer';

afterEach(() => jest.restoreAllMocks());

function fresh(): () => void {
  let keep: (() => void) | undefined;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    ({ keepFreedMemory: keep } = require('../src/freed-memory.js') as { keepFreedMemory: () => void });
  });
  return keep!;
}

test('one block, large enough that the C library takes note, and no more', () => {
  const allocate = jest.spyOn(NodeBuffer, 'allocUnsafeSlow');
  const keep = fresh();
  for (let call = 0; call < 3; call++) keep();
  expect(allocate.mock.calls).toEqual([[31 * 1024 * 1024]]);
});

test('where there is no room for it, all goes on', () => {
  const allocate = jest.spyOn(NodeBuffer, 'allocUnsafeSlow').mockImplementation(() => {
    throw new RangeError('Array buffer allocation failed');
  });
  const keep = fresh();
  for (let call = 0; call < 3; call++) expect(keep).not.toThrow();
  expect(allocate).toHaveBeenCalledTimes(1);
});
