/** The texts of family D, valid and not, each built from what UTF-8 is (RFC 3629 §3, §4). */

export interface Vector {
  readonly group: string;
  readonly name: string;
  readonly hex: string;
  readonly why: string;
}

const utf8Of = (codePoint: number): string => Buffer.from(String.fromCodePoint(codePoint)).toString('hex');
const nameOf = (codePoint: number): string => `u-${codePoint.toString(16).padStart(4, '0')}`;
const label = (codePoint: number): string => `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;

function codePoints(group: string, list: readonly number[], why: (name: string) => string): Vector[] {
  return list.map((point) => ({ group, name: nameOf(point), hex: utf8Of(point), why: why(label(point)) }));
}

function table(group: string, rows: readonly (readonly [name: string, hex: string, why: string])[]): Vector[] {
  return rows.map(([name, hex, why]) => ({ group, name, hex, why }));
}

/** First and last code point of each length. */
const EDGES = [0x00, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff];
/** Around the surrogates, and around each change of the second byte's range. */
const NEIGHBOURS = [0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfffd, 0x3ffff, 0x40000, 0xfffff, 0x100000];
const PLANES = Array.from({ length: 17 }, (_, plane) => plane * 0x10000);
const NON_CHARACTERS = [...PLANES.flatMap((plane) => [plane + 0xfffe, plane + 0xffff]), 0xfdd0, 0xfdef];

export const VALID_VECTORS: readonly Vector[] = [
  ...codePoints('edges', EDGES, (point) => `${point} is the first or last code point of its length.`),
  ...codePoints('neighbours', NEIGHBOURS, (point) => `${point} stands beside a change in what the second byte may be.`),
  ...codePoints('non-characters', NON_CHARACTERS, (point) => `${point} is a non-character, and valid in UTF-8.`),
  ...table('valid', [
    ['ascii', Buffer.from('Hello, ASCII').toString('hex'), 'ASCII is UTF-8.'],
    ['two-bytes', Buffer.from('grüße ёж').toString('hex'), 'Code points of two bytes.'],
    ['three-bytes', Buffer.from('κόσμε 日本語 ₿').toString('hex'), 'Code points of three bytes.'],
    ['four-bytes', Buffer.from('👩‍👩‍👧 𝄞 🏴').toString('hex'), 'Code points of four bytes, some joined.'],
    ['byte-order-mark', 'efbbbf' + '61', 'A byte order mark belongs to the text and is kept.'],
    ['byte-order-mark-inside', '61' + 'efbbbf' + '62', 'A byte order mark inside the text is a character.'],
    ['nul-inside', '610062', 'NUL is a character like any other.'],
    ['replacement-character', 'efbfbd', 'U+FFFD in the text is no sign of an error.'],
    ['controls', '0109 0a0d 1b7f c285'.replaceAll(' ', ''), 'Control characters are valid text.'],
    ['combining', '65cc8165cc80cc81', 'Text need not be normalised.'],
  ]),
];

/** κόσμε: every proper cut that is not between code points. */
const GREEK = Buffer.from('κόσμε');
const GREEK_CUTS = Array.from(GREEK.keys())
  .slice(1)
  .filter((at) => ((GREEK[at] ?? 0) & 0xc0) === 0x80)
  .map(
    (at) =>
      [`greek-${at}`, GREEK.toString('hex', 0, at), `The text is cut after ${at} bytes, inside a code point.`] as const,
  );

const LEADS = ['c2', 'df', 'e0', 'e1', 'ec', 'ed', 'ee', 'ef', 'f0', 'f1', 'f3', 'f4'];

/** The lead, then as many continuations as make it one short of a code point. */
const CUT_LEADS = LEADS.flatMap((lead) => {
  const second = lead === 'e0' ? 'a0' : lead === 'f0' ? '90' : '80';
  const following = lead < 'e0' ? 0 : lead < 'f0' ? 1 : 2;
  const hex = lead + (following > 0 ? second : '') + (following > 1 ? '80' : '');
  return [
    [`${lead}-at-end`, hex, `The text ends one byte before the code point that ${lead} begins is whole.`] as const,
  ];
});

const INTERRUPTED = LEADS.map(
  (lead) => [`${lead}-then-ascii`, `${lead}20`, `After ${lead} a continuation must follow, not a blank.`] as const,
);

const OVERLONG = [
  ['slash-in-2', 'c0af', 'A slash in two bytes is overlong.'],
  ['slash-in-3', 'e080af', 'A slash in three bytes is overlong.'],
  ['slash-in-4', 'f08080af', 'A slash in four bytes is overlong.'],
  ['slash-in-5', 'f8808080af', 'Five bytes are no UTF-8, and a slash in them least of all.'],
  ['slash-in-6', 'fc80808080af', 'Six bytes are no UTF-8, and a slash in them least of all.'],
  ['greatest-in-2', 'c1bf', 'U+007F in two bytes is overlong.'],
  ['greatest-in-3', 'e09fbf', 'U+07FF in three bytes is overlong.'],
  ['greatest-in-4', 'f08fbfbf', 'U+FFFF in four bytes is overlong.'],
  ['greatest-in-5', 'f887bfbfbf', 'U+1FFFFF in five bytes: five bytes are no UTF-8.'],
  ['greatest-in-6', 'fc83bfbfbfbf', 'U+3FFFFFF in six bytes: six bytes are no UTF-8.'],
  ['nul-in-2', 'c080', 'NUL in two bytes, as some languages write it, is overlong.'],
  ['nul-in-3', 'e08080', 'NUL in three bytes is overlong.'],
  ['nul-in-4', 'f0808080', 'NUL in four bytes is overlong.'],
  ['nul-in-5', 'f880808080', 'NUL in five bytes: five bytes are no UTF-8.'],
  ['nul-in-6', 'fc8080808080', 'NUL in six bytes: six bytes are no UTF-8.'],
] as const;

const SURROGATES = ['d800', 'db7f', 'db80', 'dbff', 'dc00', 'df80', 'dfff'];
const HIGH = ['d800', 'db7f', 'db80', 'dbff'];
const LOW = ['dc00', 'dfff'];

/** How UTF-8 would write a surrogate if it could. */
function surrogateHex(point: string): string {
  const value = parseInt(point, 16);
  return Buffer.from([0xe0 | (value >> 12), 0x80 | ((value >> 6) & 63), 0x80 | (value & 63)]).toString('hex');
}

export const INVALID_VECTORS: readonly Vector[] = [
  ...table('cut', GREEK_CUTS),
  ...table('cut', CUT_LEADS),
  ...table('interrupted', INTERRUPTED),
  ...table('overlong', OVERLONG),
  ...table(
    'surrogates',
    SURROGATES.map((point) => [
      point,
      surrogateHex(point),
      `U+${point.toUpperCase()} is a surrogate, which UTF-8 cannot hold.`,
    ]),
  ),
  ...table(
    'surrogate-pairs',
    HIGH.flatMap((high) =>
      LOW.map((low) => [
        `${high}-${low}`,
        surrogateHex(high) + surrogateHex(low),
        'Two surrogates do not make a code point in UTF-8.',
      ]),
    ),
  ),
  ...table('beyond', [
    ['u-110000', 'f4908080', 'U+110000, the first code point that does not exist.'],
    ['u-13ffff', 'f4bfbfbf', 'U+13FFFF would need a lead that Unicode stops before.'],
    ['u-140000', 'f5808080', 'f5 leads beyond Unicode.'],
    ['u-1fffff', 'f7bfbfbf', 'f7 leads to the last number of four bytes, far beyond Unicode.'],
    ['first-of-5', 'f888808080', 'Five bytes are no UTF-8.'],
    ['last-of-5', 'fbbfbfbfbf', 'Five bytes are no UTF-8.'],
    ['first-of-6', 'fc8480808080', 'Six bytes are no UTF-8.'],
    ['last-of-6', 'fdbfbfbfbfbf', 'Six bytes are no UTF-8.'],
  ]),
  ...table('lonely', [
    ['80', '80', 'A continuation byte that continues nothing.'],
    ['bf', 'bf', 'A continuation byte that continues nothing.'],
    ['two', '80bf', 'Continuation bytes that continue nothing.'],
    ['seven', '80bf80bf80bf80', 'Continuation bytes that continue nothing.'],
    ['after-ascii', '6180', 'A continuation byte after ASCII.'],
    ['after-two', 'c3a980', 'One continuation byte too many.'],
    ['after-three', 'e282acbf', 'One continuation byte too many.'],
    ['after-four', 'f09f8e8980', 'One continuation byte too many.'],
    [
      'all',
      Array.from({ length: 64 }, (_, at) => (0x80 + at).toString(16)).join(''),
      'All continuation bytes in a row.',
    ],
  ]),
  ...table('impossible', [
    ['fe', 'fe', 'fe is in no UTF-8 text.'],
    ['ff', 'ff', 'ff is in no UTF-8 text.'],
    ['fe-ff', 'feff', 'The byte order mark of UTF-16 is no UTF-8.'],
    ['ff-inside', '6162ff6364', 'ff is in no UTF-8 text, after good bytes either.'],
    ['latin-1', 'e9', 'é as Latin-1 writes it.'],
  ]),
  ...table('concatenated', [
    ['incomplete', 'c0e080f08080f8808080', 'Incomplete sequences one after the other.'],
    [
      'good-then-bad',
      Buffer.from('κόσμε').toString('hex') + 'eda080' + Buffer.from('edited').toString('hex'),
      'Good text, a surrogate, good text.',
    ],
    [
      'good-then-beyond',
      Buffer.from('κόσμε').toString('hex') + 'f4908080' + Buffer.from('edited').toString('hex'),
      'Good text, U+110000, good text.',
    ],
  ]),
];
