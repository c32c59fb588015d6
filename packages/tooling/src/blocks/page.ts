import { type Fence, readMarkdown } from '../markdown.js';

/** A code block that is run. */
export interface Block {
  /** 1-based line of its opening fence. */
  readonly line: number;
  readonly code: string;
  /** What it has to print, where a ```text output block follows it. */
  readonly output: string | undefined;
}

const RUN: ReadonlySet<string> = new Set(['ts', 'typescript', 'js', 'javascript', 'mjs']);
/** A shape rather than code, or code for a page in a browser. */
const NOT_RUN = ['sketch', 'browser'];
const OUTPUT = 'output';

/** The blocks of a page that are run, in order. */
export function blocksOf(markdown: string): Block[] {
  const { fences } = readMarkdown(markdown);
  return fences.flatMap((fence, index) => (isRun(fence) ? [blockOf(fence, fences[index + 1])] : []));
}

function isRun({ language, marks }: Fence): boolean {
  return RUN.has(language) && !NOT_RUN.some((mark) => marks.includes(mark));
}

function blockOf({ line, code }: Fence, next: Fence | undefined): Block {
  const output = next?.language === 'text' && next.marks.includes(OUTPUT) ? next.code : undefined;
  return { line, code, output };
}

/** What printed lines look like beside what was promised: without spaces at their ends. */
export function isPrinted(promised: string, printed: string): boolean {
  return trimmed(promised) === trimmed(printed);
}

function trimmed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
