import { HeaderFields } from '../src/index.js';

describe('HeaderFields', () => {
  const fields = new HeaderFields([
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
  ]);

  test('finds names in any case', () => {
    expect(fields.get('HOST')).toBe('a');
    expect(fields.has('host')).toBe(true);
    expect(fields.has('x')).toBe(false);
    expect(fields.get('x')).toBeUndefined();
  });

  test('joins lines as lists, cookies as cookies', () => {
    expect(fields.get('x-list')).toBe('1, 2, 3');
    expect(fields.get('Cookie')).toBe('a=1; b=2');
    expect(fields.all('X-List')).toEqual(['1', '2', '3']);
    expect(fields.all('host')).toEqual(['a']);
    expect(fields.all('x')).toEqual([]);
  });

  test('tells what stands once', () => {
    expect(fields.only('Host')).toBe('a');
    expect(fields.only('X-List')).toBeUndefined();
    expect(fields.only('x')).toBeUndefined();
  });

  test('knows nothing of Object.prototype', () => {
    expect(fields.get('__proto__')).toBe('p');
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) expect(fields.get(name)).toBeUndefined();
  });

  test('iterates over names once each', () => {
    expect([...fields]).toEqual([
      ['host', 'a'],
      ['x-list', '1, 2, 3'],
      ['cookie', 'a=1; b=2'],
      ['__proto__', 'p'],
    ]);
  });
});
