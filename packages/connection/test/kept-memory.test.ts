/** What is received is a view of all that was read with it: wherever it has to wait, it must not keep the rest alive. */
import { encodeFrame, Opcode, type Message } from '@sokker/frame';
import { bufferBytes } from '../../frame/test/memory.js';
import { prepare, type Connection, type Prepared } from '../src/index.js';
import { scene, settled, streamScene, type Scene } from './scene.js';

const KIB = 1024;
const READS = 300;
/** For each read at most what short copies share; and a pool of Node's that a measurement may begin or end in. */
const MOST_BYTES = (READS + 2) * KIB + Buffer.poolSize;

function frame(opcode: Opcode, payload: Buffer, fin = true): Buffer {
  return encodeFrame({ fin, rsv: 0, opcode, payload }, { role: 'client' });
}

/** One byte of message, and Pongs: 16 KiB that are read at once. */
function read(): Buffer {
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
  expect(bufferBytes() - before).toBeLessThan(MOST_BYTES);
  expect(connection.state).toBe('open');
});

test('in a body that nobody reads, where the read ends inside a frame', async () => {
  const it = streamScene();
  const before = bufferBytes();
  const pongs = Array<Buffer>(450).fill(frame(Opcode.pong, Buffer.alloc(125)));
  let rest = Buffer.alloc(0);
  for (let part = 0; part < 15; part++) {
    const opcode = part === 0 ? Opcode.binary : Opcode.continuation;
    const bytes = Buffer.concat([rest, ...pongs, frame(opcode, Buffer.alloc(4 * KIB + 1), false)]);
    rest = bytes.subarray(-1);
    it.far.write(bytes.subarray(0, -1));
    await settled(4);
  }
  expect(bufferBytes() - before).toBeLessThan(300 * KIB);
  expect(it.connection.retainedBytes).toBeGreaterThanOrEqual(15 * 4 * KIB);
  expect(it.connection.state).toBe('open');
});
