import * as frame from '../src/index.js';
import * as web from '../src/web/index.js';

test('what @sokker/frame exports', () => {
  expect(Object.keys(frame).sort()).toEqual([
    'AssemblerCore',
    'ByteGatherer',
    'CloseCode',
    'DecoderCore',
    'EncoderCore',
    'FrameDecoder',
    'FrameEncoder',
    'LIMITS',
    'LimitError',
    'MAX_REASON_BYTES',
    'Message',
    'MessageAssembler',
    'MessageFragmenter',
    'Opcode',
    'ProtocolError',
    'Slice',
    'UsageError',
    'Utf8Validator',
    'VIOLATIONS',
    'answer',
    'bytesOption',
    'checkClose',
    'closeCodeFor',
    'closeFrame',
    'closeFrameFor',
    'encodeClose',
    'encodeFrame',
    'firstByte',
    'fragments',
    'isCloseCode',
    'isControl',
    'isReserved',
    'ownCopy',
    'parseClose',
    'readOptions',
    'reclaim',
    'shown',
    'textPayload',
    'wholeFrame',
  ]);
});

test('what @sokker/frame/web exports', () => {
  expect(Object.keys(web).sort()).toEqual([
    'FrameDecoderStream',
    'FrameEncoderStream',
    'MessageAssemblerStream',
    'MessageFragmenterStream',
  ]);
});
