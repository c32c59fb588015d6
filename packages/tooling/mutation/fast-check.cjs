// fast-check as mutation runs see it: at most 100 runs a property. A suite that runs a thousand times over has better
// uses for its time than thousands of inputs each.
const fc = require('the-real-fast-check');

const MOST_RUNS = 100;

module.exports = {
  ...fc,
  assert(property, parameters = {}) {
    return fc.assert(property, { ...parameters, numRuns: Math.min(parameters.numRuns ?? MOST_RUNS, MOST_RUNS) });
  },
};
module.exports.default = module.exports;
