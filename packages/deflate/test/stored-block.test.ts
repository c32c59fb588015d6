import { inflateRawSync, constants } from 'node:zlib';
import { storedBlock } from '../src/stored-block.js';
import { noise } from './drive.js';

test.each([0, 1, 32768, 65535])('zlib reads a stored block of %i bytes', (size) => {
  const block = storedBlock(noise(size));
  expect(block).toHaveLength(size + 5);
  expect(inflateRawSync(block, { finishFlush: constants.Z_SYNC_FLUSH }).equals(noise(size))).toBe(true);
});
