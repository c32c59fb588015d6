import { nearNames } from '../src/near-name.js';

const names = ['size', 'origin', 'maxMessageBytes', 'maxMessagesPerSecond', 'pingIntervalMs', 'subprotocols'];

test.each<[string, string[]]>([
  ['sise', ['size']],
  ['siz', ['size']],
  ['sizes', ['size']],
  ['sise2', []],
  ['isze', []],
  ['orgin', ['origin']],
  ['Origins', ['origin']],
  ['originn', ['origin']],
  ['orxygin', []],
  ['maxMesageBytes', ['maxMessageBytes']],
  ['maxMessaegBytes', ['maxMessageBytes']],
  ['maxMessageSize', []],
  ['maxMessage', ['maxMessageBytes', 'maxMessagesPerSecond']],
  ['maxMessagePerSecond', ['maxMessagesPerSecond']],
  ['pingInterval', ['pingIntervalMs']],
  ['protocols', ['subprotocols']],
  ['mes', []],
  ['', []],
  ['weight', []],
])('%j may have meant %j', (name, meant) => {
  expect(nearNames(name, names)).toEqual(meant);
});
