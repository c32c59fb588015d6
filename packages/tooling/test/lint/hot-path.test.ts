import { isHotPath } from '../../src/lint/hot-path.js';

describe('a file is a hot path', () => {
  test.each([
    '// Hot path: 3x at 1 KiB.',
    '/* Hot path: each byte. */',
    '/**\n * Masking.\n * Hot path: each byte.\n */',
  ])('when its head says so: %j', (head) => {
    expect(isHotPath(`${head}\nexport {};`)).toBe(true);
  });

  test.each([
    '// Hot path:',
    '// Not a hot path: rare.',
    "const text = 'Hot path: no';",
    `${'a;\n'.repeat(20)}// Hot path: late.`,
  ])('and not otherwise: %j', (text) => {
    expect(isHotPath(text)).toBe(false);
  });
});
