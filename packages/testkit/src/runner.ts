/** What all runners share: the test function they are handed, and how a fixture that cannot run is shown. */
import type { FixtureBase } from './fixture.js';

/** `test` of jest, vitest or `node:test`. */
export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  skip?: (name: string, body: () => Promise<void>) => unknown;
}

/** What every implementation adapter may say about itself. */
export interface Adapter<Fixture extends FixtureBase> {
  /** Why this fixture cannot run here, for example `'no permessage-deflate'`; `undefined` runs it. */
  pending?(fixture: Fixture): string | undefined;
}

/**
 * Registers one test per fixture. A pending fixture is registered as skipped, with the reason in its name.
 *
 * @param check resolves with what is wrong, one line each; nothing wrong is an empty list
 */
export function registerFixtures<Fixture extends FixtureBase>(
  fixtures: readonly Fixture[],
  adapter: Adapter<Fixture>,
  test: TestFunction,
  check: (fixture: Fixture) => Promise<readonly string[]>,
): void {
  for (const fixture of fixtures) {
    const reason = adapter.pending?.(fixture);
    const title = `${fixture.id} (RFC ${fixture.rule.rfc} §${fixture.rule.section})`;
    if (reason !== undefined) {
      registerPending(test, `${title} [pending: ${reason}]`);
      continue;
    }
    test(title, async () => {
      const problems = await check(fixture);
      if (problems.length > 0) throw new Error(failure(fixture, problems));
    });
  }
}

function registerPending(test: TestFunction, title: string): void {
  if (test.skip === undefined) throw new Error(`cannot skip with this test function: ${title}`);
  test.skip(title, () => Promise.resolve());
}

function failure(fixture: FixtureBase, problems: readonly string[]): string {
  const shown = problems.slice(0, 5).map((problem) => `  ${problem}`);
  const more = problems.length > 5 ? [`  … and ${problems.length - 5} more`] : [];
  return [`${fixture.id}: ${fixture.why}`, ...shown, ...more].join('\n');
}
