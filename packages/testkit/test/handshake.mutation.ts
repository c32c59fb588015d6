// The fixtures as mutation runs use them (`npm run mutate`): whole and byte by byte, a family at once.
import { fixtures, runClientFixtures, runHandshakeFixtures, runHttp2Fixtures } from '../src/index.js';
import { handshakeClient, handshakeHttp2, handshakeServer } from './adapters/handshake.js';
import { testTogether } from './together.js';

const chunking = { maxSplits: 0, randomCuts: 0 };
/** Heads at the bound of 16 KiB take a hundred times as long byte by byte; the suites of the readers have them too. */
const MOST_CHARACTERS = 2000;

const isShort = (fixture: object): boolean => JSON.stringify(fixture).length <= MOST_CHARACTERS;
const requests = fixtures.handshake.fixtures.filter(isShort);
const responses = fixtures.client.fixtures.filter(isShort);

testTogether('server', (test) => runHandshakeFixtures(handshakeServer, test, requests, { chunking }));
testTogether('client', (test) => runClientFixtures(handshakeClient, test, responses, chunking));
testTogether('HTTP/2', (test) => runHttp2Fixtures(handshakeHttp2, test, fixtures.http2.fixtures));
