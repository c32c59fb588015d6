import { fixtures, runClientFixtures, runHandshakeFixtures, runHttp2Fixtures } from '../src/index.js';
import { handshakeClient, handshakeHttp2, handshakeServer } from './adapters/handshake.js';

describe('G Opening handshake, server: @sokker/handshake', () => {
  runHandshakeFixtures(handshakeServer, test, fixtures.handshake.fixtures);
});
describe('H Opening handshake, client: @sokker/handshake', () => {
  runClientFixtures(handshakeClient, test, fixtures.client.fixtures);
});
describe('K Opening handshake, HTTP/2: @sokker/handshake', () => {
  runHttp2Fixtures(handshakeHttp2, test, fixtures.http2.fixtures);
});
