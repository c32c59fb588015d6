import type { Extension, ExtensionParameters } from '../src/index.js';

/** Parameters in short. */
export function parameters(values: Record<string, string | true> = {}): ExtensionParameters {
  return new Map(Object.entries(values));
}

/** A toy extension: takes the first offer whose `level` is a digit, and answers it; its session is that level. */
export function toy(
  name = 'toy',
  offers: readonly ExtensionParameters[] = [parameters({ level: '1' })],
): Extension<string> {
  const levelOf = (given: ExtensionParameters): string | undefined => {
    const level = given.get('level');
    return given.size === 1 && typeof level === 'string' && '0123456789'.includes(level) ? level : undefined;
  };
  return {
    name,
    offer: () => offers,
    accept(given) {
      for (const each of given) {
        const session = levelOf(each);
        if (session !== undefined) return { parameters: parameters({ level: session }), session };
      }
      return undefined;
    },
    confirm(given) {
      const session = levelOf(given);
      if (session === undefined) throw new RangeError('level');
      return session;
    },
  };
}
