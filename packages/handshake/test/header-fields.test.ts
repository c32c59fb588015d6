import { HeaderFields } from '../src/index.js';
import { judgeFields } from '../src/header-fields.js';

describe('HeaderFields', () => {
  const lines = [
    'Host',
    'a',
    'X-List',
    '1',
    'x-list',
    '2',
    'X-LIST',
    '3',
    'Cookie',
    'a=1',
    'cookie',
    'b=2',
    '__proto__',
    'p',
  ];
  const fields = (): HeaderFields => new HeaderFields(lines);

  test('finds names in any case', () => {
    expect(fields().get('HOST')).toBe('a');
    expect(fields().has('host')).toBe(true);
    expect(fields().has('x')).toBe(false);
    expect(fields().get('x')).toBeUndefined();
  });

  test('joins lines as lists, cookies as cookies', () => {
    expect(fields().get('x-list')).toBe('1, 2, 3');
    expect(fields().get('Cookie')).toBe('a=1; b=2');
    expect(fields().all('X-List')).toEqual(['1', '2', '3']);
    expect(fields().all('host')).toEqual(['a']);
    expect(fields().all('x')).toEqual([]);
  });

  test('tells what stands once', () => {
    expect(fields().only('Host')).toBe('a');
    expect(fields().only('X-List')).toBeUndefined();
    expect(fields().only('x')).toBeUndefined();
  });

  test('knows nothing of Object.prototype', () => {
    expect(fields().get('__proto__')).toBe('p');
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) expect(fields().get(name)).toBeUndefined();
  });

  test('iterates over names once each', () => {
    expect([...fields()]).toEqual([
      ['host', 'a'],
      ['x-list', '1, 2, 3'],
      ['cookie', 'a=1; b=2'],
      ['__proto__', 'p'],
    ]);
  });

  test('a name without a value is no field', () => {
    expect([...new HeaderFields(['A', '1', 'B'])]).toEqual([['a', '1']]);
  });
});

describe('judgeFields', () => {
  const limits = { maxHeadBytes: 64, maxHeaders: 2 };

  test.each([
    ['three headers', ['A', '1', 'B', '2', 'C', '3'], 'ERR_SOKKER_TOO_MANY_HEADERS', 431, '3 > 2'],
    ['65 bytes', ['A', 'a'.repeat(54)], 'ERR_SOKKER_HEAD_TOO_BIG', 431, 'more than 64 bytes'],
    ['a name that is no token', ['A b', '1'], 'ERR_SOKKER_HEADER_NAME', 400, ''],
    ['a value with a control character', ['A', '\0'], 'ERR_SOKKER_HEADER_VALUE', 400, ''],
  ])('refuses %s; a client’s error has no status', (_, rawHeaders, code, status, detail) => {
    for (const role of ['server', 'client'] as const) {
      const judge = (): unknown => judgeFields(rawHeaders, limits, 2, role);
      expect(judge).toThrow(expect.objectContaining({ code, status: role === 'server' ? status : undefined }));
      expect(judge).toThrow(detail);
    }
  });

  test('64 bytes in two headers pass; names without values are the caller’s mistake', () => {
    const fields = judgeFields(['A', 'a'.repeat(48), 'B', ''], limits, 2, 'server');
    expect(fields.get('b')).toBe('');
    const odd = (): unknown => judgeFields(['A'], limits, 2, 'server');
    expect(odd).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_ARGUMENT' }));
    expect(odd).toThrow('rawHeaders must be names and values');
  });
});
