import { closeArguments, stringOf, webSocketProtocols, webSocketUrl } from '../src/websocket-arguments.js';
import { outgoingOf } from '../src/outbox.js';

/** Each makes a string of what it is given, as Web IDL's conversions to DOMString and USVString do. */
const takers: readonly (readonly [string, (given: unknown) => unknown])[] = [
  ['a URL', webSocketUrl],
  ['a subprotocol', webSocketProtocols],
  ['one of several subprotocols', (given) => webSocketProtocols(['chat', given])],
  ['a code', (given) => closeArguments(given, undefined)],
  ['a reason', (given) => closeArguments(undefined, given)],
  ['the data of a message', outgoingOf],
];

test.each(takers)('a symbol for %s throws TypeError', (_what, take) => {
  expect(() => take(Symbol('chat'))).toThrow(TypeError);
});

test.each<[unknown, string]>([
  ['text', 'text'],
  [null, 'null'],
  [5, '5'],
  [{ toString: () => 'its own' }, 'its own'],
  [{ toString: () => 'its own', valueOf: () => 1 }, 'its own'],
])('%p is the text %p', (given, text) => {
  expect(stringOf(given)).toBe(text);
});
