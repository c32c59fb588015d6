// Reads what jest wrote with --json and prints two numbers: tests that passed, and tests that did not.
import { readFileSync } from 'node:fs';

const { testResults, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
// A test may be left out where its name says why, as the runners of @sokker/testkit do it. Any other is one that a
// forgotten `.only` or `.skip` hides, or that wants something this machine lacks.
const hidden = tests.filter(
  ({ status, title }) => status !== 'passed' && status !== 'failed' && !title.includes('[pending: '),
);
for (const { fullName, status } of hidden) console.error(`${status}: ${fullName}`);
// A suite that cannot be loaded holds tests that nobody counted: one failure each.
console.log(passed, failed + hidden.length + numRuntimeErrorTestSuites);
