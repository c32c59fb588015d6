/** As in test-server.test.ts and test-client.test.ts, which are long already: with permessage-deflate. */
import { permessageDeflate } from '@sokker/deflate';
import { expectRightClient, expectRightServer } from './whole-runs.js';

const byDefault = permessageDeflate();
const lookingBack = permessageDeflate({
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  clientMaxWindowBits: 15,
});

test.each([
  ['with permessage-deflate', byDefault, 623],
  ['whose messages look back', lookingBack, 633],
])('a Sokker server does what every fixture says, %s', (_, extension, right) => expectRightServer([extension], right));

test.each([
  ['with permessage-deflate', byDefault, 489],
  ['whose messages look back', lookingBack, 516],
])('the client of Sokker does what every fixture says, %s', (_, extension, right) =>
  expectRightClient({ extensions: [extension] }, right),
);
