export { MessageAssemblerStream } from './assembler-stream.js';
export { FrameDecoderStream } from './decoder-stream.js';
export { FrameEncoderStream } from './encoder-stream.js';
export { MessageFragmenterStream } from './fragmenter-stream.js';
