import { permessageDeflate } from '../src/index.js';
import { DEFLATE_OPTIONS, PRESETS, readDeflateOptions, type DeflateOptions } from '../src/options.js';

test('left out, they are those of the shared preset', () => {
  expect(readDeflateOptions(undefined)).toEqual({
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
    memLevel: 8,
    level: 3,
    thresholdBytes: 1024,
    maxRatio: Infinity,
    maxWarmConnections: 512,
  });
});

test('what is said beside a preset wins over it', () => {
  const found = readDeflateOptions({ preset: '112KiB', serverMaxWindowBits: 12, clientNoContextTakeover: true });
  expect(found).toMatchObject({ serverMaxWindowBits: 12, clientMaxWindowBits: 10, memLevel: 4 });
  expect(found).toMatchObject({ serverNoContextTakeover: false, clientNoContextTakeover: true });
});

test('every preset is a choice', () => {
  expect(Object.keys(PRESETS)).toEqual(DEFLATE_OPTIONS.preset.values);
});

test.each<[string, object]>([
  ['an unknown name', { windowBits: 15 }],
  ['a preset there is not', { preset: '1GiB' }],
  ['7 window bits', { serverMaxWindowBits: 7 }],
  ['16 window bits', { clientMaxWindowBits: 16 }],
  ['window bits as text', { clientMaxWindowBits: '15' }],
  ['half a window bit', { serverMaxWindowBits: 9.5 }],
  ['a flag as a number', { serverNoContextTakeover: 1 }],
  ['level 0', { level: 0 }],
  ['level 10', { level: 10 }],
  ['memory level 0', { memLevel: 0 }],
  ['a threshold below 0', { thresholdBytes: -1 }],
  ['a ratio below 1', { maxRatio: 0.5 }],
  ['no object', 15 as unknown as object],
])('%s is refused at construction', (_, options) => {
  expect(() => permessageDeflate(options as DeflateOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_SOKKER_OPTION' }),
  );
});
