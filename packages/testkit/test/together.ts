import type { TestFunction } from '../src/index.js';

/** Registers fixtures as one test that ends at the first failure: what a mutation run wants to know is whether one fails. */
export function testTogether(title: string, register: (test: TestFunction) => void): void {
  const bodies: (() => Promise<void>)[] = [];
  const collect = (_name: string, body: () => Promise<void>): unknown => bodies.push(body);
  register(Object.assign(collect, { skip: () => undefined }));
  test(title, async () => {
    for (const body of bodies) await body();
  });
}
