// The receiving process: takes each message as a stream and writes it to disk, at the pace of the disk.
import { SokkerServer, type ServerConnection } from '@sokker/server';
import type { MessageStream } from '@sokker/connection';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Growth } from './growth.js';

export interface Received {
  readonly bytes: number;
  readonly sha256: string;
  readonly growthMib: number;
}

const [directory = '.', warmUpBytes = '0'] = process.argv.slice(2);
const server = new SokkerServer({ receive: 'stream' });

server.on('stream', async (message: MessageStream, connection: ServerConnection) => {
  const growth = new Growth();
  const hash = createHash('sha256');
  const file = join(directory, `upload-${process.pid}`);
  let bytes = 0;
  const measured = new PassThrough();
  measured.on('data', (piece: Buffer) => {
    hash.update(piece);
    bytes += piece.length;
    if (bytes >= Number(warmUpBytes)) growth.warm();
  });
  await pipeline(message.body, measured, createWriteStream(file));
  await rm(file);
  const report: Received = { bytes, sha256: hash.digest('hex'), growthMib: growth.stop() };
  connection.send(JSON.stringify(report));
});
server.on('error', (error) => {
  console.error(String(error));
});

const address = await server.listen(0, '127.0.0.1');
process.send?.(address.port);
// The sender's process owns this one: when it goes, so do we.
process.once('disconnect', () => process.exit());
