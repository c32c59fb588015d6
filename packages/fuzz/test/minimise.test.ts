import { minimise } from '../src/minimise.js';

const shrink = async (input: string, settings: number, fails: (text: string) => boolean): Promise<string> => {
  const smallest = await minimise(Buffer.from(input), settings, async (candidate) =>
    fails(candidate.toString('latin1')),
  );
  return smallest.toString('latin1');
};

test.each([
  ['one letter of many', 'aaaaaaaaaaaaaaaaXaaaaaaaaaaaa', 0, (text: string) => text.includes('X'), 'X'],
  ['two letters far apart', 'qqXqqqqqqqqqqqqqqqqqYqq', 0, (text: string) => /X.*Y/.test(text), 'XY'],
  ['settings stay, and become plain', '79bcdefX', 2, (text: string) => text.endsWith('X') && text.length >= 3, '\0\0X'],
  ['a length that matters', 'bcdefgh', 0, (text: string) => text.length >= 3, '\0\0\0'],
  ['a byte that may be anything but zero', 'zzzz', 0, (text: string) => !text.includes('\0') && text.length > 0, 'a'],
  ['what needs all of it', 'needed', 0, (text: string) => text === 'needed', 'needed'],
])('%s', async (_, input, settings, fails, expected) => {
  expect(await shrink(input, settings, fails)).toBe(expected);
});

test('it ends, however slowly the input shrinks', async () => {
  let tries = 0;
  await minimise(Buffer.alloc(20_000, 'ab'), 0, async (candidate) => ++tries > 0 && candidate.length === 20_000);
  expect(tries).toBeLessThanOrEqual(5000);
});
