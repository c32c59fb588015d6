const HEADER_BYTES = 5;

/**
 * Bytes as a stored block (RFC 1951 §3.2.4), not final, from a byte boundary on. To inflate one is how a window gets
 * into a stream of zlib: its `dictionary` would stay with the stream for good, and not every runtime knows it for raw
 * streams.
 * @param bytes at most 65 535
 */
export function storedBlock(bytes: Buffer): Buffer {
  const block = Buffer.alloc(HEADER_BYTES + bytes.length);
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(bytes.length ^ 0xffff, 3);
  bytes.copy(block, HEADER_BYTES);
  return block;
}
