import { UsageError } from '../../src/index.js';
import { addressOf } from '../../src/wire/address.js';

test.each([
  ['ws://localhost', { host: 'localhost', port: 80, isSecure: false, authority: 'localhost', target: '/' }],
  ['ws://localhost:9001/a?b=c', { port: 9001, authority: 'localhost:9001', target: '/a?b=c' }],
  ['wss://example.com', { port: 443, isSecure: true, authority: 'example.com' }],
  ['wss://example.com:80', { port: 80, authority: 'example.com:80' }],
  ['ws://[::1]:9001/', { host: '::1', port: 9001, authority: '[::1]:9001' }],
  [new URL('ws://localhost/x'), { target: '/x' }],
])('addressOf(%s)', (url, expected) => {
  expect(addressOf(url)).toMatchObject(expected);
});

test.each([
  'http://localhost/',
  'localhost:9001',
  'ws://',
  '',
  'ws://localhost/#fragment',
  'ws://ada:secret@localhost/',
  undefined as never,
])('addressOf(%p) refuses', (url) => {
  expect(() => addressOf(url)).toThrow(UsageError);
  expect(() => addressOf(url)).toThrow(
    /^the URL of a server begins with ws:\/\/ or wss:\/\/, and has neither fragment nor password: /,
  );
});
