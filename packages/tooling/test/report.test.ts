import { gateLines, helpText, summaryLine } from '../src/report.js';
import type { Outcome } from '../src/runner.js';

const outcome = (name: string, failures: string[] = []): Outcome => ({
  gate: { name, promise: `promises ${name}`, check: () => ({ note: '', failures: [] }) },
  note: 'a note',
  failures,
  elapsedMs: 1250,
});

describe('the report of a check', () => {
  test('gives a gate one line', () => {
    expect(gateLines(outcome('docs'))).toEqual(['docs       ok      1.3 s   a note']);
  });

  test('sets the failures under it, as many as fit', () => {
    const lines = gateLines(outcome('docs', ['a', 'b', 'c']), 2);
    expect(lines).toEqual([
      'docs       FAILED  1.3 s   a note',
      '    a',
      '    b',
      '    … and 1 more: npm run check -- --only docs',
    ]);
  });

  test('closes with the counts and the names of what failed', () => {
    expect(summaryLine([outcome('docs'), outcome('lint')], 2000)).toBe('2 gates passed, 0 failed in 2.0 s');
    expect(summaryLine([outcome('docs', ['a']), outcome('lint')], 2000)).toBe(
      '1 gates passed, 1 failed in 2.0 s: docs',
    );
  });

  test('the help names every gate with its promise', () => {
    expect(helpText([outcome('docs').gate])).toContain('docs       promises docs');
  });
});
