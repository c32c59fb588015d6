import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../generate/families.js';
import { serialise } from '../generate/serialise.js';
import { bytesOf, fixtures } from '../src/index.js';

const folder = join(__dirname, '..', 'fixtures');
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const validate = new Ajv({ allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  JSON.parse(textOf('schema.json')) as object,
);
const loaded = Object.values(fixtures);
/** Counts that a release must not fall below. */
const LEAST = { A: 322, B: 96, C: 60, D: 185, E: 40, F: 64, G: 90, H: 45, I: 24, J: 30, K: 28 };

test('every file follows the schema', () => {
  const files = readdirSync(folder).filter((file) => file !== 'schema.json');
  expect(files.sort()).toEqual(loaded.map(({ family }) => `${family}.json`).sort());
  for (const file of files) {
    const valid = validate(JSON.parse(textOf(file)));
    expect({ file, errors: valid ? [] : validate.errors?.slice(0, 3) }).toEqual({ file, errors: [] });
  }
});

test('every file is what the generator writes', () => {
  for (const family of families()) expect(textOf(`${family.family}.json`)).toBe(serialise(family));
});

test.each(Object.entries(LEAST))('family %s has at least %i fixtures', (letter, least) => {
  const family = loaded.find((candidate) => candidate.letter === letter);
  expect(family?.fixtures.length).toBeGreaterThanOrEqual(least);
});

test('ids are unique and begin with the family', () => {
  const ids = loaded.flatMap(({ family, fixtures: all }) => all.map(({ id }) => ({ id, family })));
  expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
  expect(ids.filter(({ id, family }) => !id.startsWith(`${family}/`))).toEqual([]);
});

test('detectAt is the index of a byte that is there', () => {
  const frames = [fixtures.header, fixtures.closePayload, fixtures.fragmentation, fixtures.utf8, fixtures.deflate];
  for (const { id, hex, expect: expected } of frames.flatMap((family) => family.fixtures)) {
    const { detectAt, closeCode } = expected;
    const sound = closeCode === null ? detectAt === null : detectAt !== null && detectAt < bytesOf(hex).length;
    expect({ id, sound }).toEqual({ id, sound: true });
  }
});

/** Chapters of RFC 6455 with their last subsections, from its table of contents. */
const SECTIONS_6455 = [
  '1.9',
  '2.1',
  '3',
  '4.4',
  '4.2.2',
  '5.8',
  '5.5.3',
  '6.2',
  '7.4',
  '7.1.7',
  '7.2.3',
  '7.4.2',
  '8.1',
  '9.2',
  '10.8',
  '11.9',
  '11.3.5',
];

test('every rule stands in a section that exists', () => {
  const rules = loaded.flatMap((family) => family.fixtures.map(({ rule }) => rule));
  const others = new Set(['6585', '7692', '8297', '8441', '9110', '9112', '9113', '9220']);
  const exists = ({ rfc, section }: { rfc: string; section: string }): boolean => {
    if (rfc !== '6455') return others.has(rfc);
    const cut = section.lastIndexOf('.');
    const [chapter, number] = [section.slice(0, cut + 1), Number(section.slice(cut + 1))];
    const inChapter = SECTIONS_6455.filter((last) => last.lastIndexOf('.') === cut && last.startsWith(chapter));
    return cut < 0 ? number <= 11 : inChapter.some((last) => number <= Number(last.slice(cut + 1)));
  };
  expect(rules.filter((rule) => !exists(rule))).toEqual([]);
});
