import { AsyncLocalStorage } from 'node:async_hooks';

interface Environment {
  setup(): Promise<void>;
  teardown(): Promise<void>;
}
type EnvironmentClass = new (config: object, context: object) => Environment;

const SuiteEnvironment = jest.requireActual<EnvironmentClass>('../../jest/environment.cjs');

function makeEnvironment(): Environment {
  return new SuiteEnvironment({ globalConfig: {}, projectConfig: { globals: {}, testEnvironmentOptions: {} } }, {});
}

test('a storage that a suite used is no burden to those after it', async () => {
  const before = new AsyncLocalStorage<string>();
  await before.run('before', async () => {
    const environment = makeEnvironment();
    await environment.setup();
    const storage = new AsyncLocalStorage<string>();
    await storage.run('kept', async () => {
      expect(storage.getStore()).toBe('kept');
      await environment.teardown();
      expect(storage.getStore()).toBeUndefined();
    });
    expect(before.getStore()).toBe('before');
  });
});

test('`run` itself is as it was', async () => {
  const run = Reflect.get(AsyncLocalStorage.prototype, 'run') as unknown;
  const environment = makeEnvironment();
  await environment.setup();
  await environment.teardown();
  expect(Reflect.get(AsyncLocalStorage.prototype, 'run')).toBe(run);
});
