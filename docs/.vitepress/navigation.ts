import type { DefaultTheme } from 'vitepress';

type Item = DefaultTheme.SidebarItem;

const PACKAGES = ['frame', 'frame/web', 'handshake', 'deflate', 'connection', 'server', 'client', 'cluster', 'ws', 'testkit'];

const page = (text: string, link: string): Item => ({ text, link });

const start: Item = {
  text: 'Start',
  items: [page('Ten minutes', '/start'), page('Take a frame apart', '/frames')],
};

const guides: Item = {
  text: 'Guides',
  items: [
    page('Compose your own server', '/guides/compose'),
    page('A chat', '/guides/chat'),
    page('A proxy', '/guides/proxy'),
    page('Uploads of any size', '/guides/uploads'),
    page('Authentication', '/guides/authentication'),
    page('Sockets that somebody else accepted', '/guides/sockets'),
    page('WebSockets over HTTP/2', '/guides/http2'),
    page('More than one process', '/guides/scaling'),
    page('Look inside while it runs', '/guides/watching'),
    page('Test your own protocol', '/guides/testing'),
    page('In a browser', '/guides/browser'),
    page('In place of ws', '/guides/drop-in'),
    page('Moving from ws', '/guides/from-ws'),
    page('Moving from the Go original', '/guides/from-go'),
  ],
};

const topics: Item = {
  text: 'Topics',
  items: [
    page('Architecture', '/architecture'),
    page('Streams', '/streams'),
    page('Members', '/topics/members'),
    page('Back-pressure', '/topics/back-pressure'),
    page('Limits', '/topics/limits'),
    page('Closing', '/topics/closing'),
    page('Security', '/topics/security'),
    page('The client', '/client'),
    page('In production', '/production'),
    page('Compression', '/deflate'),
    page('Performance', '/performance'),
    page('Compliance', '/compliance'),
    page('Mutation runs', '/mutation'),
  ],
};

const reference: Item = {
  text: 'Reference',
  items: [
    page('Options', '/options'),
    page('Errors', '/errors'),
    page('Fixtures', '/fixtures'),
    page('What peers do with them', '/peers'),
    {
      text: 'Every export',
      link: '/reference/api/',
      items: PACKAGES.map((name) => page(`@sokker/${name}`, `/reference/api/@sokker/${name}/`)),
    },
  ],
};

export const nav: DefaultTheme.NavItem[] = [
  { text: 'Start', link: '/start', activeMatch: '^/start' },
  { text: 'Guides', link: '/guides/compose', activeMatch: '^/guides/' },
  {
    text: 'Topics',
    link: '/architecture',
    activeMatch: '^/(topics/|architecture|streams|client|production|deflate|performance|compliance|mutation)',
  },
  { text: 'Reference', link: '/options', activeMatch: '^/(reference/|options|errors|fixtures|peers)' },
  { text: 'Frames', link: '/frames' },
];

export const sidebar: Item[] = [start, guides, topics, reference];
