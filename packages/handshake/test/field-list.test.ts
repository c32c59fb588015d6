import { listMembers, listNames, trimSpace } from '../src/field-list.js';

describe('listMembers (RFC 9110 §5.6.1)', () => {
  test.each([
    [[], []],
    [['a'], ['a']],
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    [[' a\t, b '], ['a', 'b']],
    [[',a,,b,'], ['a', 'b']],
    [['a b'], ['a b']],
    [['\u00a0a'], ['\u00a0a']],
  ])('%j is %j', (lines, members) => {
    expect(listMembers(lines)).toEqual(members);
  });

  test('takes 64 members and 8 empty ones, and not one more', () => {
    expect(listMembers([Array(64).fill('a').join()])).toHaveLength(64);
    expect(() => listMembers([Array(65).fill('a').join()])).toThrow(expect.objectContaining({ status: 400 }));
    expect(listMembers([',,,,,,,'])).toEqual([]);
    expect(() => listMembers([',,,,,,,,'], 'client')).toThrow(expect.objectContaining({ status: undefined }));
    expect(() => listMembers([',,,,,,,,'])).toThrow('more than 64 members, or 8 empty ones');
  });
});

test('listNames compares whole members, in any case', () => {
  expect(listNames(['x, WebSocket'], 'websocket')).toBe(true);
  expect(listNames(['websocket/13', 'notwebsocket', 'web socket'], 'websocket')).toBe(false);
  expect(() => listNames([',,,,,,,,'], 'websocket')).toThrow(expect.objectContaining({ status: 400 }));
});

test('trimSpace takes SP and HTAB, nothing else', () => {
  expect(trimSpace(' \ta b\t ')).toBe('a b');
  expect(trimSpace('\u00a0a\u2028')).toBe('\u00a0a\u2028');
  expect(trimSpace(' \t ')).toBe('');
});
