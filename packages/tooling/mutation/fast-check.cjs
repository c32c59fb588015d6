// What suites import as fast-check in mutation runs: the one of the process, which the test environment hands in. Its
// tables of Unicode take longer to make than most suites to run.
module.exports = globalThis.fastCheckOfTheProcess;
