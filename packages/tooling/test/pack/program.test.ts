import { output } from '../../src/pack/program.js';

test('answers what the program printed', async () => {
  expect(await output(process.execPath, ['-p', '6 * 7'], __dirname)).toBe('42\n');
});

test('a program that fails throws everything it said', async () => {
  const argv = ['-e', 'console.log("before"); console.error("because"); process.exit(3)'];
  await expect(output(process.execPath, argv, __dirname)).rejects.toThrow(/before\nbecause/);
});
