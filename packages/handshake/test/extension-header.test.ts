import fc from 'fast-check';
import { formatExtension, HandshakeError, parseExtensions, type ExtensionEntry } from '../src/index.js';

function entry(name: string, parameters: Record<string, string | true> = {}, repeated?: string): ExtensionEntry {
  return { name, parameters: new Map(Object.entries(parameters)), repeated };
}

const LEGAL: readonly (readonly [text: string | string[], entries: ExtensionEntry[]])[] = [
  ['foo', [entry('foo')]],
  ['foo, bar; baz=2', [entry('foo'), entry('bar', { baz: '2' })]],
  [
    ['foo', 'bar; baz=2'],
    [entry('foo'), entry('bar', { baz: '2' })],
  ],
  // The examples of RFC 6455 §9.1.
  [
    'mux; max-channels=4; flow-control, deflate-stream',
    [entry('mux', { 'max-channels': '4', 'flow-control': true }), entry('deflate-stream')],
  ],
  ['a;b="10"', [entry('a', { b: '10' })]],
  ['a;b="\\1\\0"', [entry('a', { b: '10' })]],
  [' \ta\t;\tb = "c" , d ', [entry('a', { b: 'c' }), entry('d')]],
  [',,a,,b,,', [entry('a'), entry('b')]],
  ['a; b; b=1; c; c', [entry('a', { b: true, c: true }, 'b')]],
  ["!#$%&'*+-.^_`|~09azAZ", [entry("!#$%&'*+-.^_`|~09azAZ")]],
  [
    '__proto__; constructor=1; __proto__',
    [
      {
        name: '__proto__',
        parameters: new Map<string, string | true>([
          ['constructor', '1'],
          ['__proto__', true],
        ]),
        repeated: undefined,
      },
    ],
  ],
];

const MALFORMED = [
  '',
  ' ',
  ',',
  ';',
  'a;',
  'a;;b',
  'a=',
  'a=b',
  'a;=b',
  'a;b=',
  'a;b="',
  'a;b=""',
  'a;b="c',
  'a;b="c d"',
  'a;b="c,d"',
  'a;b="\\',
  'a;b="\\"',
  'a;b="\\""',
  'a;b="\x01"',
  'a;b=c d',
  'a b',
  'a;b="c"d',
  '"a"',
  'a\x00',
  'a\x7f',
  'a\x80',
  'a;b=\u0130',
  'a\r\n',
  'a/b',
  'a;b=c=d',
  'a;b;',
  'a,;',
];

describe('parseExtensions (RFC 6455 §9.1)', () => {
  for (const [text, entries] of LEGAL) {
    test(`reads ${JSON.stringify(text)}`, () => expect(parseExtensions(text)).toEqual(entries));
  }

  for (const text of MALFORMED) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseExtensions(text)).toThrow(
        expect.objectContaining({ code: 'ERR_SOKKER_EXTENSIONS', status: 400 }),
      );
      expect(() => parseExtensions(text, 'client')).toThrow(expect.objectContaining({ status: undefined }));
    });
  }

  test('says where the grammar breaks', () => {
    expect(() => parseExtensions('a; b="c')).toThrow(/: at character 7 \(RFC 6455 §9\.1\)$/);
  });

  test.each([
    ['64 members', Array(64).fill('a').join(), true],
    ['65 members', Array(65).fill('a').join(), false],
    ['64 parameters', `a${';b'.repeat(64)}`, true],
    ['65 parameters', `a${';b'.repeat(65)}`, false],
    ['8 empty members', `a${','.repeat(8)}`, true],
    ['9 empty members', `a${','.repeat(9)}`, false],
    ['16 KiB', `a;b=${'c'.repeat(16384 - 4)}`, true],
    ['16 KiB and a byte', `a;b=${'c'.repeat(16384 - 3)}`, false],
  ])('bounds: %s', (_name, text, isTaken) => {
    if (isTaken) expect(parseExtensions(text).length).toBeGreaterThan(0);
    else expect(() => parseExtensions(text)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_LIST' }));
  });

  test('looks at each character a bounded number of times', () => {
    const spy = jest.spyOn(String.prototype, 'charCodeAt');
    try {
      for (const piece of [' ', ',', ';', '"', '\\', 'a', 'a;', 'a,', 'a;b=c', 'a;b="c', '\t, ', '="']) {
        const text = piece.repeat(Math.floor(16384 / piece.length));
        for (const each of [text, `a;b="${text.slice(5)}`, `a${text.slice(1)}`]) {
          spy.mockClear();
          try {
            parseExtensions(each);
          } catch (error) {
            expect(error).toBeInstanceOf(HandshakeError);
          }
          expect(spy.mock.calls.length).toBeLessThanOrEqual(5 * each.length + 16);
        }
      }
    } finally {
      spy.mockRestore();
    }
  });

  test('whatever the text: entries that are written and read again alike, or a HandshakeError', () => {
    const piece = fc.constantFrom('a', 'bc', ' ', '\t', ',', ';', '=', '"', '\\', '\0', 'é', 'x=1', '; y', '="z"');
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (header) => {
        let entries: ExtensionEntry[];
        try {
          entries = parseExtensions(header);
        } catch (error) {
          expect(error).toBeInstanceOf(HandshakeError);
          return;
        }
        const written = entries.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ');
        expect(parseExtensions(written)).toEqual(entries.map((each) => ({ ...each, repeated: undefined })));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('formatExtension', () => {
  test('writes tokens', () => {
    expect(
      formatExtension(
        'a',
        new Map<string, string | true>([
          ['b', true],
          ['c', '1'],
        ]),
      ),
    ).toBe('a; b; c=1');
  });

  test.each([
    ['a b', new Map()],
    ['a', new Map([['b\r\nX: 1', true]])],
    ['a', new Map([['b', 'c\r\n']])],
    ['a', new Map([['b', '']])],
    ['a', new Map([['b', 10]])],
    ['a', new Map([['b', ['c']]])],
  ])('refuses %p %p', (name, parameters) => {
    expect(() => formatExtension(name, parameters as unknown as Map<string, true>)).toThrow(
      expect.objectContaining({
        code: 'ERR_SOKKER_ARGUMENT',
        message: `extension '${name}': names and parameters must be tokens`,
      }),
    );
  });
});
