/** Every way to cut bytes that a reader must not notice. */
export function* chunkings(bytes: Buffer): Iterable<readonly [name: string, chunks: readonly Buffer[]]> {
  yield ['whole', [copy(bytes)]];
  for (let at = 1; at < bytes.length; at++) {
    yield [`split at ${at}`, [copy(bytes.subarray(0, at)), copy(bytes.subarray(at))]];
  }
  yield ['one byte at a time', Array.from(bytes, (byte) => Buffer.from([byte]))];
  yield ['with empty chunks', [Buffer.alloc(0), copy(bytes.subarray(0, 3)), Buffer.alloc(0), copy(bytes.subarray(3))]];
}

/** Readers may not lean on a chunk after the call; those who check overwrite theirs. */
function copy(bytes: Buffer): Buffer {
  return Buffer.from(bytes);
}
