import { UsageError as FrameError } from '@sokker/frame';
import { UsageError as HandshakeError } from '@sokker/handshake';
import { reject, SokkerServer } from '@sokker/server';

const server = new SokkerServer();

test.each<[string, () => unknown]>([
  ['an option of ours', () => new SokkerServer({ maxConnections: 0 })],
  ['an option that the handshake judges', () => new SokkerServer({ hosts: ['a b'] })],
  ['a subprotocol', () => server.protocol('a b', { encode: String, decode: String })],
  ['a status', () => reject(200)],
  ['a header', () => reject(401, { headers: { 'a b': 'c' } })],
  ['a topic', () => server.topic(5 as never)],
])('%s that is wrong is a UsageError, whose ever the class', (_, call) => {
  expect(call).toThrow(FrameError);
  expect(call).toThrow(HandshakeError);
});
