/** One connection over a pair in memory, its peer as bare frames, and a log of all it says. */
import { DecoderCore, encodeFrame, Opcode, type Frame, type FrameSlice, type Role } from '@sokker/frame';
import { ManualClock, pair, type PairedDuplex } from '@sokker/testkit';
import type { Duplex } from 'node:stream';
import {
  Connection,
  type CloseRecord,
  type ConnectionOptions,
  type ConnectionOwner,
  type MessageStream,
  type Session,
} from '../src/index.js';

export interface SceneOptions extends Partial<ConnectionOptions> {
  readonly session?: Session;
  readonly owner?: ConnectionOwner;
  /** Whether the peer reads from the start; default true. */
  readonly peerReads?: boolean;
  /** Bytes that each of the pair's queues holds; default 64 KiB. */
  readonly wireBytes?: number;
  /** What the connection gets in place of its end of the pair. */
  readonly wrap?: (near: Duplex) => Duplex;
  /** Reserved bits that the peer's decoder lets pass. */
  readonly rsv?: number;
}

export class Scene {
  readonly clock = new ManualClock();
  readonly near: PairedDuplex;
  readonly far: PairedDuplex;
  readonly connection: Connection;
  readonly role: Role;
  /** What the connection sent: frames, in order. */
  readonly frames: Frame[] = [];
  /** Chunks that the peer read, as they came. */
  readonly chunks: Buffer[] = [];
  /** The peer met the end of the stream, or an error of the wire. */
  ended = false;
  /** Events of the connection in order, as `record` turns them into text. */
  readonly log: string[] = [];
  readonly errors: Error[] = [];
  closed: CloseRecord | undefined;
  readonly #decoder: DecoderCore;

  constructor(options: SceneOptions = {}) {
    const { session, owner, peerReads = true, wireBytes = 64 * 1024, wrap, rsv = 7, ...rest } = options;
    this.role = rest.role ?? 'server';
    const peerRole = opposite(this.role);
    this.#decoder = new DecoderCore({ role: peerRole, maxFramePayloadBytes: Infinity, rsv, emit: 'frames' });
    [this.near, this.far] = pair({ highWaterMarkBytes: wireBytes });
    const duplex = wrap === undefined ? this.near : wrap(this.near);
    this.connection = new Connection(duplex, { clock: this.clock, ...rest, role: this.role }, session, owner);
    this.connection.on('close', (record) => {
      this.closed = record;
      this.log.push('close');
    });
    this.far.on('error', () => undefined);
    if (peerReads) this.read();
  }

  /** The peer begins to read. */
  read(): this {
    this.far.on('end', () => (this.ended = true));
    this.far.on('data', (chunk: Buffer) => this.#take(chunk));
    return this;
  }

  /** Writes all events into the log. */
  record(): this {
    const { connection, log } = this;
    connection.on('message', ({ type, data }) => log.push(`${type} ${brief(data)}`));
    return this.recordRest();
  }

  /** All but messages. */
  recordRest(): this {
    const { connection, log } = this;
    connection.on('ping', (payload) => log.push(`ping ${brief(payload)}`));
    connection.on('pong', (payload) => log.push(`pong ${brief(payload)}`));
    connection.on('drain', () => log.push('drain'));
    connection.on('error', (error) => {
      this.errors.push(error);
      log.push(`error ${error.code ?? error.message}`);
    });
    return this;
  }

  /** A frame from the peer. */
  send(opcode: Opcode, payload: string | Buffer = '', { fin = true, rsv = 0 } = {}): void {
    this.far.write(this.wire(opcode, payload, { fin, rsv }));
  }

  /** The bytes of a frame from the peer. */
  wire(opcode: Opcode, payload: string | Buffer = '', { fin = true, rsv = 0 } = {}): Buffer {
    return encodeFrame({ fin, rsv, opcode, payload: Buffer.from(payload as string) }, { role: opposite(this.role) });
  }

  text(payload: string): void {
    this.send(Opcode.text, payload);
  }

  /** Close from the peer; without a code it is empty. */
  sendClose(code?: number, reason = ''): void {
    this.send(Opcode.close, closePayload(code, reason));
  }

  /** What was sent since the last call, each as `name payload`. */
  sent(): string[] {
    return this.frames.splice(0).map(show);
  }

  /** Payloads of data frames, put together. */
  get payload(): Buffer {
    return Buffer.concat(this.frames.filter(({ opcode }) => opcode < Opcode.close).map(({ payload }) => payload));
  }

  #take(chunk: Buffer): void {
    this.chunks.push(Buffer.from(chunk));
    this.#decoder.write(chunk);
    let frame: FrameSlice | undefined;
    while ((frame = this.#decoder.next()) !== undefined) this.frames.push(frame);
  }
}

export function scene(options: SceneOptions = {}): Scene {
  return new Scene(options);
}

/** A scene of which a `stream` listener takes the bodies. */
export function streamScene(options: SceneOptions = {}): Scene & { readonly streams: MessageStream[] } {
  const made = new Scene({ receive: 'stream', ...options });
  const streams: MessageStream[] = [];
  made.connection.on('stream', (message) => streams.push(message));
  return Object.assign(made, { streams });
}

export function opposite(role: Role): Role {
  return role === 'client' ? 'server' : 'client';
}

export function closePayload(code?: number, reason = ''): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}

/** Until everything that follows without time going on has happened. */
export async function settled(turns = 6): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Until `look` answers; the test's own timeout ends a wait for nothing. */
export async function until(look: () => unknown): Promise<void> {
  while (!look()) await settled(1);
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not reject');
}

const NAMES = new Map(Object.entries(Opcode).map(([name, opcode]) => [opcode, name]));

function show({ fin, rsv, opcode, payload }: Frame): string {
  const name = `${fin ? '' : '…'}${NAMES.get(opcode) ?? opcode}${rsv === 0 ? '' : ` rsv${rsv}`}`;
  if (opcode === Opcode.close && payload.length >= 2) {
    return `${name} ${payload.readUInt16BE(0)}${payload.length > 2 ? ` ${payload.toString('utf8', 2)}` : ''}`;
  }
  return payload.length === 0 ? name : `${name} ${brief(payload)}`;
}

function brief(data: Buffer): string {
  return data.length > 40 ? `${data.length} bytes` : data.toString('utf8');
}
