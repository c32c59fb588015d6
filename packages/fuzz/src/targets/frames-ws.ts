/* The differential oracle: `ws` reads the same bytes. It differs where docs/peers.md says so, and nowhere else. */
import { Opcode, parseClose } from '@sokker/frame';
import * as ws from 'ws';
import type { Writable } from 'node:stream';
import { must } from '../target.js';
import type { Settings } from './frames.js';
import type { Trace } from './frames-trace.js';

/** Its types leave out the receiver, which the module exports. */
type ReceiverClass = new (options: { isServer: boolean; maxPayload: number; maxFragments: number }) => Writable;
const { Receiver } = ws as unknown as { readonly Receiver: ReceiverClass };

interface Seen {
  readonly kind: number;
  readonly data: Buffer;
}

/** What `ws` takes for no error at all, or for another one. */
const ELSEWHERE: readonly string[] = ['ERR_SOKKER_LENGTH_NOT_MINIMAL', 'ERR_SOKKER_LENGTH_SIGN'];

export function compareWithWs(settings: Settings, wire: Buffer, ours: Trace): void {
  // It has one limit for frames and messages, coerced to 32 bits; and what extensions code it inflates by itself.
  const { role, maxMessageBytes, maxFramePayloadBytes, maxFragments, rsv } = settings;
  if (rsv !== 0 || maxMessageBytes !== maxFramePayloadBytes || maxMessageBytes === Infinity) return;
  const code = (ours.error as { code?: string } | undefined)?.code;
  if (code !== undefined && ELSEWHERE.includes(code)) return;
  const receiver = new Receiver({
    isServer: role === 'server',
    maxPayload: maxMessageBytes,
    maxFragments: maxFragments === Infinity ? 0 : maxFragments,
  });
  const seen = listen(receiver);
  receiver.write(Buffer.from(wire));
  const theirs = statusOf(receiver.errored);
  const expected = eventsOf(ours);
  const early = code === 'ERR_SOKKER_INVALID_UTF8';
  // It judges text when the message is whole, so that Pings may come after the byte that ended ours.
  must(early ? seen.length >= expected.length : seen.length === expected.length, 'agrees with ws', () => {
    return `${expected.length} events here, ${seen.length} there; ${code ?? 'no error'} here, ${theirs ?? 'none'} there`;
  });
  for (const [index, event] of expected.entries()) {
    const other = seen[index];
    must(other?.kind === event.kind && other.data.equals(event.data), 'agrees with ws', () => `event ${index} differs`);
  }
  // It counts fragments when their payload is there, and so may find another fault first.
  if (theirs === undefined || early || code === 'ERR_SOKKER_TOO_MANY_FRAGMENTS') return;
  must(theirs === closeCodeOf(ours), 'agrees with ws', () => `${theirs} there, ${code ?? 'no error'} here`);
}

function listen(receiver: Writable): Seen[] {
  const seen: Seen[] = [];
  receiver.on('message', (data: Buffer, binary: boolean) => {
    seen.push({ kind: binary ? Opcode.binary : Opcode.text, data });
  });
  receiver.on('ping', (data: Buffer) => seen.push({ kind: Opcode.ping, data }));
  receiver.on('pong', (data: Buffer) => seen.push({ kind: Opcode.pong, data }));
  receiver.on('conclude', (code: number, reason: Buffer) => {
    seen.push({ kind: Opcode.close, data: Buffer.from(`${code} ${reason.toString()}`) });
  });
  receiver.on('error', () => {});
  return seen;
}

/** The close code that it keeps in an error under a symbol. */
function statusOf(error: Error | null): number | undefined {
  if (error === null) return undefined;
  for (const symbol of Object.getOwnPropertySymbols(error)) {
    if (symbol.description === 'status-code') return (error as unknown as Record<symbol, number>)[symbol];
  }
  return 1006;
}

function closeCodeOf({ error }: Trace): number | undefined {
  return (error as { closeCode?: number } | undefined)?.closeCode;
}

/** Messages at their last frame, and control frames, in order. */
function eventsOf({ frames, messages }: Trace): Seen[] {
  let next = 0;
  const events: Seen[] = [];
  for (const { opcode, fin, payload } of frames) {
    if (opcode === Opcode.close) {
      const { code, reason } = parseClose(payload);
      events.push({ kind: opcode, data: Buffer.from(`${code} ${reason}`) });
    } else if (opcode > Opcode.close) {
      events.push({ kind: opcode, data: payload });
    } else if (fin) {
      const message = messages[next++];
      if (message !== undefined) {
        events.push({ kind: message.type === 'text' ? Opcode.text : Opcode.binary, data: message.data });
      }
    }
  }
  return events;
}
