import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { leaveDocs, slugOf } from './links.js';
import { nav, sidebar } from './navigation.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  title: 'Sokker',
  description:
    'WebSocket for Node.js as small streams: frames, handshake, server, client, and byte fixtures to test any of them.',
  lang: 'en',
  cleanUrls: true,
  // For tests of single pages: the reference takes longest to build.
  srcExclude: process.env.SOKKER_DOCS === 'pages' ? ['reference/**'] : [],
  // A dead link fails the build. Addresses of servers that the reader starts are none.
  ignoreDeadLinks: 'localhostLinks',
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }],
    ['meta', { name: 'theme-color', content: '#4f46e5' }],
  ],
  markdown: {
    anchor: { slugify: slugOf },
    // `{ on: 'read' }` in a table is text, no attribute.
    attrs: { disable: true },
    config: (md) => md.use(leaveDocs),
  },
  themeConfig: {
    logo: '/logo.svg',
    nav,
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: 'https://github.com/sokker/sokker' }],
    editLink: { pattern: 'https://github.com/sokker/sokker/edit/main/docs/:path' },
    footer: { message: 'Released under the MIT licence.' },
  },
  vite: {
    resolve: {
      // The page of frames runs the sources of @sokker/frame; what they use of Node.js is small enough to stand in for.
      alias: [
        { find: /^@sokker\/frame$/, replacement: here('../../packages/frame/src/index.ts') },
        { find: 'node:buffer', replacement: here('browser/buffer.ts') },
        { find: 'node:os', replacement: here('browser/os.ts') },
        { find: 'node:stream', replacement: here('browser/stream.ts') },
      ],
    },
  },
});
