import { createRequire } from 'node:module';
import { checkNative } from '../src/ws-addon.js';

function maskOf(name: string): unknown {
  return (createRequire(__filename)(name) as { readonly mask: unknown }).mask;
}

test("the add-on's own masking passes, its stand-in in JavaScript does not", () => {
  expect(() => checkNative(maskOf('bufferutil'))).not.toThrow();
  expect(() => checkNative(maskOf('bufferutil/fallback.js'))).toThrow(/no native binding/);
});

test('what was never loaded does not pass', () => {
  expect(() => checkNative(undefined)).toThrow(/was not loaded/);
});
