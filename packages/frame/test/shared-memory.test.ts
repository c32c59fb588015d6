import { DecoderCore, encodeFrame, Opcode } from '../src/index.js';
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

test('the last message of a chunk keeps its memory from those of other chunks', () => {
  const payload = Buffer.alloc(5000, 1);
  const wire = encodeFrame({ fin: true, rsv: 0, opcode: Opcode.binary, payload }, { role: 'client' });
  const memory = Buffer.from(new ArrayBuffer(2 * wire.length)).fill(wire);
  const views = [0, 1].map((index) => {
    const decoder = new DecoderCore({ role: 'server' });
    decoder.write(memory.subarray(index * wire.length, (index + 1) * wire.length));
    return decoder.next()?.payload;
  });
  const [one, other] = views as [Buffer, Buffer];
  expect(one.buffer).toBe(other.buffer);
  try {
    structuredClone(one, { transfer: [one.buffer as ArrayBuffer] });
  } catch {
    // Node.js 21 and later refuse.
  }
  expect(other).toHaveLength(5000);
});
