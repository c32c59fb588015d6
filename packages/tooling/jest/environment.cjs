// The environment of every suite: Node's own, which ends what a suite's AsyncLocalStorages began. jest-circus makes one
// for each suite and leaves it enabled; until Node.js 24 every promise and every immediate of the process then asks all of
// them, and a suite that came late took five times as long. CommonJS, because Stryker requires it as it is.
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

module.exports = class SuiteEnvironment extends TestEnvironment {
  #storages = new Set();
  #run = AsyncLocalStorage.prototype.run;

  constructor(config, context) {
    super(config, context);
    const storages = this.#storages;
    const run = this.#run;
    AsyncLocalStorage.prototype.run = function (...given) {
      storages.add(this);
      return run.apply(this, given);
    };
  }

  async teardown() {
    AsyncLocalStorage.prototype.run = this.#run;
    for (const storage of this.#storages) storage.disable();
    await super.teardown();
  }
};
