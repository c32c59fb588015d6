import { bytesOf, hexOf, random } from '@sokker/testkit';
import { isFrom, ORIGIN_BYTES, seal, unseal, type Envelope } from '../src/envelope.js';

const ORIGIN = Buffer.alloc(ORIGIN_BYTES, 0xab);
const O = 'ab '.repeat(ORIGIN_BYTES).trim();

const rows: readonly (readonly [what: string, hex: string, envelope: Omit<Envelope, 'payload'>, payload: string])[] = [
  ['text', `01 01 ${O} 48 69`, { type: 'text', key: undefined, compress: true }, '48 69'],
  ['bytes', `01 00 ${O} ff`, { type: 'binary', key: undefined, compress: true }, 'ff'],
  ['nothing', `01 01 ${O}`, { type: 'text', key: undefined, compress: true }, ''],
  ['what is not to be compressed', `01 02 ${O} 00`, { type: 'binary', key: undefined, compress: false }, '00'],
  ['a key', `01 05 ${O} 00 03 e2 82 ac 78`, { type: 'text', key: '€', compress: true }, '78'],
  ['a key of nothing', `01 04 ${O} 00 00 01`, { type: 'binary', key: '', compress: true }, '01'],
  ['all of it', `01 07 ${O} 00 01 6b`, { type: 'text', key: 'k', compress: false }, ''],
];

test.each(rows)('%s is sealed and unsealed', (_, hex, envelope, payload) => {
  const whole = { ...envelope, payload: Buffer.from(bytesOf(payload)) };
  const sealed = seal(whole, ORIGIN);
  expect(hexOf(sealed)).toBe(hexOf(bytesOf(hex)));
  expect(sealed.buffer.byteLength).toBe(sealed.length);
  expect(unseal(sealed)).toEqual(whole);
});

const broken: readonly (readonly [what: string, hex: string, detail: string])[] = [
  ['nothing', '', '0 bytes'],
  ['a head that is cut', `01 01 ${O.slice(0, -3)}`, '17 bytes'],
  ['another version', `02 00 ${O}`, 'version 2'],
  ['flags of the future', `01 08 ${O}`, 'flags 8'],
  ['a key without length', `01 04 ${O} 00`, 'a key without length'],
  ['a key that is cut', `01 04 ${O} 00 02 6b`, 'a key that is cut'],
  ['a key that is not UTF-8', `01 04 ${O} 00 01 ff`, 'a key that is not UTF-8'],
  ['text that is not UTF-8', `01 01 ${O} c3 28`, 'text that is not UTF-8'],
];

test.each(broken)('%s is refused', (_, hex, detail) => {
  const refused = expect.objectContaining({ code: 'ERR_SOKKER_ENVELOPE', message: expect.stringContaining(detail) });
  expect(() => unseal(Buffer.from(bytesOf(hex)))).toThrow(refused as Error);
});

test('the payload is a copy: what it came in may be written again', () => {
  const sealed = seal({ type: 'text', payload: Buffer.from('kept'), key: undefined, compress: true }, ORIGIN);
  const { payload } = unseal(sealed);
  sealed.fill(0);
  expect(payload.toString()).toBe('kept');
});

test('who sealed it is told from others, and from what is too short', () => {
  const sealed = seal({ type: 'binary', payload: Buffer.alloc(0), key: undefined, compress: true }, ORIGIN);
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
      bytes[1] = Math.floor(next() * 8);
    }
    try {
      expect(seal(unseal(bytes), bytes.subarray(2, 18)).equals(bytes)).toBe(true);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SOKKER_ENVELOPE')
        throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
