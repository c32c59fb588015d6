/** An endpoint that echoes, made to be wrong in one way: what servers and clients have in common. */
import { AssemblerCore, DecoderCore, EncoderCore, Opcode, type Frame, type Role } from '@sokker/frame';
import type { Socket } from 'node:net';

/** What it does otherwise than it should. */
export interface Faults {
  /** What is decoded of what has come so far; default: all of it. */
  readonly reads?: (bytes: Buffer) => Buffer;
  /** Default: sends it back. */
  readonly onMessage?: (write: Write, type: 'text' | 'binary', data: Buffer) => void;
  /** Default: a Pong. */
  readonly onPing?: (write: Write, payload: Buffer) => void;
  /** Default: the same Close, and the end. */
  readonly onClose?: (write: Write, payload: Buffer, socket: Socket) => void;
  /** Default: a Close with the error's code, and the end. */
  readonly onError?: (write: Write, closeCode: number, socket: Socket) => void;
  /** The role in which frames are written, with a mask or without; default: its own. */
  readonly writesAs?: Role;
}

export type Write = (opcode: number, payload: Buffer) => void;

export class Frames {
  readonly #socket: Socket;
  readonly #faults: Faults;
  readonly #role: Role;
  readonly #decoder: DecoderCore;
  readonly #assembler = new AssemblerCore();
  #bytes = Buffer.alloc(0);
  #given = 0;
  #hasFailed = false;

  constructor(socket: Socket, faults: Faults, role: Role) {
    this.#socket = socket;
    this.#faults = faults;
    this.#role = role;
    this.#decoder = new DecoderCore({ role });
  }

  push(chunk: Buffer): void {
    if (this.#hasFailed) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const readable = this.#faults.reads?.(this.#bytes) ?? this.#bytes;
    this.#decoder.write(Buffer.from(readable.subarray(this.#given)));
    this.#given = readable.length;
    try {
      for (let frame = this.#decoder.next(); frame !== undefined; frame = this.#decoder.next()) this.#take(frame);
    } catch (error) {
      this.#hasFailed = true;
      const { closeCode } = error as { readonly closeCode: number };
      (this.#faults.onError ?? fails)(this.#write, closeCode, this.#socket);
    }
  }

  readonly #write: Write = (opcode, payload) => {
    const encoder = new EncoderCore({ role: this.#faults.writesAs ?? this.#role });
    encoder.add({ fin: true, rsv: 0, opcode: opcode as Opcode, payload });
    for (const piece of encoder.take()) this.#socket.write(piece);
  };

  #take(frame: Frame): void {
    const payload = Buffer.from(frame.payload);
    if (frame.opcode === Opcode.ping) return (this.#faults.onPing ?? pongs)(this.#write, payload);
    if (frame.opcode === Opcode.close) return (this.#faults.onClose ?? closes)(this.#write, payload, this.#socket);
    if (frame.opcode === Opcode.pong) return;
    const message = this.#assembler.push(frame);
    if (message !== undefined) (this.#faults.onMessage ?? echoes)(this.#write, message.type, message.data);
  }
}

export function echoes(write: Write, type: 'text' | 'binary', data: Buffer): void {
  write(type === 'text' ? Opcode.text : Opcode.binary, data);
}

export function pongs(write: Write, payload: Buffer): void {
  write(Opcode.pong, payload);
}

function closes(write: Write, payload: Buffer, socket: Socket): void {
  write(Opcode.close, payload);
  socket.end();
}

export function fails(write: Write, closeCode: number, socket: Socket): void {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(closeCode);
  write(Opcode.close, payload);
  socket.end();
}
