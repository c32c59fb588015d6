/** The decoders under test: bytes in, whole messages counted. */
import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import { AssemblerCore, DecoderCore, FrameDecoder, type FrameSlice } from '@sokker/frame';
import type { SubjectName } from './jobs.js';
import { Receiver } from './peer-ws.js';

export interface Decoder {
  readonly messages: number;
  /** Takes chunks with back-pressure; resolves when all of them are used up. */
  feed(chunks: readonly Buffer[]): Promise<void>;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Writes as a socket does: every chunk in a turn of its own, so that what a stream defers to the end of the turn runs
 * before the next chunk, and only when the stream does not ask to wait. Resolves when the last chunk is through.
 */
function writeAll(stream: Writable, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    const turn = (): void => {
      const chunk = chunks[next++];
      if (next === chunks.length) {
        stream.off('drain', turn).off('error', reject);
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      } else if (stream.write(chunk)) {
        nextTick(turn);
      }
    };
    stream.on('drain', turn).once('error', reject);
    turn();
  });
}

class WsDecoder implements Decoder {
  messages = 0;
  readonly #receiver = new Receiver({ isServer: true, maxPayload: MAX_MESSAGE_BYTES });

  constructor() {
    this.#receiver.on('message', () => this.messages++);
  }

  feed(chunks: readonly Buffer[]): Promise<void> {
    return writeAll(this.#receiver, chunks);
  }
}

/** As the server runs it: the Transform, then the assembler's core. */
class StreamDecoder implements Decoder {
  messages = 0;
  readonly #decoder = new FrameDecoder({ role: 'server', maxFramePayloadBytes: MAX_MESSAGE_BYTES });

  constructor() {
    const assembler = new AssemblerCore({ maxMessageBytes: MAX_MESSAGE_BYTES });
    this.#decoder.on('data', (frame: FrameSlice) => {
      if (assembler.push(frame) !== undefined) this.messages++;
    });
  }

  feed(chunks: readonly Buffer[]): Promise<void> {
    return writeAll(this.#decoder, chunks);
  }
}

/** The cores alone, called directly. */
class CoreDecoder implements Decoder {
  messages = 0;
  readonly #decoder = new DecoderCore({ role: 'server', maxFramePayloadBytes: MAX_MESSAGE_BYTES });
  readonly #assembler = new AssemblerCore({ maxMessageBytes: MAX_MESSAGE_BYTES });

  async feed(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      this.#decoder.write(chunk);
      for (let frame = this.#decoder.next(); frame !== undefined; frame = this.#decoder.next()) {
        if (this.#assembler.push(frame) !== undefined) this.messages++;
      }
    }
  }
}

export function makeDecoder(subject: SubjectName): Decoder {
  if (subject === 'sokker') return new StreamDecoder();
  return subject === 'sokker-core' ? new CoreDecoder() : new WsDecoder();
}
