/** @sokker/frame's Transforms, piped, as a receiver of fixtures. */
import { FrameDecoder, MessageAssembler, Opcode, parseClose, type Frame, type Message } from '@sokker/frame';
import type { FrameImplementation, ReceivedEvent } from '../../src/index.js';
import { decoderOptions, needsInflate } from './frame-cores.js';

export function frameTransforms(emit: 'frames' | 'slices'): FrameImplementation {
  return {
    pending: needsInflate,
    create(setup) {
      const decoder = new FrameDecoder({ ...decoderOptions(setup), emit });
      const assembler = new MessageAssembler({ maxMessageBytes: setup.limits.maxMessageBytes });
      let failure: Error | undefined;
      let closed = false;
      for (const stage of [decoder, assembler]) stage.on('error', (error: Error) => (failure ??= error));
      decoder.pipe(assembler).on('data', (item: Frame | Message) => {
        if (closed) return;
        const event = eventOf(item);
        closed = event.type === 'close';
        setup.emit(event);
      });
      return {
        async push(bytes) {
          if (closed) return;
          decoder.write(bytes);
          await turn();
          if (failure !== undefined && !closed) throw failure;
        },
        dispose() {
          decoder.destroy();
          assembler.destroy();
        },
      };
    },
  };
}

/** All that streams do within a chunk they do before the next turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function eventOf(item: Frame | Message): ReceivedEvent {
  if ('type' in item) return { type: item.type, data: item.data };
  if (item.opcode === Opcode.close) return { type: 'close', ...parseClose(item.payload) };
  return { type: item.opcode === Opcode.ping ? 'ping' : 'pong', data: item.payload };
}
