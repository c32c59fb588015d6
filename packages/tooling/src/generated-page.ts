import type { Findings, GateContext } from './gate.js';

/** A page of docs/ that is printed from the code. */
export interface GeneratedPage {
  readonly path: string;
  readonly text: string;
  readonly note: string;
  /** Faults of what it is printed from. */
  readonly faults: readonly string[];
}

/** Compares a page with the committed one, or writes it when asked to. */
export function comparePage({ tree, update }: GateContext, page: GeneratedPage): Findings {
  if (update) tree.write(page.path, page.text);
  const current = tree.has(page.path) ? tree.read(page.path) : '';
  const stale = current === page.text ? [] : [`${page.path}: is not what the code says (--update prints it anew)`];
  return { note: page.note, failures: [...page.faults, ...stale] };
}

/** A Markdown table; cells may hold pipes. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
