import { parseTarget } from '../src/request-target.js';

const authority = { host: 'h', port: undefined };

test.each([
  ['/', { path: '/', query: '', authority: undefined }],
  ['/a', { path: '/a', query: '', authority: undefined }],
  ['/a?', { path: '/a', query: '', authority: undefined }],
  ['/a?b?c', { path: '/a', query: 'b?c', authority: undefined }],
  ['/!~%aF%00?%', { path: '/!~%aF%00', query: '%', authority: undefined }],
  ['//h/a', { path: '//h/a', query: '', authority: undefined }],
  ['http://h', { path: '/', query: '', authority }],
  ['HTTPS://H/a/b?c', { path: '/a/b', query: 'c', authority }],
  ['http://h?c/', { path: '/', query: 'c/', authority }],
  ['http://h:8080/', { path: '/', query: '', authority: { host: 'h', port: 8080 } }],
])('%s (RFC 6455 §4.2.1)', (target, expected) => {
  expect(parseTarget(target)).toEqual(expected);
});

test.each(['', 'a', '*', 'h:80', 'ws://h/', 'http:/h', 'http://', 'http://u@h/', '/ ', '/\x7f', '/é', '/#', '/?#'])(
  '%j is refused',
  (target) => {
    expect(() => parseTarget(target)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_TARGET' }));
  },
);

test.each(['/%', '/%a', '/%a/', '/%ga', '/%ag', '/%20%2', 'http://h/%'])(
  '%s is refused: a path is percent-encoded',
  (target) => {
    expect(() => parseTarget(target)).toThrow(expect.objectContaining({ code: 'ERR_SOKKER_TARGET' }));
  },
);
