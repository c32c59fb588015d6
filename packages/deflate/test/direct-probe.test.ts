import { directInflateStream } from '../src/streams.js';

/** A zlib whose handles look different, as those of another runtime may. */
function engineWith(change: (handle: { writeSync?: unknown }, stream: Record<string, unknown>) => void): string {
  let found = '';
  jest.isolateModules(() => {
    jest.doMock('node:zlib', () => {
      const zlib = jest.requireActual<typeof import('node:zlib')>('node:zlib');
      const changed = (make: typeof zlib.createInflateRaw) => (options: object) => {
        const stream = make(options) as unknown as Record<string, unknown>;
        change(stream._handle as object, stream);
        return stream;
      };
      return { ...zlib, createInflateRaw: changed(zlib.createInflateRaw) };
    });
    const probe: { engine(): string } = jest.requireActual('../src/direct-probe');
    found = probe.engine();
    jest.dontMock('node:zlib');
  });
  return found;
}

/** Takes an object of options, as zlib may one day. */
const callingOtherwise: Parameters<typeof engineWith>[0] = (handle, stream) => {
  handle.writeSync = () => {};
  stream._processChunk = (chunk: Buffer, flush: number) => {
    (handle.writeSync as (...call: unknown[]) => void)({ chunk, flush });
    return Buffer.from('Hello');
  };
};

/** zlib goes on writing to the array it was given, which therefore has to stay; and Node reads it for its own write. */
const withOtherCounts: Parameters<typeof engineWith>[0] = (_, stream) => {
  if (stream._chunkSize === 64) Object.assign(stream, { counts: stream._writeState, _writeState: new Uint32Array(2) });
};

test('on this Node zlib is written to directly', () => {
  expect(engineWith(() => {})).toBe('direct');
});

test.each<[string, Parameters<typeof engineWith>[0]]>([
  ['there is no handle', (_, stream) => (stream._handle = null)],
  ['the handle has no such write', (handle) => (handle.writeSync = undefined)],
  ['Node itself does not use it', (_, stream) => (stream._processChunk = () => Buffer.from('Hello'))],
  ['there is no synchronous use of it', (_, stream) => (stream._processChunk = undefined)],
  ['Node calls it in another way', callingOtherwise],
  ['the counts stand elsewhere', withOtherCounts],
])('where %s, only documented calls are made', (_, change) => {
  expect(engineWith(change)).toBe('stream');
});

test('the handle of a stream is left as it was', () => {
  const { _handle } = directInflateStream(15) as unknown as { _handle: object };
  expect(Object.hasOwn(_handle, 'writeSync')).toBe(false);
});
