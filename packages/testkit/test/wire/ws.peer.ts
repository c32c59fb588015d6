/** The frame fixtures, run against ws in process and on the wire, must show the same. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { compareFrames, fixtures, testServer } from '../../src/index.js';
import { fairly } from '../../src/frame-verdict.js';
import { gravest } from '../../src/wire/summary.js';
import { wsFrames } from '../peers/ws-adapters.js';

test('what ws does with frames on the wire is what it does in process', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { header, closePayload, fragmentation, utf8 } = fixtures;
  const frames = new Map(
    [header, closePayload, fragmentation, utf8].flatMap((family) => family.fixtures).map((each) => [each.id, each]),
  );
  const inProcess: string[] = [];
  const onWire: string[] = [];
  const only = /^(?:header|close-payload|fragmentation|utf8)\//;
  for await (const { fixture, pending, findings } of testServer(`ws://127.0.0.1:${port}/`, { only })) {
    if (pending !== undefined) continue;
    onWire.push(`${fixture.id}: ${gravest(findings)?.deviation ?? 'right'}`);
    const called = fairly(fixture, await compareFrames(wsFrames, frames.get(fixture.id)!));
    inProcess.push(`${fixture.id}: ${gravest(called)?.deviation ?? 'right'}`);
  }
  server.close();
  expect(onWire).toEqual(inProcess);
  expect(onWire.length).toBeGreaterThan(350);
});
