/** What ws lets through by its own interface, and no byte from a peer can show. */
import type { ServerOptions } from 'ws';
import { pair } from '../../src/index.js';
import { readHead, statusOf } from '../../src/answer.js';
import { encode } from '../../generate/wire.js';
import { requestHead } from '../../generate/request.js';
import { gather, httpServer, openWs, turns } from './ws-endpoint.js';

export interface Probe {
  readonly what: string;
  /** What ws did, as found. */
  readonly peer: string;
  /** What Sokker does. */
  readonly wanted: string;
}

export async function probeWs(): Promise<readonly Probe[]> {
  return [
    await chosenSubprotocol('`handleProtocols` returns a name with a line break', 'a\r\nX-Evil: 1'),
    await chosenSubprotocol('`handleProtocols` returns a name that was not offered', 'not-offered'),
    await coercedLimit(),
    await neverReadingPeer(),
  ];
}

async function chosenSubprotocol(what: string, name: string): Promise<Probe> {
  const server = httpServer({ handleProtocols: () => name });
  const [near, far] = pair();
  const output = gather(far);
  server.emit('connection', near);
  far.write(requestHead({ changes: { 'Sec-WebSocket-Protocol': 'chat' } }));
  await turns(12);
  const head = readHead(Buffer.concat(output.chunks));
  near.destroy();
  const evil = head?.fields.some(([field]) => field === 'x-evil') === true ? ', and X-Evil is a header of its own' : '';
  const status = head === undefined ? 'nothing' : statusOf(head);
  return { what, peer: `answers ${status}${evil}`, wanted: 'throws; nothing on the wire' };
}

async function coercedLimit(): Promise<Probe> {
  const { webSocket, far } = await openWs(
    'server',
    { maxPayload: 2 ** 32 } satisfies ServerOptions & { maxPayload: number },
    undefined,
  );
  let failed = false;
  webSocket.on('error', () => (failed = true));
  far.write(encode({ opcode: 2, declared: 2n ** 40n }, 'server'));
  await turns(6);
  webSocket.terminate();
  const peer = failed ? 'refuses a frame of 1 TiB' : 'takes it as no limit: a frame of 1 TiB is waited for';
  return {
    what: '`maxPayload: 2 ** 32`',
    peer,
    wanted: 'throws at construction unless it is a safe integer or `Infinity`',
  };
}

async function neverReadingPeer(): Promise<Probe> {
  const messages = 500;
  const bytes = 64 * 1024;
  const { webSocket, far } = await openWs('server', { maxPayload: 1024 }, undefined);
  far.pause();
  for (let sent = 0; sent < messages; sent++) webSocket.send(Buffer.alloc(bytes));
  await turns(4);
  const { bufferedAmount, readyState } = webSocket;
  webSocket.terminate();
  const mib = Math.round(bufferedAmount / 1024 / 1024);
  const state = readyState === webSocket.OPEN ? 'still open' : 'closed';
  return {
    what: `${messages} sends of 64 KiB to a peer that never reads`,
    peer: `${mib} MiB queued, ${state}`,
    wanted: 'at most the limit and one message, then the policy',
  };
}
