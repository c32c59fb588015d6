// The order of suites in mutation runs: a source's own before the fixtures, which take longer to load.
const { default: Sequencer } = require('@jest/test-sequencer');

module.exports = class SuiteOrder extends Sequencer {
  sort(tests) {
    const late = ({ path }) => Number(path.includes('.mutation.'));
    return [...tests].sort((a, b) => late(a) - late(b) || a.path.localeCompare(b.path));
  }
};
