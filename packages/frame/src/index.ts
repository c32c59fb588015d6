export { answer, closeFrame, closeFrameFor } from './answer.js';
export { AssemblerCore } from './assembler-core.js';
export type { AssemblerOptions } from './assembler-core.js';
export { MessageAssembler } from './assembler.js';
export { ByteGatherer } from './byte-gatherer.js';
export { CloseCode, isCloseCode } from './close-code.js';
export { checkClose, encodeClose, MAX_REASON_BYTES, parseClose } from './close-payload.js';
export type { ClosePayload } from './close-payload.js';
export type { MessageCoder, PieceCoder } from './coder.js';
export { DecoderCore } from './decoder-core.js';

export { FrameDecoder } from './decoder.js';
export { encodeFrame, EncoderCore, firstByte } from './encoder-core.js';
export type { EncoderOptions } from './encoder-core.js';
export { FrameEncoder } from './encoder.js';
export { closeCodeFor, LimitError, ProtocolError, UsageError } from './errors.js';
export type { UsageCode } from './errors.js';
export { fragments } from './fragmenter-core.js';
export type { FragmenterOptions } from './fragmenter-stage.js';
export { MessageFragmenter } from './fragmenter.js';
export { Slice, wholeFrame } from './frame.js';
export type { Frame, FrameSlice } from './frame.js';
export { Message } from './message.js';
export type { MessageType } from './message.js';
export { isControl, isReserved, Opcode } from './opcode.js';
export { bytesOption, readOptions } from './options.js';
export type {
  ChoiceOption,
  DecoderOptions,
  FlagOption,
  NumberOption,
  OptionSpec,
  OptionTable,
  ValueOption,
} from './options.js';
export { reclaim } from './reclaim.js';
export { ownCopy } from './own-memory.js';
export type { Role } from './role.js';
export { shown } from './shown.js';
export { textPayload } from './text-payload.js';
export { Utf8Validator } from './utf8.js';
export { LIMITS, VIOLATIONS } from './violations.js';
export type { LimitCode, Violation, ViolationCode } from './violations.js';
