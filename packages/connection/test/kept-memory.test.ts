/** A short message is a view of all that was read with it: wherever it has to wait, it must not keep the rest alive. */
import { encodeFrame, Opcode, type Message } from '@sokker/frame';
import { bufferBytes } from '../../frame/test/memory.js';
import { prepare, type Connection, type Prepared } from '../src/index.js';
import { scene, settled, type Scene } from './scene.js';

const KIB = 1024;
const READS = 300;

/** One byte of message, and Pongs: 16 KiB that are read at once. */
function read(): Buffer {
  const frame = (opcode: Opcode, payload: Buffer): Buffer =>
    encodeFrame({ fin: true, rsv: 0, opcode, payload }, { role: 'client' });
  const all = Buffer.allocUnsafeSlow(16 * KIB);
  let at = frame(Opcode.binary, Buffer.of(7)).copy(all);
  const pong = frame(Opcode.pong, Buffer.alloc(125));
  for (; at + pong.length <= all.length; at += pong.length) pong.copy(all, at);
  return all.subarray(0, at);
}

const waits: [string, (it: Scene) => unknown][] = [
  ['because nobody listens', () => undefined],
  [
    'because the peer does not read',
    ({ connection }) => {
      while (connection.send(Buffer.alloc(16 * KIB)));
      connection.on('message', ({ data }: Message) => connection.send(data));
    },
  ],
  [
    'behind a stream',
    ({ connection }) => {
      void connection.sendStream(never()).catch(() => undefined);
      connection.on('message', ({ data }: Message) => connection.send(data));
    },
  ],
  [
    'as it was prepared',
    ({ connection }) => {
      const prepared: Prepared[] = [];
      connection.context = prepared;
      connection.on('message', ({ data }: Message) => prepared.push(prepare(data)));
    },
  ],
];

async function* never(): AsyncGenerator<string> {
  yield 'a';
  await new Promise(() => undefined);
}

test.each(waits)('%s', async (_, arrange) => {
  const it = scene({ peerReads: false, wireBytes: 16 * KIB });
  arrange(it);
  await settled();
  const before = bufferBytes();
  const { connection }: { connection: Connection } = it;
  for (let count = 0; count < READS; count++) {
    it.far.write(read());
    await settled(2);
  }
  expect(connection.vitals().messagesReceived).toBe(READS);
  expect(bufferBytes() - before).toBeLessThan(READS * KIB);
  expect(connection.state).toBe('open');
});
