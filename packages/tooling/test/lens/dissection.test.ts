import { dissect } from '../../../../docs/.vitepress/theme/lens/dissection.js';
import { EXAMPLES } from '../../../../docs/.vitepress/theme/lens/examples.js';
import { hexOf, parseHex } from '../../../../docs/.vitepress/theme/lens/hex.js';
import { bytesOf, fixtures } from '@sokker/testkit';

test.each([
  ['81 05 48', '810548'],
  ['0x81, 0x05\n0x48', '810548'],
  ['"\\x81\\x05\\x48"', '810548'],
  ['81:05-48', '810548'],
])('%s are three bytes', (text, hex) => {
  expect(hexOf(parseHex(text).bytes).replaceAll(' ', '')).toBe(hex);
  expect(parseHex(text).problem).toBeUndefined();
});

test('what is no byte is named', () => {
  expect(parseHex('81 zz')).toMatchObject({ bytes: Uint8Array.of(0x81), problem: expect.stringContaining('“z”') });
  expect(parseHex('81 0').problem).toContain('lacks a digit');
});

const example = (name: string) => {
  const { hex, role, coded } = EXAMPLES.find((each) => each.name === name)!;
  return dissect(parseHex(hex).bytes, role, coded === undefined ? 0 : 4);
};

test('parts of a masked frame', () => {
  const { frames, messages, fault } = example('Masked text');
  expect(fault).toBeUndefined();
  expect(frames[0]?.parts.map(({ name, start, end }) => `${name} ${start}-${end}`)).toEqual([
    'start 0-1',
    'flags 1-2',
    'key 2-6',
    'payload 6-11',
  ]);
  expect(messages.map(({ data }) => Buffer.from(data).toString())).toEqual(['Hello']);
});

test('fragments become a message, and the Ping between them does not', () => {
  const { frames, messages, open } = example('Fragments, a Ping between');
  expect(frames.map(({ opcode, fin }) => [opcode, fin])).toEqual([
    [1, false],
    [9, true],
    [0, true],
  ]);
  expect([messages.length, open]).toEqual([1, false]);
});

test('a frame that is not whole says what it declares', () => {
  const { frames, fault } = example('Cut short');
  expect(fault).toBeUndefined();
  expect(frames[0]).toMatchObject({ payloadBytes: 256, whole: false, masked: true });
  expect(frames[0]?.payload).toHaveLength(3);
});

test.each([
  ['Not masked', 'ERR_SOKKER_MASK_MISSING', 1],
  ['Bad UTF-8', 'ERR_SOKKER_INVALID_UTF8', 9],
  ['Wasteful length', 'ERR_SOKKER_LENGTH_NOT_MINIMAL', 3],
  ['Reserved opcode', 'ERR_SOKKER_RESERVED_OPCODE', 0],
  ['Message inside a message', 'ERR_SOKKER_CONTINUATION_EXPECTED', 5],
  ['Close code 1005', 'ERR_SOKKER_CLOSE_CODE', 3],
])('%s: %s at byte %i', (name, code, at) => {
  expect(example(name).fault).toMatchObject({ code, at });
});

test('what follows a Close is not read', () => {
  const { frames, read, fault } = dissect(parseHex('88 00 83 00').bytes, 'client', 0);
  expect([frames.length, read, fault]).toEqual([1, 2, undefined]);
});

// The page says of every fixture what the fixture says of itself.
const judged = fixtures.header.fixtures
  .concat(fixtures.closePayload.fixtures)
  .filter(({ limits, extensions }) => Object.keys(limits).length === 0 && extensions.length === 0);

test(`${judged.length} fixtures fail where they say`, () => {
  expect(judged.length).toBeGreaterThan(300);
  for (const { id, hex, role, expect: wanted } of judged) {
    const { fault } = dissect(bytesOf(hex), role, 0);
    expect([id, fault?.closeCode ?? null, fault?.at ?? null]).toEqual([id, wanted.closeCode, wanted.detectAt]);
  }
});
