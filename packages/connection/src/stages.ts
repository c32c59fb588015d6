import { AssemblerCore, FrameDecoder, type DecoderOptions, type FrameSlice, type Role } from '@sokker/frame';

/** Whoever has the stages at the moment. */
export interface StageUser {
  onSlice(slice: FrameSlice): void;
  onDecoderError(error: Error): void;
  /** After `decoder.end()`: everything was read. */
  onDecoderEnd(): void;
}

export interface StageOptions {
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
}

/** The decoder of a connection's stages. Its listeners are everybody's: a message in progress need not pay for three of its own. */
class PooledDecoder extends FrameDecoder {
  user: StageUser | undefined = undefined;

  constructor(options: DecoderOptions) {
    super(options);
    this.on('data', onData).on('error', onError).on('end', onEnd);
  }

  /** To look up for each slice who listens would take as long as to decode it, and it is always the same. */
  override emit(event: string | symbol, ...args: readonly unknown[]): boolean {
    if (event !== 'data') return super.emit(event, ...args);
    this.user?.onSlice(args[0] as FrameSlice);
    return true;
  }
}

function onData(this: PooledDecoder, slice: FrameSlice): void {
  this.user?.onSlice(slice);
}

function onError(this: PooledDecoder, error: Error): void {
  this.user?.onDecoderError(error);
}

function onEnd(this: PooledDecoder): void {
  this.user?.onDecoderEnd();
}

/** The stages that a connection receives through, and who they work for. */
export class Stages {
  readonly decoder: PooledDecoder;
  readonly assembler: AssemblerCore;
  readonly rsv: number;

  constructor(options: StageOptions, rsv: number) {
    const { role, maxMessageBytes, maxFragments } = options;
    this.rsv = rsv;
    const limits = { maxFramePayloadBytes: Infinity, maxMessageBytes, maxFragments };
    this.decoder = new PooledDecoder({ role, emit: 'slices', rsv, ...limits });
    this.assembler = new AssemblerCore({ maxMessageBytes });
  }

  /** Memory of what has arrived and is not handed on: a message in progress takes up to twice its bytes. */
  get bytes(): number {
    return 2 * this.assembler.bytes + this.decoder.writableLength;
  }

  /** Whether a chunk is in them that is not used up. */
  get full(): boolean {
    return this.decoder.writableLength > 0;
  }

  /** Whether nothing of any message is left in them, so that they can work for someone else. */
  get idle(): boolean {
    const { assembler, decoder } = this;
    // A coded message that broke off is whole to the decoder, and half done in the assembler. A decoder that was told of
    // the end is read empty before it says so itself.
    return (
      decoder.idle &&
      assembler.idle &&
      !decoder.writableEnded &&
      !decoder.destroyed &&
      !this.full &&
      decoder.readableLength === 0
    );
  }
}

/** More than this many idle ones are not kept: connections read one after the other, so few are ever in use at once. */
const MAX_FREE = 16;

/**
 * Stages that are not in use. A connection has stages only while a message, or a part of one, is in them: a Transform
 * and its states take 1.6 KiB, and an idle connection has no use for them (packages/bench, row "memory after one echo").
 */
export class StagePool {
  readonly #options: StageOptions;
  readonly #free: Stages[] = [];

  constructor(options: StageOptions) {
    this.#options = options;
  }

  /** @param rsv the reserved bits that the user's extensions claim */
  take(user: StageUser, rsv: number): Stages {
    const last = this.#free.at(-1);
    const stages = last?.rsv === rsv ? last : new Stages(this.#options, rsv);
    if (stages === last) this.#free.pop();
    stages.decoder.user = user;
    return stages;
  }

  /** Takes back stages that are idle; others are destroyed. */
  give(stages: Stages): void {
    stages.decoder.user = undefined;
    if (!stages.idle || this.#free.length === MAX_FREE) {
      stages.decoder.destroy();
      return;
    }
    // A connection may end while it is paused: the next one is not.
    if (stages.decoder.isPaused()) stages.decoder.resume();
    this.#free.push(stages);
  }
}
