/** A client that echoes and comes again and again, made to be wrong in one way. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { acceptFor } from '../../src/wire/key.js';
import { Frames, type Faults } from './faulty.js';

export interface ClientFaults extends Faults {
  /** How often it comes; default: until nobody listens. */
  readonly visits?: number;
  /** Default: another for each connection. */
  readonly key?: () => string;
  /** What it makes of a response; default: it opens with a 101 that has the right accept value. */
  readonly judges?: (head: string, accept: string) => 'opens' | 'fails' | 'waits';
  /** Its request, from what it should be. */
  readonly request?: (request: string) => string;
  /** How long it waits for an answer: milliseconds; default: as long as it takes. */
  readonly patienceMs?: number;
  /** How long it stays behind the end of the other: milliseconds; default 0. */
  readonly staysOpenMs?: number;
  /** How long it takes to end a connection that has failed: milliseconds; default 0. */
  readonly slownessMs?: number;
}

/** Resolves when it has come for the last time. */
export async function faultyClient(url: string, faults: ClientFaults): Promise<void> {
  for (let visit = 0; visit < (faults.visits ?? Infinity); visit++) if (!(await come(url, faults))) return;
}

async function come(url: string, faults: ClientFaults): Promise<boolean> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {}).on('end', () => setTimeout(() => socket.end(), faults.staysOpenMs ?? 0));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  if (connected) ask(socket, host, faults);
  await closed;
  return connected;
}

function ask(socket: Socket, host: string, faults: ClientFaults): void {
  const key = faults.key?.() ?? randomBytes(16).toString('base64');
  const fields = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
  ];
  const request = ['GET / HTTP/1.1', `Host: ${host}`, ...fields, '\r\n'].join('\r\n');
  socket.write(faults.request?.(request) ?? request);
  const impatience = setTimeout(() => socket.destroy(), faults.patienceMs ?? 2 ** 31 - 1);
  socket.on('close', () => clearTimeout(impatience)).once('data', () => clearTimeout(impatience));
  let response = '';
  let frames: Frames | undefined;
  socket.on('data', (chunk) => {
    if (frames !== undefined) return frames.push(chunk);
    response += chunk.toString('latin1');
    const end = response.indexOf('\r\n\r\n');
    if (end < 0) return;
    const verdict = (faults.judges ?? judge)(response.slice(0, end + 2), acceptFor(key));
    if (verdict === 'fails') setTimeout(() => socket.end(), faults.slownessMs ?? 0);
    if (verdict !== 'opens') return;
    frames = new Frames(socket, faults, 'client');
    frames.push(Buffer.from(response.slice(end + 4), 'latin1'));
  });
}

export function judge(head: string, accept: string): 'opens' | 'fails' {
  return head.startsWith('HTTP/1.1 101 ') && head.includes(`Sec-WebSocket-Accept: ${accept}\r\n`) ? 'opens' : 'fails';
}
