import { bytesOf, hexOf, random } from '@sokker/testkit';
import { isFrom, ORIGIN_BYTES, seal, unseal, type Envelope } from '../src/envelope.js';

const ORIGIN = Buffer.alloc(ORIGIN_BYTES, 0xab);
/** As `broadcast` without options. */
const PLAIN = { key: undefined, except: undefined, compress: true };
const O = 'ab '.repeat(ORIGIN_BYTES).trim();

const rows: readonly (readonly [what: string, hex: string, envelope: Omit<Envelope, 'payload'>, payload: string])[] = [
  ['text', `01 01 ${O} 48 69`, { type: 'text', ...PLAIN }, '48 69'],
  ['bytes', `01 00 ${O} ff`, { type: 'binary', ...PLAIN }, 'ff'],
  ['nothing', `01 01 ${O}`, { type: 'text', ...PLAIN }, ''],
  ['what is not to be compressed', `01 02 ${O} 00`, { type: 'binary', ...PLAIN, compress: false }, '00'],
  ['a key', `01 05 ${O} 00 03 e2 82 ac 78`, { type: 'text', ...PLAIN, key: '€' }, '78'],
  ['a key of nothing', `01 04 ${O} 00 00 01`, { type: 'binary', ...PLAIN, key: '' }, '01'],
  ['who is left out', `01 08 ${O} 00 01 74 ff`, { type: 'binary', ...PLAIN, except: 't' }, 'ff'],
  ['all of it', `01 0f ${O} 00 01 6b 00 02 c3 bc`, { type: 'text', key: 'k', except: 'ü', compress: false }, ''],
  ['a long key', `01 04 ${O} 01 00 ${'6b'.repeat(256)} 00`, { type: 'binary', ...PLAIN, key: 'k'.repeat(256) }, '00'],
];

test.each(rows)('%s is sealed and unsealed', (_, hex, envelope, payload) => {
  const whole = { ...envelope, payload: Buffer.from(bytesOf(payload)) };
  const sealed = seal(whole, ORIGIN);
  expect(hexOf(sealed)).toBe(hexOf(bytesOf(hex)));
  expect(sealed.buffer.byteLength).toBe(sealed.length);
  expect(unseal(sealed, 'all')).toEqual(whole);
});

const broken: readonly (readonly [what: string, hex: string, detail: string])[] = [
  ['nothing', '', '0 bytes'],
  ['a head that is cut', `01 01 ${O.slice(0, -3)}`, '17 bytes'],
  ['another version', `02 00 ${O}`, 'version 2'],
  ['flags of the future', `01 10 ${O}`, 'flags 16'],
  ['a key without length', `01 04 ${O} 00`, 'a name that is cut, or not UTF-8'],
  ['a key that is cut', `01 04 ${O} 00 02 6b`, 'a name that is cut, or not UTF-8'],
  ['a key that is not UTF-8', `01 04 ${O} 00 01 ff`, 'a name that is cut, or not UTF-8'],
  ['a topic that is cut', `01 0c ${O} 00 01 6b 00 02 6b`, 'a name that is cut, or not UTF-8'],
  ['a topic behind a key that is all there is', `01 0c ${O} 00 01 6b`, 'a name that is cut, or not UTF-8'],
  ['text that is not UTF-8', `01 01 ${O} c3 28`, 'text that is not UTF-8'],
];

test.each(broken)('%s is refused', (_, hex, detail) => {
  const refused = expect.objectContaining({
    code: 'ERR_SOKKER_ENVELOPE',
    message: expect.stringContaining(`${detail}, on 'topic/a'`),
  });
  expect(() => unseal(Buffer.from(bytesOf(hex)), 'topic/a')).toThrow(refused as Error);
});

test('the payload is a copy: what it came in may be written again', () => {
  const sealed = seal({ type: 'text', payload: Buffer.from('kept'), ...PLAIN }, ORIGIN);
  const { payload } = unseal(sealed, 'all');
  sealed.fill(0);
  expect(payload.toString()).toBe('kept');
});

test('who sealed it is told from others, and from what is too short', () => {
  const sealed = seal({ type: 'binary', payload: Buffer.alloc(0), ...PLAIN }, ORIGIN);
  expect(isFrom(sealed, ORIGIN)).toBe(true);
  expect(isFrom(sealed, Buffer.alloc(ORIGIN_BYTES, 0xac))).toBe(false);
  expect(isFrom(sealed.subarray(0, 10), ORIGIN)).toBe(false);
});

test('whatever comes is unsealed or refused with its code', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e9);
  const next = random(seed);
  for (let run = 0; run < 5000; run++) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(next() * 40) }, () => Math.floor(next() * 256)));
    if (bytes.length > 1 && next() < 0.9) {
      bytes[0] = 1;
      bytes[1] = Math.floor(next() * 16);
    }
    try {
      expect(seal(unseal(bytes, 'all'), bytes.subarray(2, 18)).equals(bytes)).toBe(true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SOKKER_ENVELOPE')
        throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
