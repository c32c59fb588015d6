import { addressOf, portFrom, StartError } from '../program.js';

test.each([
  [undefined, 3000],
  ['', 3000],
  ['0', 0],
  ['65535', 65_535],
])('PORT %p is %i', (PORT, port) => {
  expect(portFrom({ PORT }, 3000)).toBe(port);
});

test.each(['65536', '-1', '80.5', '0x50', '8e1', ' 80', 'http'])('PORT %p is refused in a sentence', (PORT) => {
  expect(() => portFrom({ PORT }, 3000)).toThrow(
    new StartError(`PORT must be a number from 0 to 65535, not '${PORT}'.`),
  );
});

test.each([
  ['::', 'IPv6', 'localhost:80'],
  ['0.0.0.0', 'IPv4', 'localhost:80'],
  ['::1', 'IPv6', '[::1]:80'],
  ['127.0.0.1', 'IPv4', '127.0.0.1:80'],
])('%s is shown as a browser takes it', (address, family, shown) => {
  expect(addressOf({ address, family, port: 80 })).toBe(shown);
});
