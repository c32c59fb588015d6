import { StartError } from '../../program.js';
import { readOptions } from '../options.js';

test.each([[['--gib', '0']], [['--gib', 'much']], [['--form', 'pieces']], [['--kind', 'json']]])(
  '%j is refused with the usage',
  (args) => {
    expect(() => readOptions(args)).toThrow(StartError);
    expect(() => readOptions(args)).toThrow(/^Usage: npm run upload -- --gib N/);
  },
);

test('a fraction of a GiB, and what nothing was said about', () => {
  expect(readOptions(['--gib', '0.25'])).toEqual({ bytes: 2 ** 28, form: 'fragments', kind: 'binary' });
});
