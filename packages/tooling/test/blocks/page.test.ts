import { blocksOf, isPrinted } from '../../src/blocks/page.js';

const fence = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;

test('scripts are run, in order; shapes, pages and other languages are not', () => {
  const page = [
    fence('ts', 'one()'),
    fence('ts sketch', 'interface Shape {}'),
    fence('js browser', 'document.title'),
    fence('sh', 'npm start'),
    fence('js', 'two()'),
  ].join('');
  expect(blocksOf(page)).toEqual([
    { line: 1, code: 'one()', output: undefined },
    { line: 13, code: 'two()', output: undefined },
  ]);
});

test('an output block binds the one before it', () => {
  const page = `${fence('ts', 'console.log(1)')}which prints\n${fence('text output', '1')}${fence('text', 'any')}`;
  expect(blocksOf(page)).toEqual([{ line: 1, code: 'console.log(1)', output: '1' }]);
});

test.each([
  ['a\nb', 'a \nb\n', true],
  ['a', 'b', false],
  ['a', 'a\na', false],
])('%j of %j: %s', (promised, printed, same) => {
  expect(isPrinted(promised, printed)).toBe(same);
});
