// The test runner of mutation runs: jest-circus, until a suite fails; the suites that are left are not even loaded. Jest's
// own bail is not available to Stryker, and Stryker wants the name to have jest-circus in it.
const { createEmptyTestResult } = require('@jest/test-result');
const { default: circus } = require('jest-circus/runner');

/** The mutant that a suite has killed in this process. */
let killed;

module.exports = async function run(globalConfig, config, environment, runtime, testPath, ...more) {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  if (mutant !== undefined && killed === mutant) return unloaded(testPath);
  const result = await circus(globalConfig, config, environment, runtime, testPath, ...more);
  if (result.numFailingTests > 0) killed = mutant;
  return result;
};

/** A suite of one skipped test: Jest takes a suite of none for an error. */
function unloaded(testFilePath) {
  const test = {
    status: 'pending',
    title: '',
    fullName: '',
    ancestorTitles: [],
    failureMessages: [],
    failureDetails: [],
  };
  return { ...createEmptyTestResult(), testFilePath, numPendingTests: 1, testResults: [test] };
}
