/** As in test-server.test.ts and test-client.test.ts, which are long already: with permessage-deflate as it is by default. */
import { permessageDeflate } from '@sokker/deflate';
import { expectRightClient, expectRightServer } from './whole-runs.js';

test('a Sokker server does what every fixture says, with permessage-deflate', () =>
  expectRightServer([permessageDeflate()], 623));

test('the client of Sokker does what every fixture says, with permessage-deflate', () =>
  expectRightClient({ extensions: [permessageDeflate()] }, 489));
