/** @sokker/frame's synchronous cores as a receiver of fixtures. */
import { AssemblerCore, DecoderCore, Opcode, parseClose, type DecoderOptions, type FrameSlice } from '@sokker/frame';
import type { FrameImplementation, FrameSetup, ReceivedEvent } from '../../src/index.js';

export function frameCores(emit: 'frames' | 'slices'): FrameImplementation {
  return {
    pending: needsInflate,
    create(setup) {
      const decoder = new DecoderCore({ ...decoderOptions(setup), emit });
      const assembler = new AssemblerCore({ maxMessageBytes: setup.limits.maxMessageBytes });
      let closed = false;
      return {
        push(bytes) {
          if (closed) return;
          decoder.write(bytes);
          for (let slice = decoder.next(); slice !== undefined && !closed; slice = decoder.next()) {
            const event = eventOf(slice, assembler);
            if (event !== undefined) setup.emit(event);
            closed = event?.type === 'close';
          }
        },
      };
    },
  };
}

export function decoderOptions({ role, limits, extensions }: FrameSetup): DecoderOptions {
  const { maxMessageBytes, maxFramePayloadBytes = maxMessageBytes, maxFragments } = limits;
  return { role, maxMessageBytes, maxFramePayloadBytes, maxFragments, rsv: extensions.length > 0 ? 4 : 0 };
}

/** Frames alone do not inflate: fixtures that deliver a compressed message are run by @sokker/deflate. */
export function needsInflate(fixture: { extensions: readonly string[]; expect: { events: readonly unknown[] } }) {
  return fixture.extensions.length > 0 && fixture.expect.events.length > 0 ? 'needs inflate' : undefined;
}

export function eventOf(slice: FrameSlice, assembler: AssemblerCore): ReceivedEvent | undefined {
  if (slice.opcode === Opcode.close) return { type: 'close', ...parseClose(slice.payload) };
  if (slice.opcode === Opcode.ping) return { type: 'ping', data: slice.payload };
  if (slice.opcode === Opcode.pong) return { type: 'pong', data: slice.payload };
  const message = assembler.push(slice);
  return message && { type: message.type, data: message.data };
}
