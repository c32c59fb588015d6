import { markShared } from '../src/shared-memory.js';

test('marked memory stays where it is', () => {
  const memory = new ArrayBuffer(8);
  markShared(memory);
  try {
    structuredClone(memory, { transfer: [memory] });
  } catch {
    // Node.js 21 and later refuse.
  }
  expect(memory.byteLength).toBe(8);
});

test.each<[string, unknown]>([
  ['no process', undefined],
  ['a process that gives no modules', {}],
  ['one without that module', { getBuiltinModule: () => undefined }],
  ['a module without the mark', { getBuiltinModule: () => ({}) }],
])('without effect where there is %s', (_, given) => {
  const { process: present } = globalThis;
  jest.isolateModules(() => {
    Object.assign(globalThis, { process: given });
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { markShared: mark } = require('../src/shared-memory.js') as typeof import('../src/shared-memory.js');
      const memory = new ArrayBuffer(8);
      mark(memory);
      structuredClone(memory, { transfer: [memory] });
      expect(memory.byteLength).toBe(0);
    } finally {
      Object.assign(globalThis, { process: present });
    }
  });
});
