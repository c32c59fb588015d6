import { readArguments } from '../src/arguments.js';
import type { Gate } from '../src/gate.js';

const gates: Gate[] = ['format', 'lint', 'types'].map((name) => ({
  name,
  promise: '',
  check: () => ({ note: '', failures: [] }),
}));
const namesFor = (...argv: string[]): string[] => readArguments(argv, gates).gates.map(({ name }) => name);

describe('the command line of the check', () => {
  test.each([
    [[], ['format', 'lint', 'types']],
    [['--only', 'lint'], ['lint']],
    [['--only=types,format'], ['format', 'types']],
    [
      ['--only', 'types', '--only', 'lint'],
      ['lint', 'types'],
    ],
  ])('%j runs %j, in the order of the gates', (argv, expected) => {
    expect(namesFor(...argv)).toEqual(expected);
  });

  test('flags are off until they are given', () => {
    expect(readArguments([], gates)).toMatchObject({ only: false, update: false, help: false });
    expect(readArguments(['--update', '--help'], gates)).toMatchObject({ update: true, help: true });
  });

  test.each([
    [['--only', 'flavour'], "There is no gate 'flavour'; there are format, lint, types."],
    [['--fast'], "Unknown option '--fast'"],
    [['lint'], 'Unexpected argument'],
  ])('%j is refused', (argv, message) => {
    expect(() => namesFor(...argv)).toThrow(message);
  });
});
