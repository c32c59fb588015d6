/** One thing that was tried with the packages, and what came of it. */
export interface Check {
  /** What was tried, such as `publint`. */
  readonly name: string;
  /** With what, such as `@sokker/frame` or `Node.js 22.23.1`. */
  readonly subject: string;
  readonly elapsedMs: number;
  /** What went wrong; undefined where nothing did. */
  readonly failure: string | undefined;
}

/** Tries something; what it throws is the failure. */
export async function check(name: string, subject: string, attempt: () => Promise<void> | void): Promise<Check> {
  const start = performance.now();
  let failure: string | undefined;
  try {
    await attempt();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  return { name, subject, elapsedMs: performance.now() - start, failure };
}

/** A table, what failed in full below it, and one closing line. */
export function tableOf(checks: readonly Check[]): string {
  const [names, subjects] = [widthOf(checks, 'name'), widthOf(checks, 'subject')];
  const rows = checks.map(({ name, subject, elapsedMs, failure }) => {
    const verdict = failure === undefined ? 'ok' : 'FAILED';
    const seconds = `${(elapsedMs / 1000).toFixed(1)} s`.padStart(7);
    return `${name.padEnd(names)}  ${subject.padEnd(subjects)}  ${verdict.padEnd(6)} ${seconds}`;
  });
  const failed = checks.filter(({ failure }) => failure !== undefined);
  const details = failed.map(({ name, subject, failure }) => `\n${name}, ${subject}:\n${failure ?? ''}`);
  return [...rows, ...details, '', `${checks.length - failed.length} passed, ${failed.length} failed`].join('\n');
}

function widthOf(checks: readonly Check[], field: 'name' | 'subject'): number {
  return Math.max(0, ...checks.map((each) => each[field].length));
}
