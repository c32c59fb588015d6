/* As much of Markdown as the docs gate needs: fenced code, links, headings. */

export interface Fence {
  /** First word after the fence, in lower case. */
  readonly language: string;
  /** The words after it. */
  readonly marks: readonly string[];
  readonly code: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
}
export interface Link {
  readonly target: string;
  readonly line: number;
}
export interface MarkdownPage {
  readonly fences: readonly Fence[];
  /** Inline links and images, and link definitions, outside of code. */
  readonly links: readonly Link[];
  /** The anchors that headings get, as GitHub and VitePress form them. */
  readonly anchors: ReadonlySet<string>;
  /** Text outside of fences, by line; what was code is empty. */
  readonly prose: readonly string[];
}

const FENCE = /^ {0,3}(```+|~~~+)\s*([^`]*)$/;
const INLINE_LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)/g;
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)>?/;
const HEADING = /^#{1,6}\s+(.*?)\s*#*$/;

export function readMarkdown(text: string): MarkdownPage {
  const { fences, prose } = splitFences(text.split('\n'));
  const links = prose.flatMap((line, index) => linksOf(line).map((target) => ({ target, line: index + 1 })));
  return { fences, links, anchors: anchorsOf(prose), prose };
}

function splitFences(lines: readonly string[]): { fences: Fence[]; prose: string[] } {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open: { marker: string; info: string; line: number; code: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, marker = '', info = ''] = FENCE.exec(line) ?? [];
    prose.push(open === undefined && marker === '' ? line : '');
    if (open === undefined) {
      if (marker !== '') open = { marker, info, line: index + 1, code: [] };
    } else if (marker.startsWith(open.marker) && info === '') {
      fences.push(fenceOf(open));
      open = undefined;
    } else {
      open.code.push(line);
    }
  }
  return { fences, prose };
}

function fenceOf({ info, line, code }: { info: string; line: number; code: readonly string[] }): Fence {
  const [language = '', ...marks] = info.trim().split(/\s+/);
  return { language: language.toLowerCase(), marks, code: code.join('\n'), line };
}

function linksOf(line: string): string[] {
  const outsideCode = line.replace(/`[^`]*`/g, '');
  const definition = DEFINITION.exec(outsideCode)?.[1];
  const inline = [...outsideCode.matchAll(INLINE_LINK)].map(([, target = '']) => target);
  return definition === undefined ? inline : [...inline, definition];
}

function anchorsOf(prose: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose) {
    const heading = HEADING.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    let anchor = slug;
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** GitHub's rule: lower case, punctuation gone, spaces to hyphens. */
function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
