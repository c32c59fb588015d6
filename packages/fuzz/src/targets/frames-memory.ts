/* The bound on retained memory, bookkeeping included: 2.1 × what was counted, and 64 KiB. */
import { AssemblerCore, DecoderCore, Opcode } from '@sokker/frame';
import { heldBytes } from '../memory.js';
import { readWire, wireFrame, writeWire } from '../mutate/wire.js';
import { must } from '../target.js';
import type { Settings } from './frames.js';

/** A message is grown until so much of it is counted, or so many frames of it came. */
const COUNTED_BYTES = 256 * 1024;
const MAX_FRAMES = 40_000;
const FACTOR = 2.1;
const ALLOWANCE_BYTES = 64 * 1024;
/** How much of the wire one read brings. */
const READ_BYTES = [1, 7, 100, 1460, 65_536];

/** Whatever else V8 allocates meanwhile only adds: code that it compiles was once taken for 40 000 empty fragments. */
const WEIGHINGS = 3;

/** Grows one message out of the fragments of an input, never ended, and weighs what is kept of it. */
export function probeRetention(settings: Settings, wire: Buffer): void {
  const data = readWire(wire).frames.filter(({ byte0 }) => (byte0 & 0x0f) < Opcode.close);
  if (data.length === 0) return;
  const payloads = data.map(({ payload }) => payload.subarray(0, 4096));
  let [bytes, most, counted] = [Infinity, 0, 0];
  for (let times = 0; times < WEIGHINGS && bytes > most; times++) {
    bytes = heldBytes(() => {
      const grown = grow(settings, payloads);
      ({ counted } = grown);
      return grown;
    });
    most = FACTOR * counted + ALLOWANCE_BYTES;
  }
  must(bytes <= most, 'retained memory', () => `${bytes} bytes held for ${counted} counted, at most ${most}`);
}

/** A message that goes on and on, and what it is kept in. */
function grow({ role, cuts }: Settings, payloads: readonly Buffer[]): { counted: number; kept: unknown } {
  const decoder = new DecoderCore({ role, emit: 'slices', maxMessageBytes: Infinity, maxFramePayloadBytes: Infinity });
  const assembler = new AssemblerCore({ maxMessageBytes: Infinity });
  const key = role === 'server' ? 0x37fa213d : undefined;
  const read = READ_BYTES[cuts % READ_BYTES.length] ?? 1;
  let counted = 0;
  for (let count = 0; counted < COUNTED_BYTES && count < MAX_FRAMES; count++) {
    const payload = payloads[count % payloads.length] ?? Buffer.alloc(0);
    const frame = wireFrame(count === 0 ? Opcode.binary : Opcode.continuation, payload, key);
    feed(decoder, assembler, writeWire({ frames: [frame], rest: Buffer.alloc(0) }), read);
    counted += payload.length;
  }
  return { counted, kept: [decoder, assembler] };
}

function feed(decoder: DecoderCore, assembler: AssemblerCore, wire: Buffer, readBytes: number): void {
  for (let from = 0; from < wire.length; from += readBytes) {
    // A read of its own each, in a buffer of the size that sockets read into.
    const read = Buffer.alloc(Math.min(65_536, 16 * Math.max(readBytes, 64)));
    const size = wire.copy(read, 0, from, Math.min(wire.length, from + readBytes));
    decoder.write(read.subarray(0, size));
    for (let slice = decoder.next(); slice !== undefined; slice = decoder.next()) assembler.push(slice);
  }
}
