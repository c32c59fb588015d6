import { pathOf } from '../src/attachments.js';

test.each([
  ['/chat', '/chat'],
  ['/chat?a=/b', '/chat'],
  ['http://example.com/chat?x', '/chat'],
  ['http://example.com', '/'],
  ['http://example.com?x=/y', '/'],
  ['*', '/'],
  ['', '/'],
])('the path of %j is %j', (target, path) => expect(pathOf(target)).toBe(path));
