import { noRegexp } from '../../src/lint/no-regexp.js';
import { testRule } from './rule-tester.js';

testRule('no-regexp', noRegexp, {
  valid: [
    "value.split(',')",
    "value.includes('a')",
    'const quotient = total / count / 2;',
    "value.replaceAll('a', 'b')",
  ],
  invalid: [
    ['/a+/.test(value)', 1],
    ["new RegExp('a')", 1],
    ["RegExp('a')", 1],
    ['value.split(/, */)', 1],
    ["value.match('a+')", 1],
    ["value.matchAll('a+')", 1],
    ["value.search('a+')", 1],
    ['function check(pattern: RegExp) {}', 1],
  ],
});
