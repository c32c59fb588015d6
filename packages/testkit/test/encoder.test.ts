import { fixtures, runEncoderFixtures } from '../src/index.js';
import { encoderCore, frameEncoder } from './adapters/frame-encoder.js';

describe('J Encoding: encodeFrame', () => runEncoderFixtures(frameEncoder, test, fixtures.encoder.fixtures));
describe('J Encoding: EncoderCore', () => runEncoderFixtures(encoderCore, test, fixtures.encoder.fixtures));
