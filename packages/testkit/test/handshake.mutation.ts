// The fixtures as mutation runs use them (`npm run mutate`): whole and byte by byte, a family at once.
import { fixtures, runClientFixtures, runHandshakeFixtures, runHttp2Fixtures } from '../src/index.js';
import { handshakeClient, handshakeHttp2, handshakeServer } from './adapters/handshake.js';
import { testTogether } from './together.js';

const chunking = { maxSplits: 0, randomCuts: 0 };

testTogether('server', (test) => runHandshakeFixtures(handshakeServer, test, fixtures.handshake.fixtures, chunking));
testTogether('client', (test) => runClientFixtures(handshakeClient, test, fixtures.client.fixtures, chunking));
testTogether('HTTP/2', (test) => runHttp2Fixtures(handshakeHttp2, test, fixtures.http2.fixtures));
