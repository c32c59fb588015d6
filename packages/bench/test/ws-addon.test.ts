import { createRequire } from 'node:module';
import { checkNative } from '../src/ws-addon.js';

const load = createRequire(__filename);

test("masking in native code passes, the add-on's stand-in in JavaScript does not", () => {
  const { mask } = load('bufferutil/fallback.js') as { readonly mask: unknown };
  expect(() => checkNative(Math.max)).not.toThrow();
  expect(() => checkNative(mask)).toThrow(/no native binding/);
});

test('what was never loaded does not pass', () => {
  expect(() => checkNative(undefined)).toThrow(/was not loaded/);
});
