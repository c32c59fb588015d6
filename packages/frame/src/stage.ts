/** A synchronous core that is fed one input at a time and asked for what comes of it, one output at a time. */
export interface Stage<In, Out> {
  /** Takes the next input; only after `next` has answered undefined. */
  write(input: In): void;
  /** The next output; undefined when the input is used up. */
  next(): Out | undefined;
  /** The input has ended; throws where it may not end. */
  end(): void;
}
