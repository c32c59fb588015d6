import { importedGlobals } from '../../src/lint/imported-globals.js';
import { testRule } from './rule-tester.js';

const hot = (code: string): string => `// Hot path: measured.\n${code}`;

testRule('imported-globals', importedGlobals, {
  valid: [
    'const bytes = Buffer.alloc(1);',
    hot("import { Buffer } from 'node:buffer';\nconst bytes = Buffer.alloc(1);"),
    hot('let bytes: Buffer | undefined;'),
    hot('const now = (clock: Clock) => clock.performance;'),
    hot('const elapsed = Math.max(0, 1);'),
  ],
  invalid: [
    [hot('const bytes = Buffer.alloc(1);'), 1],
    [hot('const now = (): number => performance.now();\nprocess.nextTick(now);'), 2],
  ],
});
