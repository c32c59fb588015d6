// Types as an ES module sees them; types.cts is the same from CommonJS. Compiled, never run.
import { connect } from '@sokker/client';
import { Cluster, threadBackplane } from '@sokker/cluster';
import type { CloseRecord, Connection } from '@sokker/connection';
import { permessageDeflate } from '@sokker/deflate';
import { type Frame, FrameDecoder, Opcode } from '@sokker/frame';
import { FrameDecoderStream } from '@sokker/frame/web';
import { acceptKey } from '@sokker/handshake';
import { SokkerServer } from '@sokker/server';
import { fixtures, pair } from '@sokker/testkit';

const server = new SokkerServer<{ readonly name: string }>({ extensions: [permessageDeflate()] });
server.on('connection', (connection) => connection.send(connection.context.name));
server.on('close', (record: CloseRecord) => console.log(record.code));
const report: Promise<{ readonly sent: number }> = new Cluster(server, threadBackplane()).broadcast('hello');
const connection: Connection = await connect('ws://localhost/');
const pong: Frame = { fin: true, rsv: 0, opcode: Opcode.pong, payload: Buffer.alloc(0) };
new FrameDecoder({ role: 'server' }).on('data', (frame: Frame) => console.log(frame.payload.length));
const frames: ReadableStream<Frame> = new FrameDecoderStream({ role: 'client' }).readable;
console.log(
  connection.protocol,
  await report,
  pong,
  frames,
  acceptKey(''),
  fixtures.header.fixtures.length,
  pair().length,
);
