// The test environment of mutation runs. Jest has no bail within a suite: here the first test that fails decides, those
// that are left are skipped, and quick tests run before slow ones. CommonJS, because Stryker requires it as it is.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const fastCheck = require('fast-check');
const SuiteEnvironment = require('../jest/environment.cjs');

/** A suite that runs a thousand times over has better uses for its time than more inputs, and ever smaller ones. */
const quickCheck = {
  ...fastCheck,
  assert(property, parameters = {}) {
    const numRuns = Math.min(parameters.numRuns ?? 100, 100);
    return fastCheck.assert(property, { ...parameters, numRuns, endOnFailure: true });
  },
};

module.exports = class BailEnvironment extends SuiteEnvironment {
  #durations = {};
  #durationsPath;

  constructor(config, context) {
    super(config, context);
    this.global.fastCheckOfTheProcess = { ...quickCheck, default: quickCheck };
    // In Stryker's sandbox: it outlives a test runner that had to be replaced, and no run.
    this.#durationsPath = join(config.projectConfig.rootDir, `${context.testPath.replaceAll(/\W/g, '-')}.json`);
  }

  async handleTestEvent(event, { rootDescribeBlock: root }) {
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) this.#measure(event);
    else if (event.name === 'run_start') this.#sort(root);
    else if (event.name === 'test_done' && event.test.errors.length > 0) skip(root);
  }

  /** The run without a mutant says how long each test takes. */
  #measure(event) {
    if (event.name === 'test_done') this.#durations[pathOf(event.test)] = event.test.duration;
    else if (event.name === 'run_finish') writeFileSync(this.#durationsPath, JSON.stringify(this.#durations));
  }

  #sort(root) {
    if (existsSync(this.#durationsPath)) sort(root, JSON.parse(readFileSync(this.#durationsPath, 'utf8')));
  }
};

function pathOf(entry) {
  return entry.parent === undefined ? '' : `${pathOf(entry.parent)} ${entry.name}`;
}

/** Quick tests first; answers how long the slowest of a block takes. */
function sort(block, durations) {
  const cost = new Map();
  for (const child of block.children) {
    cost.set(child, child.type === 'describeBlock' ? sort(child, durations) : (durations[pathOf(child)] ?? 0));
  }
  block.children.sort((a, b) => cost.get(a) - cost.get(b));
  return Math.max(0, ...cost.values());
}

function skip(block) {
  for (const child of block.children) {
    if (child.type === 'describeBlock') skip(child);
    else if (child.status == null) child.mode = 'skip';
  }
}
