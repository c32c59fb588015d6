import type { Opcode } from './opcode.js';

/** One WebSocket frame (RFC 6455 §5.2), unmasked. */
export interface Frame {
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 as one number, 0 to 7; RSV1 is 4. */
  readonly rsv: number;
  readonly opcode: Opcode;
  readonly payload: Buffer;
}

/**
 * A stretch of one frame's payload, in order. The first slice of a frame has `first`, the final one `last`; a slice
 * with both is the whole frame. So a frame of any size passes through in pieces, and forwarding needs no second path.
 */
export interface FrameSlice extends Frame {
  /** The length that the frame's header declares: bytes, 0 to 2⁵³−1. */
  readonly payloadBytes: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** A class rather than a literal, so that every slice has one shape and reading it stays monomorphic. */
export class Slice implements FrameSlice {
  constructor(
    readonly fin: boolean,
    readonly rsv: number,
    readonly opcode: Opcode,
    readonly payload: Buffer,
    readonly payloadBytes: number,
    readonly first: boolean,
    readonly last: boolean,
  ) {}
}

/** A whole frame that fits in one slice. */
export function wholeFrame(fin: boolean, rsv: number, opcode: Opcode, payload: Buffer): FrameSlice {
  return new Slice(fin, rsv, opcode, payload, payload.length, true, true);
}
