// The receiving process: takes each message as a stream and writes it to disk, at the pace of the disk.
import { SokkerServer, type MessageStream, type ServerConnection } from '@sokker/server';
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Growth } from './growth.js';

/** What one process saw of the message. */
export interface Seen {
  readonly bytes: number;
  readonly sha256: string;
  /** How far resident memory rose above the highest of its warm-up. */
  readonly growthMib: number;
}

const [directory = '.', warmUpBytes = '0'] = process.argv.slice(2);
const server = new SokkerServer({ receive: 'stream' });

// eslint-disable-next-line @typescript-eslint/no-misused-promises -- what it rejects with ends its connection (1011)
server.on('stream', async (message: MessageStream, connection: ServerConnection) => {
  const growth = new Growth();
  const hash = createHash('sha256');
  const file = join(directory, `upload-${process.pid}`);
  let bytes = 0;
  const onPiece = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes >= Number(warmUpBytes)) growth.warm();
  };
  await pipeline(message.body, (pieces) => measured(pieces, hash, onPiece), createWriteStream(file));
  await rm(file);
  const seen: Seen = { bytes, sha256: hash.digest('hex'), growthMib: growth.stop() };
  connection.send(JSON.stringify(seen));
});
server.on('error', (error) => {
  console.error(String(error));
});

const address = await server.listen(0, '127.0.0.1');
process.send?.(address.port);
// The sender's process owns this one: when it goes, so do we.
process.once('disconnect', () => process.exit());

async function* measured(
  pieces: AsyncIterable<Buffer>,
  hash: Hash,
  onPiece: (piece: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    onPiece(piece);
    yield piece;
  }
}
