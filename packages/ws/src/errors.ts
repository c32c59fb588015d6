/** What `ws` calls the faults of a peer, for code that looks at `error.code`. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['ERR_SOKKER_RESERVED_BITS', 'WS_ERR_UNEXPECTED_RSV_1'],
  ['ERR_SOKKER_RESERVED_OPCODE', 'WS_ERR_INVALID_OPCODE'],
  ['ERR_SOKKER_CONTINUATION_UNEXPECTED', 'WS_ERR_INVALID_OPCODE'],
  ['ERR_SOKKER_CONTINUATION_EXPECTED', 'WS_ERR_INVALID_OPCODE'],
  ['ERR_SOKKER_CONTROL_FRAGMENTED', 'WS_ERR_EXPECTED_FIN'],
  ['ERR_SOKKER_CONTROL_TOO_LONG', 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH'],
  ['ERR_SOKKER_CLOSE_LENGTH', 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH'],
  ['ERR_SOKKER_MASK_MISSING', 'WS_ERR_EXPECTED_MASK'],
  ['ERR_SOKKER_MASK_UNEXPECTED', 'WS_ERR_UNEXPECTED_MASK'],
  ['ERR_SOKKER_LENGTH_SIGN', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'],
  ['ERR_SOKKER_CLOSE_CODE', 'WS_ERR_INVALID_CLOSE_CODE'],
  ['ERR_SOKKER_INVALID_UTF8', 'WS_ERR_INVALID_UTF8'],
  ['ERR_SOKKER_FRAME_TOO_BIG', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
  ['ERR_SOKKER_MESSAGE_TOO_BIG', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
  ['ERR_SOKKER_TOO_MANY_FRAGMENTS', 'WS_ERR_TOO_MANY_BUFFERED_PARTS'],
]);

/** An error of Sokker as listeners for `error` get it: with the code that `ws` has for it, and ours as its cause. */
export function errorFor(error: NodeJS.ErrnoException): Error {
  const code = CODES.get(error.code ?? '');
  return code === undefined ? error : Object.assign(new RangeError(error.message, { cause: error }), { code });
}

/** What an application's own listener threw is the application's to see, and no reason to give a connection up. */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
