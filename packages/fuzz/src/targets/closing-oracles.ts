import type { CloseRecord } from '@sokker/connection';
import { VIOLATIONS as DEFLATE, LIMITS as DEFLATE_LIMITS, type DeflateSession } from '@sokker/deflate';
import { DecoderCore, isCloseCode, LIMITS, Opcode, VIOLATIONS, type FrameSlice, type Role } from '@sokker/frame';
import { Finding, must } from '../target.js';
import type { ManualClock } from '@sokker/testkit';
import type { MemoryDuplex } from './memory-duplex.js';

export type LifeEvent =
  | { readonly type: 'text' | 'binary' | 'ping' | 'pong'; readonly data: Buffer }
  | { readonly type: 'error'; readonly error: Error }
  | { readonly type: 'close' };

/** All that was seen of one connection. */
export interface Life {
  readonly role: Role;
  /** The coder of the other end, where messages are compressed. */
  readonly peer?: DeflateSession | undefined;
  readonly events: LifeEvent[];
  readonly closes: CloseRecord[];
  /** What calls answered: each must settle. */
  readonly promises: Promise<unknown>[];
  readonly duplex: MemoryDuplex;
  readonly clock: ManualClock;
  /** The frames that it wrote, inflated; there once it was judged. */
  sent?: FrameSlice[];
}

const OF_CONNECTION = ['CLOSED', 'CONNECTION_LOST', 'CLOSE_TIMEOUT', 'TOO_SLOW', 'MESSAGE_ABORTED'];
const CODES = new Set([
  ...[VIOLATIONS, LIMITS, DEFLATE, DEFLATE_LIMITS].flatMap((table) => Object.keys(table)),
  ...OF_CONNECTION.map((name) => `ERR_SOKKER_${name}`),
]);
const MAX_REASON_BYTES = 123;

export function judgeLife(life: Life): void {
  life.sent = framesOf(life);
  judgeFrames(life.sent);
  judgePongs(life);
  judgeEvents(life);
  const [record] = life.closes;
  if (record !== undefined) judgeRecord(record, life.sent, life.duplex);
}

/** What was written, read by the peer's rules: so 1005, 1006 and 1015 are never on the wire. */
function framesOf({ role, peer, duplex }: Life): FrameSlice[] {
  const decoder = new DecoderCore({ role: role === 'server' ? 'client' : 'server', rsv: peer?.rsv ?? 0 });
  const frames: FrameSlice[] = [];
  let isCoded = false;
  const keep = (frame: FrameSlice): void => {
    if (frame.opcode === Opcode.text || frame.opcode === Opcode.binary) isCoded = frame.rsv !== 0;
    frames.push(isCoded && frame.opcode < Opcode.close ? { ...frame, payload: inflated(frame, peer) } : frame);
  };
  try {
    for (const bytes of duplex.written) {
      decoder.write(Buffer.from(bytes));
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) keep(frame);
    }
  } catch (error) {
    throw new Finding('legal on the wire', String(error));
  } finally {
    peer?.close();
  }
  return frames;
}

/** Contexts may be given up and begun anew between messages: not the bytes are compared, but what they come to. */
function inflated({ fin, payload }: FrameSlice, peer: DeflateSession | undefined): Buffer {
  const pieces: Buffer[] = [];
  peer?.decode.write(payload, fin);
  for (let piece = peer?.decode.read(); piece !== undefined; piece = peer?.decode.read()) {
    if (!Buffer.isBuffer(piece)) throw new Error('this runtime inflates off the thread: nothing to fuzz in step');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function judgeFrames(frames: readonly FrameSlice[]): void {
  const closeAt = frames.findIndex(({ opcode }) => opcode === Opcode.close);
  must(closeAt < 0 || closeAt === frames.length - 1, 'nothing after Close', () => {
    return frames.map(({ opcode }) => opcode).join();
  });
}

/** Each Pong answers a Ping, in their order. */
function judgePongs({ sent = [], events }: Life): void {
  const pings = events.flatMap((event) => (event.type === 'ping' ? [event.data] : []));
  let from = 0;
  for (const { opcode, payload } of sent) {
    if (opcode !== Opcode.pong) continue;
    const at = pings.findIndex((ping, index) => index >= from && ping.equals(payload));
    must(at >= 0, 'a Pong answers a Ping', () => payload.toString('hex'));
    from = at + 1;
  }
}

/** Exactly one close, last; after a broken rule nothing but that; errors by their documented names. */
function judgeEvents({ events }: Life): void {
  let failed = false;
  for (const [index, event] of events.entries()) {
    if (event.type === 'close') must(index === events.length - 1, 'close comes last', () => typesOf(events));
    else must(!failed || event.type === 'error', 'nothing after a failure', () => typesOf(events));
    if (event.type !== 'error') continue;
    const { code } = event.error as NodeJS.ErrnoException;
    if (code === undefined || !CODES.has(code)) throw event.error;
    failed ||= !OF_CONNECTION.includes(code.slice('ERR_SOKKER_'.length));
  }
}

function typesOf(events: readonly LifeEvent[]): string {
  return events.map(({ type }) => type).join();
}

function judgeRecord(record: CloseRecord, sent: readonly FrameSlice[], { hasStalled }: MemoryDuplex): void {
  const { code, reason, clean, by, phase, error } = record;
  must(code === 1005 || code === 1006 || isCloseCode(code), 'the record', () => `code ${code}`);
  must(Buffer.byteLength(reason) <= MAX_REASON_BYTES * 3, 'the record', () => `a reason of ${reason.length}`);
  must(
    ['us', 'peer', 'network'].includes(by) && ['open', 'closing'].includes(phase),
    'the record',
    () => `${by} ${phase}`,
  );
  // A Close that was said to a peer that does not read counts as said.
  const said = hasStalled || sent.some(({ opcode }) => opcode === Opcode.close);
  must(!clean || (said && error === undefined && code !== 1006), 'the record', () => `clean with ${code}`);
}
