/* What does not belong in a repository that strangers read: one machine's paths, one network's hosts, talk about how
 * a change came about. The history has a place for the last, the others have none. */
import type { Findings, Gate, GateContext } from '../gate.js';

interface StrayWord {
  readonly pattern: RegExp;
  readonly why: string;
}

const STRAY_WORDS: readonly StrayWord[] = [
  { pattern: /(?<![\w.~-])\/(?:home|Users|root|work)\/[\w.-]+/, why: 'a path of one machine' },
  { pattern: /\b[A-Z]:\\Users\\/i, why: 'a path of one machine' },
  { pattern: /\bregistry\.[a-z][\w-]*\.[a-z]+/i, why: 'the host of a package registry' },
  { pattern: /\b(?:verdaccio|artifactory|jfrog|codeartifact)\b/i, why: 'the host of a package registry' },
  { pattern: /\bco-authored-by:/i, why: 'belongs in the history, if anywhere' },
  { pattern: /\b(?:the|an|ai|coding) assistant\b|\blanguage model\b|\bsub-?agents?\b/i, why: 'not about the project' },
  { pattern: /\b(?:previous|earlier|my) (?:working )?session\b/i, why: 'not about the project' },
  { pattern: /\bissues? #?\d+\b|\b(?:closes|fixes|refs) #\d+\b/i, why: 'a number that outlives no tracker' },
];

const BINARY = /\.(?:png|jpe?g|gif|ico|woff2?|pem|bin|gz|tgz|wasm)$/;
/** These name the stray words in order to find them. */
const OWN = new Set(['packages/tooling/src/gates/words.ts', 'packages/tooling/test/gates/words.test.ts']);

export const words: Gate = {
  name: 'words',
  promise: "no path of one machine, no registry's host, no talk about how a change came about",
  check({ tree }: GateContext): Findings {
    const paths = tree.files.filter((path) => !BINARY.test(path) && !OWN.has(path));
    const failures = paths.flatMap((path) => strayWords(tree.read(path)).map((found) => `${path}:${found}`));
    return { note: `${paths.length} files`, failures };
  },
};

/** `line: text (why)` of each stray word. */
export function strayWords(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    STRAY_WORDS.flatMap(({ pattern, why }) => {
      const [found] = pattern.exec(line) ?? [];
      return found === undefined ? [] : [`${index + 1}: '${found}' is ${why}`];
    }),
  );
}
