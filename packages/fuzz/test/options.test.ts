import { availableParallelism } from 'node:os';
import { parseCommand } from '../src/options.js';

test('what stands when nothing is given', () => {
  expect(parseCommand([])).toMatchObject({ executions: 100_000, minutes: Infinity, seed: 1, grow: false });
});

test('as many targets at a time as there are processors, or as many as one says', () => {
  expect(parseCommand([]).jobs).toBe(availableParallelism());
  expect(parseCommand(['--jobs', '3']).jobs).toBe(3);
});

test('numbers may have underscores; minutes take the bound off executions', () => {
  expect(parseCommand(['--executions', '10_000_000', '--seed', '9'])).toMatchObject({ executions: 1e7, seed: 9 });
  expect(parseCommand(['--minutes', '0.5'])).toMatchObject({ executions: Infinity, minutes: 0.5 });
  expect(parseCommand(['--target', 'a,b']).targets).toEqual(['a', 'b']);
});

test.each([
  ['--executions', 'many'],
  ['--executions', '-1'],
  ['--seed', '1.5'],
  ['--minutes', '0'],
  ['--jobs', '0'],
  ['--colour', 'red'],
])(
  // prettier-ignore
  '%s %s is refused',
  (name, value) => {
    expect(() => parseCommand([name, value])).toThrow(name);
  },
);
