import { posix } from 'node:path';
import ts from 'typescript';
import type { Findings, Gate, GateContext } from '../gate.js';
import { type Fence, type MarkdownPage, readMarkdown } from '../markdown.js';
import { readJson, type Tree } from '../tree.js';

/** A block that shows a shape rather than code says so: ```ts sketch */
const SKETCH = 'sketch';
const SCRIPT_LANGUAGES: readonly string[] = ['ts', 'typescript', 'js', 'javascript', 'mjs'];
const NPM_SCRIPT = /\bnpm (?:run (?<named>[a-z][\w:-]*)|(?<short>test|start)\b)/g;

export const docs: Gate = {
  name: 'docs',
  promise: 'links between pages resolve, code blocks parse (```ts sketch: need not), npm scripts they name exist',
  check({ tree }: GateContext): Findings {
    const paths = tree.files.filter((path) => path.endsWith('.md'));
    const pages = new Map(paths.map((path) => [path, readMarkdown(tree.read(path))]));
    const scripts = Object.keys(readJson(tree, 'package.json').scripts ?? {});
    const failures = [...pages].flatMap(([path, page]) => [
      ...linkFailures(tree, pages, path),
      ...page.fences.flatMap((fence) => fenceFaults(fence).map((fault) => `${path}:${fault}`)),
      ...scriptFailures(tree.read(path), scripts).map((fault) => `${path}:${fault}`),
    ]);
    const links = [...pages.values()].reduce((sum, page) => sum + page.links.length, 0);
    return { note: `${pages.size} pages, ${links} links`, failures };
  },
};

function linkFailures(tree: Tree, pages: ReadonlyMap<string, MarkdownPage>, path: string): string[] {
  return (pages.get(path)?.links ?? []).flatMap(({ target, line }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const resolved = file === '' ? path : resolveLink(tree, path, file);
    if (resolved === undefined) return [`${path}:${line}: '${target}' leads nowhere`];
    const page = pages.get(resolved);
    const isDead = anchor && page && !page.anchors.has(decodeURIComponent(anchor));
    return isDead ? [`${path}:${line}: ${resolved} has no heading '#${anchor}'`] : [];
  });
}

/** VitePress reads `/guides/chat` from docs/ and lets the `.md` be left out. */
function resolveLink(tree: Tree, from: string, file: string): string | undefined {
  const base = file.startsWith('/') ? 'docs' : posix.dirname(from);
  const path = posix.join(base, decodeURI(file)).replace(/(?<=.)\/$/, '');
  return [path, `${path}.md`, `${path}/index.md`].find((candidate) => tree.has(candidate));
}

/** What keeps a block from parsing, each `line: what`. */
export function fenceFaults(fence: Fence): string[] {
  if (fence.marks.includes(SKETCH)) return [];
  if (fence.language === 'json') return jsonFaults(fence);
  if (!SCRIPT_LANGUAGES.includes(fence.language)) return [];
  const { diagnostics = [] } = ts.transpileModule(fence.code, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return diagnostics.map(({ start = 0, messageText }) => {
    const line = fence.line + fence.code.slice(0, start).split('\n').length;
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

function jsonFaults({ code, line }: Fence): string[] {
  try {
    JSON.parse(code);
    return [];
  } catch (error) {
    return [`${line}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function scriptFailures(text: string, scripts: readonly string[]): string[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(NPM_SCRIPT)].flatMap(({ groups }) => {
      const name = groups?.named ?? groups?.short ?? '';
      return scripts.includes(name) ? [] : [`${index + 1}: package.json has no script '${name}'`];
    }),
  );
}
