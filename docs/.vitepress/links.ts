import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const REPOSITORY = 'https://github.com/sokker/sokker/blob/main';

/** GitHub's rule for anchors, so that a link to a heading holds on both: lower case, no punctuation, hyphens. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** Links from a page to a file outside of docs lead to the repository; the docs gate sees to it that the file exists. */
export function leaveDocs(md: MarkdownRenderer): void {
  md.core.ruler.push('leave-docs', ({ tokens, env }) => {
    const { relativePath = '' } = env as { relativePath?: string };
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const href = token.attrGet('href') ?? '';
      if (/^(?:[a-z][a-z0-9+.-]*:|\/|#)/i.test(href)) continue;
      const path = posix.join('docs', posix.dirname(relativePath), href);
      if (!path.startsWith('docs/')) token.attrSet('href', `${REPOSITORY}/${path}`);
    }
  });
}
