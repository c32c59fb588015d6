/* Duplexes that close before they tell of their last write: so do streams of node:http2 whose peer has ended. */
import { Opcode } from '@sokker/frame';
import { ManualClock } from '@sokker/testkit';
import { Duplex } from 'node:stream';
import { Connection } from '../src/index.js';
import { scene, settled } from './scene.js';

/** Is gone as soon as both sides have ended, and tells of a write a turn after it. */
class Late extends Duplex {
  readonly written: Buffer[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.written.push(Buffer.from(chunk));
    setImmediate(callback);
  }

  override end(): this {
    super.end();
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
    return this;
  }
}

test('the last frame reaches a duplex that is corked, too', async () => {
  const duplex = new Late();
  const connection = new Connection(duplex, { role: 'server', clock: new ManualClock() });
  duplex.cork();
  duplex.push(scene().wire(Opcode.close, Buffer.from('0fa0', 'hex')));
  duplex.push(null);
  expect(await connection.closed).toMatchObject({ code: 4000, by: 'peer' });
  expect(Buffer.concat(duplex.written).toString('hex')).toBe('88020fa0');
});

test('our Close has left that was sent before the peer ended: the end is clean', async () => {
  const duplex = new Late();
  const connection = new Connection(duplex, { role: 'server', clock: new ManualClock() });
  void connection.close(4000);
  await Promise.resolve();
  duplex.push(scene().wire(Opcode.close, Buffer.from('0fa0', 'hex')));
  duplex.push(null);
  expect(await connection.closed).toMatchObject({ code: 4000, clean: true, by: 'us' });
});

test.each([
  ['alone', ''],
  ['behind a message', 'last words'],
])('the answer to a Close, %s, has left: the end is clean', async (_name, text) => {
  const duplex = new Late();
  const connection = new Connection(duplex, { role: 'server', clock: new ManualClock() });
  connection.on('message', (message) => connection.send(message.text()));
  if (text !== '') duplex.push(scene().wire(Opcode.text, text));
  duplex.push(scene().wire(Opcode.close, Buffer.from('0fa0', 'hex')));
  duplex.push(null);
  expect(await connection.closed).toMatchObject({ code: 4000, clean: true, by: 'peer' });
  await settled();
  expect(Buffer.concat(duplex.written).subarray(-4).toString('hex')).toBe('88020fa0');
});
