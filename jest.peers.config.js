// Tests against other implementations: browsers, other runtimes, other languages. `npm run test:peers`.
import config from './jest.config.js';

export default {
  ...config,
  testMatch: ['<rootDir>/packages/*/test/**/*.peer.ts', '<rootDir>/examples/**/*.peer.ts'],
  testTimeout: 60_000,
  // Browsers, other runtimes and real sockets: one suite at a time.
  maxWorkers: 1,
};
