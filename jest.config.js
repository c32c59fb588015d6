// Tests run straight from the sources, no build needed: ts-jest transpiles to CommonJS and the mapper sends
// @sokker/* to src. Types of sources and tests are judged once, by `npm run check`, not again by every worker.
const options = {
  tsconfig: {
    target: 'es2022',
    module: 'commonjs',
    moduleResolution: 'bundler',
    isolatedModules: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    useDefineForClassFields: false,
    ignoreDeprecations: '6.0',
  },
};

export default {
  testEnvironment: '<rootDir>/packages/tooling/jest/environment.cjs',
  // Jest keeps one core for itself by default; of two cores that is half.
  maxWorkers: '100%',
  // What hangs must end, what is slow on a busy machine must not fail.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/examples/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', options] },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@sokker/frame/web$': '<rootDir>/packages/frame/src/web/index.ts',
    '^@sokker/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/packages/.*/dist/', '<rootDir>/.stryker-tmp/'],
};
