/* The table of SECURITY.md: each row names tests, as `[room](path): `name``, or says why none applies. */
export interface NamedTest {
  readonly path: string;
  /** As in the source: `%s` and the like stand for each row of a table of tests. */
  readonly name: string;
  /** In SECURITY.md. */
  readonly line: number;
}

export interface NamedTests {
  readonly tests: readonly NamedTest[];
  /** Rows with neither a test nor a reason, as `line: id`. */
  readonly bare: readonly string[];
  readonly rows: number;
}

const HEADING = /^#{2,3} Known vulnerabilities/;
const TEST = /\[[a-z]+\]\((packages\/[^)]+)\): (`+) ?(.+?) ?\2(?!`)/g;
const PLACEHOLDER = /%[a-zA-Z#%]/;

/** Reads the rows of the table under the heading. */
export function readNamedTests(markdown: string): NamedTests {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => HEADING.test(line));
  const tests: NamedTest[] = [];
  const bare: string[] = [];
  let rows = 0;
  for (const [index, line] of lines.entries()) {
    // Head and rule of the table are its first two lines.
    if (start < 0 || index <= start || !line.startsWith('| ') || /^\| (?:id|-+) /.test(line)) continue;
    rows++;
    const cell = line.slice(line.lastIndexOf(' | ') + ' | '.length);
    const found = [...cell.matchAll(TEST)].map(([, path = '', , name = '']) => ({ path, name, line: index + 1 }));
    tests.push(...found);
    if (found.length === 0 && !cell.startsWith('Not applicable: ')) bare.push(`${index + 1}: ${line.split(' | ')[0]}`);
  }
  return { tests, bare, rows };
}

/** Whether a title that ran is the one that was named. */
export function isNamed(title: string, name: string): boolean {
  if (!PLACEHOLDER.test(name)) return title === name;
  const parts = name.split(PLACEHOLDER).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(title);
}

/** What jest writes with --json, as far as it is read here. */
export interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** What is wrong with a run, one line each: tests that did not run, and tests that did not pass. */
export function unprovenTests(tests: readonly NamedTest[], report: JestReport): string[] {
  return tests.flatMap(({ path, name, line }) => {
    const file = report.testResults.find((result) => result.name.replaceAll('\\', '/').endsWith(`/${path}`));
    const ran = file?.assertionResults.filter(({ title }) => isNamed(title, name)) ?? [];
    const failed = ran.find(({ status }) => status !== 'passed');
    if (ran.length === 0) return [`SECURITY.md:${line}: '${name}' of ${path} did not run`];
    return failed === undefined ? [] : [`SECURITY.md:${line}: '${failed.title}' of ${path}: ${failed.status}`];
  });
}
